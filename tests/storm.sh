# storm.sh - a signal every 50 to 500 us, which is caught, changes the result of no guest program but of
# those that are marked as such (`// storm: no (why)'), which are shown.
#
# One guest with low thresholds in `make check'; with ISO_LONG=1 or STORM_GUESTS all or these, in the
# interpreter and with default thresholds, too.

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"

# storm GUEST OPTIONS
storm() {
    sh "$SRCDIR/tests/guest/run.sh" "$1" "$BUILDDIR/isomorph-$1" --storm --opt=-O2 --jobs=1 --timeout=60 \
        --build-dir="$BUILDDIR/tests/out/storm-$1" "--emulator-args=$2" >"$TMP/out" 2>&1
    if grep -q '^1\.\.0 # SKIP' "$TMP/out"; then
        skip "$1: signals during all programs" "`sed 's/.*SKIP //' "$TMP/out"`"
        return 1
    fi
    programs=`grep '^ok' "$TMP/out" | grep -c -v SKIP`
    sent=`cat "$BUILDDIR/tests/out/storm-$1/$1-storm"/*.sent | awk '{ n += $1 } END { print n }'`
    name="$1: $programs programs, $sent signals, ${2:-default options}"
    if grep -q -E '^(not ok|Bail)' "$TMP/out"; then
        grep -v '^ok' "$TMP/out" >"$TMP/failed"
        not_ok "$name" "$TMP/failed"
    elif test $programs -lt 60; then not_ok "$name: there are more programs" "$TMP/out"
    elif test "${sent:-0}" -lt $((programs * 4)); then not_ok "$name: too few signals"
    else ok "$name"
    fi
}

# left_out GUEST - the programs that are not disturbed
left_out() {
    grep ' # SKIP (' "$TMP/out" | sed 's/^ok [0-9]* - //; s/ # SKIP / /' >"$TMP/left"
    while read -r program level why; do
        skip "$1: $program" "${why# }"
    done <"$TMP/left"
}

if test "$ISO_LONG" = 1; then guests=${STORM_GUESTS-$GUESTS}; else guests=${STORM_GUESTS-}; fi
if test -z "$guests"; then
    guests=`echo $GUESTS | tr ' ' '\n' | grep -v riscv32 | tail -n 1`
    test -n "$guests" || guests=$GUESTS
fi
for guest in $guests; do
    storm $guest "--threshold-block=2 --threshold-region=3" || continue
    left_out $guest
    test "$ISO_LONG" = 1 || continue
    storm $guest ""
    storm $guest "--tier=interp"
done
done_testing
