# commands.sh - isac's command line: help, errors, files written all or none, `isac new`.

. "$SRCDIR/tests/lib.sh"
ok_isa=$SRCDIR/tests/gen/ok/tiny.isa

# says NAME PATTERN CMD... - fails with exit status 1 and a message that matches
says() {
    says_name=$1
    says_pattern=$2
    shift 2
    "$@" >"$TMP/out" 2>&1 </dev/null
    says_status=$?
    if test $says_status = 1 && grep "$says_pattern" "$TMP/out" >/dev/null; then ok "$says_name"
    else
        echo "exit status $says_status, wanted 1 and: $says_pattern" >>"$TMP/out"
        not_ok "$says_name" "$TMP/out"
    fi
}

check "--version" "$ISAC" --version
check "--help" "$ISAC" --help
check "--help checks" "$ISAC" --help checks
for command in `"$ISAC" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'`; do
    check "$command --help" "$ISAC" $command --help
done
says "no command" "no command given" "$ISAC"
says "an unknown command" "did you mean 'check'" "$ISAC" chekc "$ok_isa"
says "an unknown option" "unknown option '--fast'" "$ISAC" check "$ok_isa" --fast
says "an unknown option of build" "unknown option '--fast'" "$ISAC" build "$ok_isa" --fast
says "a check that there is not" "no check is called 'unused'" "$ISAC" check "$ok_isa" -Wunused
says "an error switched off" "can't be switched off" "$ISAC" check "$ok_isa" -Wno-overlap
says "no file" "FILE is missing" "$ISAC" check
says "a file that is nowhere" "can't read" "$ISAC" check "$TMP/nowhere.isa"
says "a directory as file" "can't read" "$ISAC" check "$TMP"
says "a wrong width" "word is 32 or 64" "$ISAC" check "$ok_isa" --word 16
says "a width that isn't listed" "no word of 64 bits" "$ISAC" check "$ok_isa" --word 64
says "an extension that isn't there" "no extension is called" "$ISAC" check "$ok_isa" --without div
check "without an extension" "$ISAC" test "$ok_isa" --without mul
"$ISAC" check "$ok_isa" --unused >"$TMP/unused" 2>&1
check "check --unused tells the share" grep '32-bit words: 96.88 % of 4294967296 unused' "$TMP/unused"
: >"$TMP/empty.isa"
says "an empty file" "no isa block" "$ISAC" check "$TMP/empty.isa"

# explain: a word is read in hexadecimal, as disas reads it, and shown from decoder to C.
"$ISAC" explain "$ok_isa" 04220003 >"$TMP/word" 2>&1
"$ISAC" explain "$ok_isa" "addi R1, R2, 3" >"$TMP/text" 2>&1
same "explain: a word in hexadecimal" "$TMP/text" "$TMP/word"
for line in 'text   addi R1, R2, 3' 'decode path' '  then addi' 'fields' 'meaning' 'interpreter' \
    'ROUTINE(addi)' 'template' 'static void lift_form_addi(struct lift *l)'; do
    check "explain shows: $line" grep -Fx "$line" "$TMP/word"
done
says "explain: a word of letters" "matches no instruction" "$ISAC" explain "$ok_isa" ffffffff
says "disas: a word that is too wide" "more than the 32 bits" "$ISAC" disas "$ok_isa" 104220003
# disas: an ELF file without code, or of the other byte order, is an error.
printf '\177ELF\001\001\001' >"$TMP/elf"
head -c 64 /dev/zero >>"$TMP/elf"
says "disas: an ELF file without code" "no section of code" "$ISAC" disas "$ok_isa" "$TMP/elf"
printf '\177ELF\001\002\001' >"$TMP/elf"
head -c 64 /dev/zero >>"$TMP/elf"
says "disas: an ELF file of the other byte order" "is big endian" \
    "$ISAC" disas "$ok_isa" "$TMP/elf"
says "asm: a text that ends too early" "would go on here" "$ISAC" asm "$ok_isa" "addi R1, R2,"

# Messages for programs.
"$ISAC" check "$SRCDIR/tests/gen/err/overlap-same.isa" --diagnostics=json 2>"$TMP/json"
cat >"$TMP/read.py" <<'EOF'
import json, sys
m = json.load(open(sys.argv[1]))
assert [x["level"] for x in m] == ["error", "note", "help"], m
assert m[0]["check"] == "overlap" and m[0]["line"] == 6 and m[0]["column"] == 6, m
EOF
check "--diagnostics=json is JSON" python3 "$TMP/read.py" "$TMP/json"
"$ISAC" check "$ok_isa" --diagnostics=json 2>"$TMP/json"
echo "[]" >"$TMP/none"
same "--diagnostics=json without messages" "$TMP/none" "$TMP/json"

# new: what it writes is right and its tests hold.
check "new" "$ISAC" new zebra -o "$TMP"
check "new: the description's tests hold" "$ISAC" test "$TMP/isa/zebra/zebra.isa" -Werror
check "new: the target is right" "$ISAC" check "$TMP/targets/zebra/zebra.target" -I "$TMP/isa" \
    -Werror
"$ISAC" asm "$TMP/targets/zebra/zebra.target" -I "$TMP/isa" --at 0x10000 -o "$TMP/hello.bin" \
    "$TMP/targets/zebra/hello.s"
same "new: hello.s assembles to hello.bin" "$TMP/targets/zebra/hello.bin" "$TMP/hello.bin"
says "new: nothing is overwritten" "is there already" "$ISAC" new zebra -o "$TMP"
says "new: a wrong name" "can't be a name" "$ISAC" new 9lives -o "$TMP"

# build: unchanged files are left alone; nothing is written after an error.
target=$TMP/targets/zebra/zebra.target
check "build" "$ISAC" build "$target" -I "$TMP/isa" -o "$TMP/build"
touch -d '2001-01-01' "$TMP"/build/*
check "build again" "$ISAC" build "$target" -I "$TMP/isa" -o "$TMP/build"
find "$TMP/build" -newermt '2002-01-01' -type f >"$TMP/changed"
: >"$TMP/none"
same "build again writes nothing" "$TMP/none" "$TMP/changed"
check "build: depend.mk names the description" \
    grep -F "$TMP/isa/zebra/zebra.isa" "$TMP/build/depend.mk"
"$ISAC" build "$SRCDIR/isa/arm/arm.isa" -o "$TMP/long"
awk 'length > 100 && !/\*\/$/' "$TMP"/long/*.[ch] "$TMP"/long/*.inc >"$TMP/wide"
check "build: lines of 100 columns, but for rows of tables" test -s "$TMP/long/disas.c" -a ! -s "$TMP/wide"
ls -A "$TMP/build" >"$TMP/before"
sed 's/rd = ra + rb;/rd = ra + rc;/' "$TMP/isa/zebra/zebra.isa" >"$TMP/wrong"
cp "$TMP/wrong" "$TMP/isa/zebra/zebra.isa"
fails "build of a wrong description" "$ISAC" build "$target" -I "$TMP/isa" -o "$TMP/build"
fails "and elsewhere" "$ISAC" build "$target" -I "$TMP/isa" -o "$TMP/other"
ls -A "$TMP/build" >"$TMP/after"
same "it writes nothing" "$TMP/before" "$TMP/after"
check "it makes no directory" test ! -e "$TMP/other"
says "build where nothing can be made" "can't make" \
    "$ISAC" build "$SRCDIR/tests/gen/ok/tiny.isa" -o "$TMP/no/where"

done_testing
