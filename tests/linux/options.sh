# options.sh - values of options that make no sense are refused with a message that says why.

. "$SRCDIR/tests/lib.sh"

# refused NAME PATTERN CMD... - exit status 1 and a message that matches
refused() {
    refused_name=$1
    refused_pattern=$2
    shift 2
    "$@" >"$TMP/out" 2>&1 </dev/null
    refused_status=$?
    if test $refused_status = 1 && grep -e "$refused_pattern" "$TMP/out" >/dev/null; then
        ok "$refused_name"
    else
        echo "exit status $refused_status, wanted 1 and: $refused_pattern" >>"$TMP/out"
        not_ok "$refused_name" "$TMP/out"
    fi
}

for guest in $GUESTS; do
    emulator=$BUILDDIR/isomorph-$guest
    cpus=`"$emulator" -cpu help`
    case $cpus in
    *"no CPU models") refused "$guest: -cpu where there is none" "$guest has no CPU" "$emulator" -cpu x x ;;
    '') not_ok "$guest: -cpu help says something" ;;
    *) ok "$guest: -cpu help says something" ;;
    esac
    case $guest in
    mips | mipsel | riscv64) triplet=$guest-linux-gnu ;;
    arm) triplet=arm-linux-gnueabi ;;
    *) continue ;;
    esac
    command -v $triplet-gcc >/dev/null || {
        oracle "$guest: options" "$triplet-gcc is not installed"
        continue
    }
    echo 'int main(void) { return 0; }' >"$TMP/p.c"
    $triplet-gcc -static -o "$TMP/p" "$TMP/p.c" || exit 99
    refused "$guest: -s 0" "needs a stack" "$emulator" -s 0 "$TMP/p"
    refused "$guest: -s 4K" "too small; give at least 65536" "$emulator" -s 4K "$TMP/p"
    refused "$guest: -s of all there is" "more than half" "$emulator" -s 0xffffffffffffffff "$TMP/p"
    refused "$guest: -s x" "not a size" "$emulator" -s x "$TMP/p"
    check "$guest: -s 64K" "$emulator" -s 64K "$TMP/p"
done
test $tap_count -gt 0 || skip_all "no guest was configured"
done_testing
