# sweep.sh - generated decoders agree with the masks and predicates of their forms, and generated
# disassemblers with isac's: a sample of all words; all 2^32 of them in check-long.

. "$SRCDIR/tests/lib.sh"

make_var() {
    sed -n "s/^$1 = *//p" "$BUILDDIR/Makefile"
}
cc=`make_var CC`
cflags="`make_var CFLAGS` -O2"
libs="`make_var CAPSTONE_LIBS` `make_var MPFR_LIBS` -lgmp -lm"
library=$BUILDDIR/gen/libisac.a
test -f "$library" || skip_all "isac was not built here"

# build NAME FILE WORD
build() {
    mkdir "$TMP/$1" && "$ISAC" build "$2" -o "$TMP/$1" --word="$3" &&
        (cd "$TMP/$1" &&
            $cc $cflags -std=gnu11 -I. -I"$SRCDIR/runtime" -I"$SRCDIR/tests/decode" -c decode.c disas.c \
                "$SRCDIR/tests/decode/sweep_guest.c" &&
            $cc $cflags -std=gnu11 -I"$SRCDIR/gen" "$SRCDIR/tests/decode/sweep.c" decode.o disas.o \
                sweep_guest.o "$library" $libs -o sweep)
}

# sweep NAME FILE WORD [CONTEXT]
sweep() {
    if test -n "$ISO_LONG"; then set -- "$1" "$2" "$3" 0 4294967296 1 $4
    else set -- "$1" "$2" "$3" 0 1000000 2654435761 $4
    fi
    test -x "$TMP/$1/sweep" || check "$1: the decoder compiles" build "$1" "$SRCDIR/isa/$2" "$3"
    name=$1
    shift
    check "$name${6:+, $6}: $4 words" "$TMP/$name/sweep" "$SRCDIR/isa/$@"
}

sweep arm arm/arm.isa 32
sweep mips mips/mips32.isa 32
sweep mips mips/mips32.isa 32 FR=1
sweep riscv32 riscv/riscv.isa 32
sweep riscv64 riscv/riscv.isa 64
sweep zoo ../tests/decode/zoo.isa 32
done_testing
