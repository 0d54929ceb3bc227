# calls.sh - programs of tests/linux: the same output natively, in a static and in a dynamic
# program of each guest.

. "$SRCDIR/tests/lib.sh"

CC=${CC-cc}
for guest in $GUESTS; do
    case $guest in
    mips | mipsel | riscv64) triplet=$guest-linux-gnu ;;
    arm) triplet=arm-linux-gnueabi ;;
    *) continue ;;
    esac
    emulator=$BUILDDIR/isomorph-$guest
    if ! command -v $triplet-gcc >/dev/null 2>&1; then
        oracle "$guest: system calls" "$triplet-gcc is not installed"
        continue
    fi
    for source in "$SRCDIR"/tests/linux/*.c; do
        name=`basename "$source" .c`
        $CC -O1 -o "$TMP/native" "$source" && "$TMP/native" >"$TMP/wanted" 2>&1
        echo "status $?" >>"$TMP/wanted"
        for kind in static dynamic; do
            flags=-static args=
            test $kind = static || flags= args="-L /usr/$triplet"
            if ! $triplet-gcc -O1 $flags -o "$TMP/guest" "$source" 2>"$TMP/err"; then
                not_ok "$guest: $name compiles" "$TMP/err"
                continue
            fi
            timeout 20 "$emulator" $args "$TMP/guest" >"$TMP/got" 2>&1
            echo "status $?" >>"$TMP/got"
            same "$guest: $name, $kind" "$TMP/wanted" "$TMP/got"
        done
    done
done
test $tap_count -gt 0 || skip_all "no Linux guest was configured"
done_testing
