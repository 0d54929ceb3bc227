# abi-headers.sh - the ABI's data against the kernel's headers of Debian's cross packages: every
# value, every system call number, the layout of the structures.

. "$SRCDIR/tests/lib.sh"

compiler_of() {
    case $1 in
    mips | mipsel) echo $1-linux-gnu-gcc ;;
    riscv64) echo riscv64-linux-gnu-gcc ;;
    arm) echo arm-linux-gnueabi-gcc ;;
    esac
}

# ask HEADER <"NAME EXPRESSION" - prints "NAME VALUE" as the cross compiler sees it. Expressions
# that are macros and not defined are left out; with all=yes every one must be there.
ask() {
    {
        echo "#include \"$SRCDIR/tests/linux/$1\""
        echo 'void f(void) {'
        while read -r ask_name ask_text; do
            test "$all" = yes || echo "#ifdef $ask_name"
            echo "__asm__ volatile(\"@@ $ask_name %0\" : : \"i\"((long long)($ask_text)));"
            test "$all" = yes || echo '#endif'
        done
        echo '}'
    } >"$TMP/ask.c"
    "$CROSS" -O1 -S -o "$TMP/ask.s" "$TMP/ask.c" 2>"$TMP/ask.err" || return 1
    sed -n 's/^.*@@ \([^ ]*\) [#$]*\(-*[0-9]*\).*/\1 \2/p' "$TMP/ask.s" | sort -u
}

# values - "NAME VALUE" of the generated table
values() {
    sed -n '/struct abi_value values/,/^};/s/^ *{"\([^"]*\)", \(-*[0-9]*\)},/\1 \2/p' "$TMP/abi/abi.c"
}

# As unsigned 32-bit numbers, where the compiler's sign differs from the table's.
low32() {
    awk '{ v = $2; if (v < 0) v += 4294967296; print $1, v }' | sort
}

check_values() {
    values | awk '{ print $1, $1 }' >"$TMP/names"
    all=no
    if ! ask kernel.h <"$TMP/names" >"$TMP/kernel"; then
        not_ok "$1: the kernel's headers compile" "$TMP/ask.err"
        return
    fi
    ask libc.h <"$TMP/names" >"$TMP/libc"
    # enumerators of the C library are no macros under their own name everywhere
    values | grep -E '^(SOCK_|EFD_)' | awk '{ print $1, $1 }' >"$TMP/enums"
    all=yes
    ask libc.h <"$TMP/enums" >>"$TMP/libc"
    # the kernel's word counts; the library's only where the kernel has none
    awk 'NR == FNR { seen[$1] = 1; print; next } !($1 in seen) && /^(SOCK_|EFD_|O_|POLL)/' \
        "$TMP/kernel" "$TMP/libc" | sort -u | low32 >"$TMP/wanted"
    values | low32 >"$TMP/got.all"
    join "$TMP/wanted" "$TMP/got.all" | awk '{ print $1, $2 }' >"$TMP/wanted.both"
    join "$TMP/wanted" "$TMP/got.all" | awk '{ print $1, $3 }' >"$TMP/got.both"
    same "$1: values are those of the headers" "$TMP/wanted.both" "$TMP/got.both"
    count=`wc -l <"$TMP/got.both"`
    if test "$count" -ge 400; then ok "$1: at least 400 values were compared"
    else not_ok "$1: only $count values were compared"
    fi
}

check_numbers() {
    sed -n '/struct abi_syscall syscalls/,/^};/s/^ *{\([0-9]*\), "\([^"]*\)".*/\2 \1/p' \
        "$TMP/abi/abi.c" | sort >"$TMP/calls"
    sed 's/^\([^ ]*\) .*/__NR_\1 __NR_\1/; s/__NR_arm_\(breakpoint\|cacheflush\|usr26\|usr32\|set_tls\|get_tls\) .*/__ARM_NR_\1 __ARM_NR_\1/' \
        "$TMP/calls" >"$TMP/names"
    all=no
    ask kernel.h <"$TMP/names" |
        sed 's/^__NR_//; s/^__ARM_NR_/arm_/' | sort >"$TMP/wanted"
    same "$1: system call numbers are those of the headers" "$TMP/wanted" "$TMP/calls"
}

