# tiers.sh - programs do the same in every tier, with each policy of a small code cache, without
# each pass, on lesser hosts; and the tiers are at work.

. "$SRCDIR/tests/lib.sh"

programs='bigint code-* cxx-exceptions fenv-* fork-* function-pointers return-stack'

# run_all GUEST OPTIONS - the programs, as the guest's compiler makes them
run_all() {
    : >"$TMP/failed"
    for pattern in $programs; do
        sh "$SRCDIR/tests/guest/run.sh" "$1" "$BUILDDIR/isomorph-$1" --no-qemu --opt=-O2 \
            --jobs=1 --build-dir="$BUILDDIR/tests/out/tiers-$1" --only="$pattern" \
            --timeout=60 "--emulator-args=$2" >"$TMP/out" 2>&1
        grep -E '^(not ok|Bail)' "$TMP/out" | grep -v 'no program matches' >>"$TMP/failed"
        grep -q '^1\.\.0 # SKIP' "$TMP/out" && return 1
    done
    if test -s "$TMP/failed"; then not_ok "$1: $2" "$TMP/failed"
    else ok "$1: $2"
    fi
}

# counts GUEST OPTIONS NAME - NAME in the statistics is not 0
counts() {
    "$BUILDDIR/isomorph-$1" --stats $2 "$program" >/dev/null 2>"$TMP/stats"
    value=`awk -v n="$3" '$1 == n { print $2 }' "$TMP/stats"`
    case $value in
    '' | 0) not_ok "$1: $2: $3 is counted" "$TMP/stats" ;;
    *) ok "$1: $2: $3 is counted" ;;
    esac
}

for guest in $GUESTS; do
    run_all "$guest" "--tier=ir --verify" || continue
    case `uname -m` in
    x86_64) ;;
    *)
        skip "$guest: translated code" "the host has no back end"
        continue
        ;;
    esac
    program=$BUILDDIR/tests/out/tiers-$guest/$guest/bigint-O2
    while read -r options; do
        run_all "$guest" "$options"
    done <<'END'
--tier=block
--tier=region --threshold-block=2 --verify
--threshold-block=2 --threshold-region=3
--threshold-block=2 --threshold-region=3 --compile=now
--tier=block --cache-size=64K --cache-policy=segments
--tier=block --cache-size=64K --cache-policy=flush
--threshold-block=2 --threshold-region=3 --cache-size=64K --cache-policy=fifo
--tier=block --no-link
--tier=block --no-lookup
--threshold-block=2 --threshold-region=3 --no-return-stack
--threshold-block=2 --threshold-region=3 --no-inline-cache
--threshold-block=2 --threshold-region=3 --interrupts=unchain
--tier=region --threshold-block=2 --host-cpu=x86-64-v1
--tier=region --threshold-block=2 --host-cpu=x86-64-v2
--tier=region --threshold-block=2 --no-pass=gvn
--tier=region --threshold-block=2 --no-pass=strength
--tier=region --threshold-block=2 --no-pass=licm
--tier=region --threshold-block=2 --no-pass=pair
--tier=region --threshold-block=2 --no-pass=dce
END
    counts "$guest" "--tier=ir" evaluations
    counts "$guest" "--tier=block" tier1_translations
    counts "$guest" "--tier=block" links
    counts "$guest" "--tier=block --no-lookup --no-return-stack" exits_indirect
    counts "$guest" "--tier=block" return_stack_hits
    counts "$guest" "--tier=block --no-return-stack" jumps_looked_up
    case $guest in
    riscv32) ;; # a bare program is too small to fill 64 KiB
    *)
        counts "$guest" "--tier=block --cache-size=64K" evicted
        counts "$guest" "--tier=block --cache-size=64K --cache-policy=flush" cache_flushes
        ;;
    esac
    counts "$guest" "--tier=region" tier2_translations
    counts "$guest" "--threshold-block=2 --threshold-region=3" tier1_translations
    counts "$guest" "--threshold-block=2 --threshold-region=3" tier2_translations
    pid=`sh -c 'echo $$; exec "$@" >/dev/null' x "$BUILDDIR/isomorph-$guest" --tier=block --perf-map "$program"`
    if grep -q '^[0-9a-f]* [0-9a-f]* tier1_[0-9a-f]*$' "/tmp/perf-$pid.map"; then ok "$guest: --perf-map names translations"
    else not_ok "$guest: --perf-map names translations"
    fi
    rm -f "/tmp/perf-$pid.map"
done

# Code in the middle of a loop makes a region of the loop, from its head; if that is there
# already, only of what leads there. (The loop of demo.d/tiny-mips from 0x4001d0 jumps back
# behind 0x400290.)
case " $GUESTS " in
*" mips "*)
    "$BUILDDIR/isomorph-mips" --threshold-block=4 --threshold-region=20 -d opt -D "$TMP/opt" \
        "$SRCDIR/demo.d/tiny-mips" >/dev/null 2>&1
    for tier2_at in 4001d0 400290; do
        sed -n "/^opt: tier 2 at 0x$tier2_at/,/^opt: tier 1/p" "$TMP/opt" >"$TMP/region"
        grep -q 'pc=0x400290' "$TMP/region" || not_ok "the code at 0x400290 is in region 0x$tier2_at"
    done
    check "a region from the middle of a loop leads to that of the loop" \
        grep -q 'exit @0x4001d0' "$TMP/region"
    ;;
esac

# Options that say what is wrong.
set -- $GUESTS
wrong() {
    "$BUILDDIR/isomorph-$guest" "$1" x >/dev/null 2>"$TMP/err"
    if test $? = 1 && grep -F -q -e "$2" "$TMP/err"; then ok "$1 is refused"
    else not_ok "$1 is refused" "$TMP/err"
    fi
}
for guest in $1; do
    wrong --tier=fast "no such value; there are interp, block, region, auto, ir"
    wrong --threshold-block=0 "not a number of entries"
    wrong --threshold-region=1x "not a number of entries"
    wrong --cache-size=1K "give 64K to 2G"
    wrong --cache-policy=lru "there are segments, flush, fifo"
    wrong --compile=later "there are now, background"
    wrong --interrupts=never "there are poll, unchain"
    wrong --no-pass=magic "no such pass; there are polls, "
    wrong --host-cpu=z80 "there are x86-64-v1, x86-64-v2, x86-64-v3, x86-64-v4"
done
done_testing
