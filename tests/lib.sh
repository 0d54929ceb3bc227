# lib.sh - TAP for shell tests. Source it: . "$SRCDIR/tests/lib.sh"
#
#   plan N            say how many results will come, or call done_testing at the end
#   ok NAME           one passed;           not_ok NAME [FILE]  one failed, FILE shown
#   check NAME CMD... passes if CMD succeeds; its output is shown if it does not
#   fails NAME CMD... passes if CMD exits 1 (not killed by a signal)
#   same NAME A B     passes if the files are equal; shows the difference
#   skip NAME REASON  one skipped
#   oracle NAME REASON  skipped because an oracle is missing: a failure when CI=true
#   cross_prefix GUEST  prints that of its compiler for Linux; nothing if there is none
#   skip_all REASON   skips the whole test; oracle_all likewise for a missing oracle
#
# $TMP is a directory of the test's own, removed at its end. The environment is that of
# tests/run: SRCDIR, BUILDDIR, ISAC, GUESTS.

tap_count=0
tap_failed=0
tap_planned=
TMP=`mktemp -d "${TMPDIR:-/tmp}/iso-test.XXXXXX"` || exit 99
trap 'rm -rf "$TMP"' EXIT
trap 'exit 99' HUP INT TERM

plan() {
    tap_planned=$1
    echo "1..$1"
}

done_testing() {
    test -n "$tap_planned" || echo "1..$tap_count"
    test $tap_failed = 0
}

ok() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

not_ok() {
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    if test -n "$2" && test -f "$2"; then sed 's/^/# /' "$2" | head -n 60; fi
}

check() {
    tap_name=$1
    shift
    if "$@" >"$TMP/tap.out" 2>&1 </dev/null; then ok "$tap_name"
    else
        echo "exit status $? of: $*" >>"$TMP/tap.out"
        not_ok "$tap_name" "$TMP/tap.out"
    fi
}

fails() {
    tap_name=$1
    shift
    "$@" >"$TMP/tap.out" 2>&1 </dev/null
    tap_status=$?
    if test $tap_status = 1; then ok "$tap_name"
    else
        echo "exit status $tap_status, wanted 1, of: $*" >>"$TMP/tap.out"
        not_ok "$tap_name" "$TMP/tap.out"
    fi
}

same() {
    if diff -u "$2" "$3" >"$TMP/tap.diff" 2>&1; then ok "$1"
    else not_ok "$1" "$TMP/tap.diff"
    fi
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

oracle() {
    if test "$CI" = true; then
        not_ok "$1"
        echo "# missing oracle: $2"
    else
        skip "$1" "$2"
    fi
}

cross_prefix() {
    case $1 in
    mips | mipsel | riscv64) echo $1-linux-gnu- ;;
    arm) echo arm-linux-gnueabi- ;;
    esac
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

oracle_all() {
    if test "$CI" = true; then
        echo "1..1"
        echo "not ok 1 - missing oracle: $1"
        exit 1
    fi
    skip_all "$1"
}