# frame_of GUEST - the members of ucontext that a signal frame holds
frame_of() {
    case $1 in
    mips*) set -- uc_stack uc_stack pc uc_mcontext.sc_pc regs uc_mcontext.sc_regs \
        fpregs uc_mcontext.sc_fpregs fpc_csr uc_mcontext.sc_fpc_csr \
        mdhi uc_mcontext.sc_mdhi mdlo uc_mcontext.sc_mdlo sigmask uc_sigmask ;;
    riscv64) set -- uc_stack uc_stack pc uc_mcontext.sc_regs.pc regs uc_mcontext.sc_regs.ra \
        fpregs uc_mcontext.sc_fpregs fcsr uc_mcontext.sc_fpregs.d.fcsr sigmask uc_sigmask ;;
    arm) # its ucontext is not public: flags, link, stack_t, then sigcontext
        for member in regs:arm_r0 pc:arm_pc cpsr:arm_cpsr fault_address:fault_address; do
            echo "ucontext.${member%:*} 2 * sizeof(long) + sizeof(stack_t)" \
                "+ __builtin_offsetof(struct sigcontext, ${member#*:})"
        done
        return ;;
    esac
    while test $# -gt 0; do
        echo "ucontext.$1 __builtin_offsetof(struct ucontext, $2)"
        shift 2
    done
}

check_structs() {
    sed -n 's/^static const struct abi_field fields_\([a-z_0-9]*\).*/S \1/p; s/^    {"\([a-z_0-9]*\)", \([0-9]*\), \([0-9]*\), \([0-9]*\), \(true\|false\)},/F \1 \2 \3/p' \
        "$TMP/abi/abi.c" |
        awk '$1 == "S" { s = $2 } $1 == "F" { print s "." $2, $3 }
            $1 == "F" && s == "rt_sigframe" && $2 == "uc_flags" { base = $3 }
            $1 == "F" && s == "rt_sigframe" && base { print "ucontext." $2, $3 - base }' |
        sort >"$TMP/fields"
    for header in k l; do
        grep "^[a-z_0-9]* [a-z_0-9]* $header " "$SRCDIR/tests/linux/structs.lst" |
        while read -r s member h type; do
            # 64-bit ABIs lack some structures; rt_sigaction's differs from the header's on Arm
            case $1:$s in
            riscv64:stat64 | riscv64:flock64 | riscv64:statfs64 | arm:sigaction) continue ;;
            esac
            echo "$s.$member __builtin_offsetof(${type% *}, ${type##* })"
        done >"$TMP/names"
        all=yes
        if test $header = k; then file=kernel.h; else file=libc.h; fi
        test $header = l || frame_of $1 >>"$TMP/names"
        if ! ask $file <"$TMP/names" >"$TMP/wanted"; then
            not_ok "$1: structures of $file compile" "$TMP/ask.err"
            continue
        fi
        sort "$TMP/wanted" >"$TMP/wanted.sorted"
        join "$TMP/wanted.sorted" "$TMP/fields" | awk '{ print $1, $3 }' >"$TMP/got"
        same "$1: structures are laid out as in $file" "$TMP/wanted.sorted" "$TMP/got"
    done
}

# The tables that the personality searches by halves, and the names that data and code share.
defs=$SRCDIR/runtime/linux
sed -n 's/^SYS(\([a-z_0-9]*\), .*/\1/p' "$defs/syscalls.def" >"$TMP/routines"
check "syscalls.def is sorted" sort -c "$TMP/routines"
awk 'NF == 3 && $1 ~ /^[0-9]+$/ { print $3 }' "$SRCDIR"/targets/*/*.tbl | sort -u >"$TMP/named"
comm -23 "$TMP/named" "$TMP/routines" >"$TMP/left"
check "every routine that a table names is implemented" test ! -s "$TMP/left"
grep '^VALUE' "$defs/values.def" | grep -o 'VALUE([a-z]*, [A-Z0-9a-z_]*)' | sed 's/.*, \(.*\))/\1/' | sort -u >"$TMP/used"
cat "$SRCDIR"/targets/*/*.tbl | awk '$1 ~ /^[A-Z]/ { print $1 }' | sort -u >"$TMP/known"
comm -23 "$TMP/used" "$TMP/known" >"$TMP/left"
check "every value that the personality names stands in a table" test ! -s "$TMP/left"

for guest in $GUESTS; do
    CROSS=`compiler_of $guest`
    test -n "$CROSS" || continue
    if ! command -v "$CROSS" >/dev/null 2>&1; then
        oracle "$guest: data and headers agree" "$CROSS is not installed"
        continue
    fi
    rm -rf "$TMP/abi"
    mkdir "$TMP/abi"
    if ! "$ISAC" build "$SRCDIR"/targets/*/$guest.target -I "$SRCDIR/isa" -o "$TMP/abi" \
        2>"$TMP/isac.err"; then
        not_ok "$guest: isac reads the ABI" "$TMP/isac.err"
        continue
    fi
    check_values $guest
    check_numbers $guest
    check_structs $guest
done
done_testing
