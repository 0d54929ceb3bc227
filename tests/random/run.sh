# run.sh - random programs: their output under Isomorph is that of the native build.
#
#   GUESTS="mips" COUNT=50 FILES=8 SEED=3 EMULATOR_ARGS="--tier=block" ../tests/run tests/random/run.sh
#
# FILES files of COUNT programs each (generate.py), every second one with floating point, at -O0 to -O3
# in turn; 200 programs a guest in `make check', 2,000 with ISO_LONG=1. With ISO_LONG=1 and csmith
# installed its programs too (no unions, bit-fields or packed structures: their layout depends on the
# byte order).

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"
command -v python3 >/dev/null || oracle_all "python3 is not installed"

if test "$ISO_LONG" = 1; then files=${FILES-40} csmith=${CSMITH-100}; else files=${FILES-4} csmith=${CSMITH-0}; fi
count=${COUNT-50}
seed=${SEED-1}
flags='-static -w -ffp-contract=off'

# prefix GUEST - of its cross compiler; nothing if there is no C library for it
prefix() {
    case $1 in
    mips | mipsel) echo $1-linux-gnu- ;;
    riscv64) echo riscv64-linux-gnu- ;;
    arm) echo arm-linux-gnueabi- ;;
    esac
}

# compare GUEST NAME LEVEL - $TMP/NAME.c, whose native output is $TMP/NAME.out
compare() {
    if ! `prefix $1`gcc $flags $3 -o "$TMP/$2.$1" "$TMP/$2.c" $4 2>"$TMP/err"; then
        not_ok "$1: $2 compiles" "$TMP/err"
        return
    fi
    timeout 60 "$BUILDDIR/isomorph-$1" $EMULATOR_ARGS "$TMP/$2.$1" >"$TMP/$2.ours" 2>&1
    echo "status $?" >>"$TMP/$2.ours"
    same "$1: $2 $3" "$TMP/$2.out" "$TMP/$2.ours"
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
        compare $guest $name -O$((n % 4)) $include
    done
done

done_testing
