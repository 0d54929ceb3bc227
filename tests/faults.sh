# faults.sh - a fault forced at each memory operation of each translation (--verify=faults): the state
# that is recovered there is the interpreter's, and the program goes on as if nothing had been.
#
#   GUESTS="mips" FILES=8 SEED=3 ../tests/run tests/faults.sh
#
# FILES files of 35 random programs (tests/random/generate.py), every second one with floating point, at
# -O0 to -O3 in turn: 210 programs a guest in `make check', in blocks, in regions or in both in turn; with
# ISO_LONG=1 875 in all three ways, and all programs of tests/guest. A guest without a C library runs
# programs of tests/guest.

. "$SRCDIR/tests/lib.sh"
test "`uname -m`" = x86_64 || skip_all "the host has no back end"
if test "$ISO_LONG" = 1; then files=${FILES-25}; else files=${FILES-6}; fi
seed=${SEED-1}
flags='-static -w -ffp-contract=off'

# run GUEST NAME OPTIONS - $TMP/NAME.GUEST, whose native output is $TMP/NAME.out; adds to $forced
run() {
    timeout 60 "$BUILDDIR/isomorph-$1" $3 --verify=faults --stats "$TMP/$2.$1" >"$TMP/ours" 2>"$TMP/err"
    echo "status $?" >>"$TMP/ours"
    f=`awk '$1 == "forced_faults" { print $2 }' "$TMP/err"`
    forced=$((forced + ${f:-0}))
    cmp -s "$TMP/$2.out" "$TMP/ours" && return
    { echo "# $2 $3"; diff "$TMP/$2.out" "$TMP/ours"; grep -v '^[a-z0-9_]* *[0-9]*$' "$TMP/err"; } >>"$TMP/wrong"
}

# guest_programs GUEST PATTERN - programs of tests/guest
guest_programs() {
    sh "$SRCDIR/tests/guest/run.sh" "$1" "$BUILDDIR/isomorph-$1" --no-qemu --opt=-O2 --jobs=1 \
        --build-dir="$BUILDDIR/tests/out/tiers-$1" --only="$2" --timeout=120 \
        --emulator-args="--threshold-block=2 --threshold-region=3 --verify=faults" >"$TMP/out" 2>&1
    if grep -q '^1\.\.0 # SKIP' "$TMP/out"; then skip "$1: tests/guest" "`cat "$TMP/out"`"
    elif grep -q -E '^(not ok|Bail)' "$TMP/out" || ! grep -q '^ok' "$TMP/out"; then
        not_ok "$1: tests/guest, $2" "$TMP/out"
    else ok "$1: tests/guest, $2: `grep -c '^ok' "$TMP/out"` programs"
    fi
}

n=0
while test $n -lt $files; do
    float=
    test $((n % 2)) = 0 || float=--float
    python3 "$SRCDIR/tests/random/generate.py" 35 $((seed * 1000 + 500 + n)) $float >"$TMP/random-$n.c"
    gcc $flags -O1 -o "$TMP/native" "$TMP/random-$n.c" && "$TMP/native" >"$TMP/random-$n.out"
    echo "status $?" >>"$TMP/random-$n.out"
    n=$((n + 1))
done

for guest in $GUESTS; do
    p=`cross_prefix $guest`
    if test -z "$p"; then
        guest_programs $guest '[a-l]*'
        continue
    fi
    command -v ${p}gcc >/dev/null || { oracle "$guest" "${p}gcc is not installed"; continue; }
    n=0
    while test $n -lt $files; do
        ${p}gcc $flags -O$(((n + 2) % 4)) -o "$TMP/random-$n.$guest" "$TMP/random-$n.c"
        n=$((n + 1))
    done
    way=0
    while read -r options; do
        : >"$TMP/wrong"
        forced=0 n=0 programs=0
        while test $n -lt $files; do
            if test "$ISO_LONG" = 1 || test $((n % 3)) = $way; then
                run $guest random-$n "$options"
                programs=$((programs + 35))
            fi
            n=$((n + 1))
        done
        way=$((way + 1))
        name="$guest: $programs programs, $options"
        if test -s "$TMP/wrong"; then not_ok "$name" "$TMP/wrong"
        elif test $forced -lt $((programs * 40)); then not_ok "$name: only $forced faults were forced"
        else ok "$name: $forced faults forced"
        fi
    done <<'END'
--tier=block --threshold-block=1
--tier=region --threshold-block=1
--threshold-block=2 --threshold-region=3
END
    test "$ISO_LONG" != 1 || guest_programs $guest '*'
done
done_testing
