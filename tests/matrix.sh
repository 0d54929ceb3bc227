# matrix.sh - every guest program in every tier, with thresholds of 1 and the defaults, with the default
# cache and 64 KiB under each policy, and verified; with ISO_LONG=1 only, as it takes hours.
#
#   ISO_LONG=1 GUESTS=mips MATRIX='region*verify*' ONLY='c*' ../tests/run tests/matrix.sh
#
# MATRIX is a shell pattern: of the lines of options, those that match are run. (Random streams go through
# the tiers in tests/diff, random programs in tests/random.)

. "$SRCDIR/tests/lib.sh"
test "$ISO_LONG" = 1 || skip_all "takes hours: ISO_LONG=1"
test "`uname -m`" = x86_64 || skip_all "the host has no back end"

# lines - all options, a line each
lines() {
    echo "--tier=interp"
    for tier in block region auto; do
        for threshold in "" "--threshold-block=1 --threshold-region=1"; do
            for cache in "" "--cache-size=64K --cache-policy=segments" \
                "--cache-size=64K --cache-policy=flush" "--cache-size=64K --cache-policy=fifo"; do
                for verify in "" --verify; do
                    echo "--tier=$tier" $threshold $cache $verify
                done
            done
            echo "--tier=$tier" $threshold --verify=faults
        done
    done
    echo "--threshold-block=1 --threshold-region=1 --compile=background"
    echo "--threshold-block=1 --threshold-region=1 --compile=now"
}

lines >"$TMP/lines"
for guest in $GUESTS; do
    while read -r options; do
        case $options in
        ${MATRIX-*}) ;;
        *) continue ;;
        esac
        sh "$SRCDIR/tests/guest/run.sh" "$guest" "$BUILDDIR/isomorph-$guest" --no-qemu --opt=-O2 \
            --jobs=1 --build-dir="$BUILDDIR/tests/out/tiers-$guest" --only="${ONLY-*}" --timeout=300 \
            "--emulator-args=$options" >"$TMP/out" 2>&1
        if grep -q '^1\.\.0 # SKIP' "$TMP/out"; then
            skip "$guest" "`sed 's/.*SKIP //' "$TMP/out"`"
            break
        fi
        name="$guest: `grep '^ok' "$TMP/out" | grep -c -v SKIP` programs, $options"
        if grep -q -E '^(not ok|Bail)' "$TMP/out"; then
            grep -v '^ok' "$TMP/out" >"$TMP/failed"
            not_ok "$name" "$TMP/failed"
        else ok "$name"
        fi
    done <"$TMP/lines"
done
done_testing
