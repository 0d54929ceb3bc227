# dynamic.sh - dynamically linked programs, with the cross compilers' libraries under -L.

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"

for guest in $GUESTS; do
    case $guest in
    mips | mipsel) triplet=$guest-linux-gnu ;;
    riscv64) triplet=riscv64-linux-gnu ;;
    arm) triplet=arm-linux-gnueabi ;;
    *) continue ;;
    esac
    emulator=$BUILDDIR/isomorph-$guest
    name="$guest: a dynamic program"
    command -v $triplet-gcc >/dev/null || {
        oracle "$name" "$triplet-gcc is not installed"
        continue
    }
    $triplet-gcc -O1 -o "$TMP/dynamic" "$SRCDIR/demo.d/tour.c" -lm &&
        $triplet-gcc -O1 -static -o "$TMP/static" "$SRCDIR/demo.d/tour.c" -lm || exit 99
    "$emulator" "$TMP/static" "$SRCDIR/LICENSE" >"$TMP/wanted" 2>&1
    "$emulator" -L /usr/$triplet "$TMP/dynamic" "$SRCDIR/LICENSE" >"$TMP/got" 2>&1
    same "$name prints what a static one prints" "$TMP/wanted" "$TMP/got"
    "$emulator" -s 64M -L /usr/$triplet "$TMP/dynamic" "$SRCDIR/LICENSE" >"$TMP/got" 2>&1
    same "$name with a stack of 64 MiB" "$TMP/wanted" "$TMP/got"
    fails "$name without its libraries is refused" "$emulator" -L "$TMP" "$TMP/dynamic"
done
test $tap_count -gt 0 || skip_all "no guest of Linux configured"
done_testing
