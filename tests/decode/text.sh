# text.sh - assembling and disassembling with everything that zoo.isa has.

. "$SRCDIR/tests/lib.sh"
zoo=$SRCDIR/tests/decode/zoo.isa

# both TEXT WORD: one is the other's
both() {
    echo "$2" >"$TMP/want"
    "$ISAC" asm "$zoo" "$1" >"$TMP/got" 2>&1
    same "'$1' is $2" "$TMP/want" "$TMP/got"
    echo "$1" >"$TMP/want"
    "$ISAC" disas "$zoo" "$2" >"$TMP/got" 2>&1
    same "$2 is '$1'" "$TMP/want" "$TMP/got"
}

# reads TEXT WORD TEXT: it assembles, and is printed as the second text
reads() {
    echo "$2" >"$TMP/want"
    "$ISAC" asm "$zoo" "$1" >"$TMP/got" 2>&1
    same "'$1' is $2" "$TMP/want" "$TMP/got"
    echo "$3" >"$TMP/want"
    "$ISAC" disas "$zoo" "$2" >"$TMP/got" 2>&1
    same "which prints as '$3'" "$TMP/want" "$TMP/got"
}

# refused TEXT WHY
refused() {
    fails "'$1' is refused" "$ISAC" asm "$zoo" "$1"
    echo "isac: '$1': $2" >"$TMP/want"
    "$ISAC" asm "$zoo" "$1" >"$TMP/got" 2>&1
    same "and it says why" "$TMP/want" "$TMP/got"
}

check "zoo.isa has no mistakes" "$ISAC" check "$zoo"
both "mov r1, r2" 0112
both "inc r3" 0133
both "swap sp, lr" 02de
both "trap" 0300
both "trap 0x9" 0309
both "clear" 0307
both "halt 200" 03c8
both "add r9, #-16" 0430
both "set r1, #255" 800201fe
both "set.ne r1, #4080" 80820ffe
both "set r1, #16777216" 80020402
both "set.ge r1, r2" 81a20004
both "not r1, r2, lsl #3" 82220184
both "push r1, {r1, r4, r5, r6, pc}" 90018072
both "jump 0x100" a1e00003
both "jump 0xfffffff0" a16fffff
both "back 0x20" a38fffff
both "load r1, 0x12345678" c51012345678
reads "push  r1 ,{ r1,r4-r6,pc }" 90018072 "push r1, {r1, r4, r5, r6, pc}"
reads "set.ne	r1,#0xff0" 80820ffe "set.ne r1, #4080"
reads "trap 7" 0307 clear
refused "mov r3, r3" "this encoding is 'inc'"
refused "swap r3, r3" "no encoding has these operands"
refused "trap 0xff" "no encoding has these operands"
refused "set.lt r1, #257" "no encoding has these operands"
refused "add r9, #16" "'16' is out of range"
refused "trap 256" "'256' is out of range"
refused "add r1, #1" "no instruction goes on with 'r1, #1'"
refused "set r16, r1" "no instruction goes on with 'r16, r1'"
refused "sett r1, r1" "no instruction goes on with 't r1, r1'"
refused "jump 0x101" "no encoding has these operands"
refused "frob" "no instruction begins like this"

echo "trap 0x7" >"$TMP/want"
"$ISAC" disas "$zoo" --no-alias 0307 >"$TMP/got" 2>&1
same "--no-alias prints none" "$TMP/want" "$TMP/got"
fails "a word without instruction" "$ISAC" disas "$zoo" 0000

# Unused space, counted by hand: of 2^15 words of 16 bits mov has 256, swap 240, trap 255, add 256.
cat >"$TMP/want" <<'EOT'
16-bit words: 96.93 % of 32768 unused
EOT
"$ISAC" check "$zoo" --unused >"$TMP/all" 2>&1
grep '^16-bit' "$TMP/all" >"$TMP/got"
same "the unused space is what remains" "$TMP/want" "$TMP/got"

# Enumeration: the boundaries of every field, and what is next to an instruction.
"$ISAC" enumerate "$zoo" >"$TMP/all" 2>&1
for word in 0400 040f 0410 041f 04f0 04ff 0300 03ff 0133 800001fe c50000000000 c5ffffffffff; do
    check "$word is enumerated" grep "^$word " "$TMP/all"
done
cut -d' ' -f1 "$TMP/all" | sort | uniq -d >"$TMP/got"
: >"$TMP/want"
same "no word is enumerated twice" "$TMP/want" "$TMP/got"
done_testing
