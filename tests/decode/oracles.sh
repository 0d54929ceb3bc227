# oracles.sh - the descriptions against disassemblers that were not written here: every enumerated
# encoding and RANDOM_WORDS (in check-long a million) random words agree on validity, length and text, but for
# the differences that the rules files list with reasons.

. "$SRCDIR/tests/lib.sh"
cd "$SRCDIR" || exit 99
words=${RANDOM_WORDS-100000}
test -z "$ISO_LONG" || words=1000000

# against ORACLE RULES FILE OPTION...
against() {
    oracle=$1 rules=$2 file=$3
    shift 3
    check "$rules: $oracle agrees with $file${1:+ $*}" "$ISAC" against "isa/$file" "$oracle" \
        --rules "tests/decode/$rules.rules" --enumerate --random "$words" "$@"
}

# objdump TOOL: is it there?
have() {
    command -v "$1" >/dev/null
}

against capstone arm arm/arm.isa
against capstone mips mips/mips32.isa
against capstone mips mips/mips32.isa --context FR=1
if have mips-linux-gnu-objdump; then
    against objdump mips-objdump mips/mips32.isa
    against objdump mips-objdump mips/mips32.isa --context FR=1
else
    oracle "MIPS against objdump" "mips-linux-gnu-objdump is not installed"
fi
if have riscv64-linux-gnu-objdump; then
    against objdump riscv32 riscv/riscv.isa --word=32
    against objdump riscv64 riscv/riscv.isa --word=64
else
    oracle "RISC-V against objdump" "riscv64-linux-gnu-objdump is not installed"
fi
done_testing
