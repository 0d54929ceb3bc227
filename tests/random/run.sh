# run.sh - random programs: their output under Isomorph is that of the native build.
#
#   GUESTS="mips" COUNT=50 FILES=8 SEED=3 EMULATOR_ARGS="--tier=block" ../tests/run tests/random/run.sh
#
# FILES files of COUNT programs each (generate.py), every second one with floating point, at -O0 to -O3
# in turn; 200 programs a guest in `make check', 2,000 with ISO_LONG=1. Then CSMITH programs of csmith's,
# with ISO_LONG=1 and csmith installed 200 (no unions, bit-fields or packed structures: their layout
# depends on the byte order; compared with qemu-user, or the interpreter, as the constants' types depend on
# the size of long).

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"
command -v python3 >/dev/null || oracle_all "python3 is not installed"

if test "$ISO_LONG" = 1; then files=${FILES-40} csmith=${CSMITH-200}; else files=${FILES-4} csmith=${CSMITH-0}; fi
count=${COUNT-50}
seed=${SEED-1}
flags='-static -w -ffp-contract=off'

# prefix GUEST - of its cross compiler, bare machines included; nothing if there is none
prefix() {
    case $1 in
    riscv32) echo riscv64-unknown-elf- ;;
    *) cross_prefix $1 ;;
    esac
}

# build GUEST NAME LEVEL FLAGS - $TMP/NAME.GUEST of $TMP/NAME.c
build() {
    bare=$SRCDIR/tests/guest/bare guest_flags=$flags
    test $1 != riscv32 ||
        guest_flags="-w -ffp-contract=off --specs=picolibc.specs --oslib=semihost -march=rv32imafdc
            -mabi=ilp32d -nostartfiles -T $bare/riscv32.ld $bare/riscv32.S"
    `prefix $1`gcc $guest_flags $3 -o "$TMP/$2.$1" "$TMP/$2.c" $4 2>"$TMP/err" && return
    not_ok "$1: $2 compiles" "$TMP/err"
    return 1
}

# ours GUEST NAME OPTIONS OUTPUT
ours() {
    timeout 60 "$BUILDDIR/isomorph-$1" $3 "$TMP/$2.$1" >"$4" 2>&1
    echo "status $?" >>"$4"
}

# compare GUEST NAME LEVEL - with $TMP/NAME.out
compare() {
    build $1 $2 $3 || return
    ours $1 $2 "$EMULATOR_ARGS" "$TMP/$2.ours"
    same "$1: $2 $3" "$TMP/$2.out" "$TMP/$2.ours"
    rm -f "$TMP/$2.$1"
}

# compare_csmith GUEST NAME LEVEL FLAGS - with qemu-user or, without it, the interpreter; programs that
# take long are passed over
compare_csmith() {
    build $1 $2 $3 $4 || return
    case $1 in
    riscv32) qemu= ;;
    arm) qemu='qemu-arm -cpu arm926' ;;
    *) qemu=qemu-$1 ;;
    esac
    if test -n "$qemu" && command -v "${qemu%% *}" >/dev/null; then
        timeout 10 $qemu "$TMP/$2.$1" >"$TMP/$2.oracle" 2>&1
        echo "status $?" >>"$TMP/$2.oracle"
    else ours $1 $2 --tier=interp "$TMP/$2.oracle"
    fi
    grep -q 'status 124' "$TMP/$2.oracle" && return
    ours $1 $2 "$EMULATOR_ARGS" "$TMP/$2.ours"
    same "$1: $2 $3" "$TMP/$2.oracle" "$TMP/$2.ours"
    rm -f "$TMP/$2.$1"
}

# native NAME FLAGS - builds and runs; fails if it takes long
native() {
    gcc $flags -O1 -o "$TMP/$1.native" "$TMP/$1.c" $2 && timeout 5 "$TMP/$1.native" >"$TMP/$1.out" || return 1
    echo "status 0" >>"$TMP/$1.out"
    rm -f "$TMP/$1.native"
}

n=0
while test $n -lt $files; do
    name=random-$seed-$n
    float=
    test $((n % 2)) = 0 || float=--float
    python3 "$SRCDIR/tests/random/generate.py" $count $((seed * 1000 + n)) $float >"$TMP/$name.c"
    native $name || not_ok "$name runs natively"
    for guest in $GUESTS; do
        command -v "`prefix $guest`gcc" >/dev/null && test -n "`prefix $guest`" || continue
        compare $guest $name -O$((n % 4))
    done
    n=$((n + 1))
done

command -v csmith >/dev/null || csmith=0
include=-I`dirname "$(find /usr/include -name csmith.h 2>/dev/null | head -n 1)" 2>/dev/null`
n=0
while test $n -lt $csmith; do
    name=csmith-$seed-$n
    n=$((n + 1))
    csmith --seed $((seed * 100000 + n)) --no-unions --no-bitfields --no-packed-struct --no-volatiles \
        --max-funcs 6 >"$TMP/$name.c"
    native $name $include 2>/dev/null || continue # does not end, or not soon
    for guest in $GUESTS; do
        command -v "`prefix $guest`gcc" >/dev/null && test -n "`prefix $guest`" || continue
        compare_csmith $guest $name -O$((n % 4)) $include
    done
done

done_testing
