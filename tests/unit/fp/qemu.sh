# qemu.sh - floating point as qemu-user does it, and as our emulators do, against software.

. "$SRCDIR/tests/lib.sh"
dir=$SRCDIR/tests/unit/fp
flags="-std=gnu11 -O2 -I$SRCDIR/runtime -I$dir"

command -v qemu-mips >/dev/null && command -v mips-linux-gnu-gcc >/dev/null &&
    command -v riscv64-linux-gnu-gcc >/dev/null ||
    oracle_all "qemu-user and cross compilers"
${CC-cc} $flags -o "$TMP/compare" "$dir/compare.c" "$dir/values.c" \
    "$SRCDIR/runtime/fp/soft.c" || exit 99

# answers NAME RULES CROSS CFLAGS QEMU... - compile the cases and compare qemu's answers
answers() {
    name=$1
    rules=$2
    cross=$3
    cflags=$4
    shift 4
    if ! $cross-gcc $flags $cflags -static -o "$TMP/$name" "$dir/guest.c" \
        "$dir/values.c" >"$TMP/cc.out" 2>&1; then
        not_ok "$name: the cases compile" "$TMP/cc.out"
        return
    fi
    "$@" "$TMP/$name" >"$TMP/$name.qemu" 2>"$TMP/$name.err"
    if "$TMP/compare" $rules <"$TMP/$name.qemu" >"$TMP/out"; then
        ok "$name: qemu and software agree"
    else
        cat "$TMP/$name.err" >>"$TMP/out"
        not_ok "$name: qemu and software agree" "$TMP/out"
    fi
}

# ours NAME GUEST - the same program on our emulator
ours() {
    case " $GUESTS " in
    *" $2 "*) ;;
    *) return ;;
    esac
    "$BUILDDIR/isomorph-$2" "$TMP/$1" >"$TMP/$1.ours" 2>"$TMP/$1.err"
    if cmp "$TMP/$1.qemu" "$TMP/$1.ours" >"$TMP/out" 2>&1; then
        ok "$1: qemu and isomorph-$2 agree"
    else
        head -n 20 "$TMP/$1.err" >>"$TMP/out"
        not_ok "$1: qemu and isomorph-$2 agree" "$TMP/out"
    fi
}

mips="-march=mips32r2 -mhard-float"
answers mips legacy-default mips-linux-gnu "$mips -mfp32" qemu-mips -cpu 24Kf
ours mips mips
answers mips-fp64 legacy-default mips-linux-gnu "$mips -mfp64" qemu-mips -cpu 34Kf
answers mipsel legacy-default mipsel-linux-gnu "$mips -mfp32" qemu-mipsel -cpu 24Kf
ours mipsel mipsel
answers riscv64 canonical riscv64-linux-gnu "" qemu-riscv64
ours riscv64 riscv64

done_testing
