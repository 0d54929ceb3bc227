# planted.sh - --verify finds a wrong translation: an emulator is built with a template that is changed, and
# the report names the translation, the place that differs, both values, and the guest's instructions.

. "$SRCDIR/tests/lib.sh"
test "`uname -m`" = x86_64 || skip_all "the host has no back end"

# The program: 0x5a ^ 0x0f in a loop, then 0x1234 stored as a half word.
program_riscv64() {
    cat <<'END'
        .globl _start
_start: li t0, 0x5a
        li t1, 0x0f
        li t2, 100
        li t5, 0x12345678
        la t4, data
loop:   xor t3, t0, t1
        addi t2, t2, -1
        bnez t2, loop
        li t2, 100
store:  sh t5, 0(t4)
        addi t2, t2, -1
        bnez t2, store
        li a7, 93
        li a0, 0
        ecall
        .data
        .balign 8
data:   .skip 8
END
}

program_mips() {
    cat <<'END'
        .set noreorder
        .set noat
        .globl __start
__start: li $t0, 0x5a
        li $t1, 0x0f
        li $t2, 100
        li $t5, 0x12345678
        lui $t4, %hi(data)
        addiu $t4, $t4, %lo(data)
loop:   xor $t3, $t0, $t1
        addiu $t2, $t2, -1
        bnez $t2, loop
        nop
        li $t2, 100
store:  sh $t5, 0($t4)
        addiu $t2, $t2, -1
        bnez $t2, store
        nop
        li $v0, 4001
        li $a0, 0
        syscall
        .data
        .balign 8
data:   .skip 8
END
}

# plant GUEST FORM FROM TO - $TMP/planted, with FROM in the template of FORM replaced
plant() {
    sed "/^static void lift_form_$2(/,/^}/s/$3/$4/" "$BUILDDIR/gen-out/$1/lift.c" >"$TMP/lift.c"
    cmp -s "$TMP/lift.c" "$BUILDDIR/gen-out/$1/lift.c" && test "$3" != "$4" && return 1
    cat >"$TMP/plant.mk" <<END
include Makefile
planted:
	\$(guest_compile) -O1 -Igen-out/$1 -c -o $TMP/lift.o $TMP/lift.c
	\$(CC) \$(AM_CFLAGS) \$(CFLAGS) \$(AM_LDFLAGS) \$(LDFLAGS) -o $TMP/planted $TMP/lift.o \\
	    \$(filter-out %/lift.o, \$(GUEST_SOURCES:%.c=gen-out/$1/%.o)) \$(RUNTIME_LIBS) \$(LIBS)
END
    ${MAKE-make} -s -C "$BUILDDIR" -f "$TMP/plant.mk" planted
}

# reports NAME OPTIONS PATTERN... - the planted emulator's report has a line for each
reports() {
    name=$1 options=$2
    shift 2
    "$TMP/planted" $options "$TMP/program" >"$TMP/report" 2>&1
    status=$?
    for pattern; do
        grep -q -e "$pattern" "$TMP/report" && continue
        echo "no line for: $pattern" >>"$TMP/report"
        not_ok "$name" "$TMP/report"
        return
    done
    if test $status = 0; then not_ok "$name: the program ends as if nothing were" "$TMP/report"
    else ok "$name"
    fi
}

# address SYMBOL - in the program, without leading zeros
address() {
    ${prefix}nm "$TMP/program" | awk -v s="$1" '$3 == s { sub(/^0*/, "", $1); print $1 }'
}

done=
for guest in $GUESTS; do
    case $guest in
    riscv64) xor='xor t3, *t0, *t1' bytes='78 by the interpreter, 0x56' ;;
    mips) xor='xor t3, *t0, *t1' bytes='56 by the interpreter, 0x34' ;;
    *) continue ;;
    esac
    done=yes
    prefix=`cross_prefix $guest`
    command -v ${prefix}gcc >/dev/null || { oracle "$guest" "${prefix}gcc is not installed"; continue; }
    program_$guest >"$TMP/program.S"
    check "$guest: the program is built" ${prefix}gcc -static -nostdlib -o "$TMP/program" "$TMP/program.S"
    check "$guest: an emulator is built" plant $guest xor XOR XOR
    for options in "--tier=block --threshold-block=2" "--tier=region --threshold-block=2"; do
        check "$guest: nothing planted, nothing found, $options" \
            "$TMP/planted" $options --verify=faults "$TMP/program"
    done
    check "$guest: xor that is or" plant $guest xor XOR OR
    for options in "--tier=block --threshold-block=2" "--tier=region --threshold-block=2"; do
        reports "$guest: xor that is or is found, $options" "$options --verify" \
            "^verify: translation of 0x`address loop`, tier [12], left .* at 0x" \
            '^  t3: 0x55 by the interpreter, 0x5f translated$' "^  0*`address loop`:  .*$xor"
    done
    check "$guest: sh of other bits" plant $guest sh '0, 16)' '8, 16)'
    for options in "--tier=block --threshold-block=2" "--tier=region --threshold-block=2"; do
        reports "$guest: sh of other bits is found, $options" "$options --verify" \
            "^verify: translation of 0x`address store`, tier [12], left .* at 0x" \
            "^  memory at 0x`address data`: 0x$bytes translated$" "^  0*`address store`:  .*sh t5, *0(t4)"
    done
done
test -n "$done" || skip_all "no guest that has a program here"
done_testing
