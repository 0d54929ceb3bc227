# abi.sh - mistakes in ABI files: each is told with its place, and nothing is written.

. "$SRCDIR/tests/lib.sh"

mkdir "$TMP/d" "$TMP/out"
cat >"$TMP/d/tiny.isa" <<'END'
isa tiny { word 32; fetch 32; endian little; }
reg R[4] : u32 { names r0 r1 r2 r3; }
trap Call(number : u8);
format I (number:u8) = op:8 number zero:16;
insn call I {op=1 zero=0} "call {number}" : trap Call(number) after;
END
cat >"$TMP/d/tiny.target" <<'END'
target tiny { isa tiny in "tiny.isa"; word 32; endian little; abi linux in "tiny.abi"; }
END
printf '# numbers\n1 exit\n2 read\n' >"$TMP/d/tiny.tbl"
printf 'EPERM 1\nENOENT 2\n' >"$TMP/d/values.tbl"

# abi [SED] - the right ABI, changed
abi() {
    sed "$1" >"$TMP/d/tiny.abi" <<'END'
abi linux "tiny" {
    elf { name "Tiny"; machine 1; class 32; flags 0 0; }
    machine "tiny";
    top 0x70000000;
    stack R[3];
    call { nr R[0]; args R[1] m32[sp+4]; result R[0]; }
    numbers "tiny.tbl";
    values "values.tbl";
    trap Call(number) { 0 syscall; otherwise SIGILL(ILL_ILLOPC); }
    struct frame { info u8[128]; regs u32[4]; pc u64; }
    frame info frame {
        info info;
        save pc => pc;  save R[0] 4 => regs;
        set R[1] signo;
    }
}
END
}

# isac - everything that a build does; messages in $TMP/said
isac() {
    rm -rf "$TMP/out"
    mkdir "$TMP/out"
    "$ISAC" build "$TMP/d/tiny.target" -o "$TMP/out" >"$TMP/said" 2>&1
}

abi ''
isac
if test -s "$TMP/out/abi.c"; then ok "a right ABI is accepted"
else not_ok "a right ABI is accepted" "$TMP/said"
fi
check "its call is there" grep -q '{1, "exit", NULL}' "$TMP/out/abi.c"

# wrong NAME SED MESSAGE - the changed ABI is refused with MESSAGE, a pattern
wrong() {
    abi "$2"
    if isac; then not_ok "$1" "$TMP/d/tiny.abi"
    elif ! grep -q -e "$3" "$TMP/said"; then not_ok "$1: says '$3'" "$TMP/said"
    elif test -n "`ls "$TMP/out"`"; then not_ok "$1: nothing is written"
    else ok "$1"
    fi
}

wrong 'an unknown clause' 's/top /tpo /' "tiny.abi:4:.*no clause 'tpo'"
wrong 'an unknown register' 's/stack R/stack Q/' "tiny.abi:5:.*'Q'"
wrong 'a register out of range' 's/stack R\[3\]/stack R[4]/' 'tiny.abi:5:.*registers 0 to 3'
wrong 'a bad stack slot' 's/sp+4/sp*4/' 'tiny.abi:6:.*m32\[sp+16\]'
wrong 'a missing table' 's/"tiny.tbl"/"none.tbl"/' "tiny.abi:7:.*can't read table"
wrong 'an unknown trap' 's/trap Call/trap Cal/' "tiny.abi:9:.*'Cal'"
wrong 'a trap case without values' 's/ 0 syscall/ zero syscall/' 'tiny.abi:9:.*which values'
wrong 'a bad type' 's/regs u32/regs u33/' "tiny.abi:10:.*'regs' has no type"
wrong 'a frame without its structure' 's/frame info frame/frame info fram/' "tiny.abi:11:.*'fram'"
wrong 'an unknown frame member' 's/=> regs/=> regz/' 'tiny.abi:13:.*no such member'
wrong 'more registers than members' 's/regs u32\[4\]/regs u32[3]/' 'tiny.abi:13:.*only 3 elements'
wrong 'a wrong word to set' 's/signo/signum/' 'tiny.abi:14:.*set to'
wrong 'nothing about the stack' '/stack/d' "says nothing about 'stack'"
wrong 'a class that is not the word' 's/class 32/class 64/' 'class 64'
printf '1 exit\n1 read\n' >"$TMP/d/tiny.tbl"
wrong 'a number twice' '' 'tiny.tbl:2:.*stands twice'
printf 'exit 1\n' >"$TMP/d/tiny.tbl"
wrong 'a bad line of a table' '' 'tiny.tbl:1:.*number, a name'
printf '1 exit\n' >"$TMP/d/tiny.tbl"
printf 'EPERM one\n' >"$TMP/d/values.tbl"
wrong 'a value that is no number' '' 'values.tbl:1:.*a name and a number'
done_testing
