# doc-examples.sh - every example of the language reference parses, and each of its lines stands
# in a description that is right (tests/gen/ok, which tests/gen/err.sh runs with its tests).
#
# A ``` block of doc/isa-language.md is tried as declarations, as clauses of an isa block, as
# statements of a body and as statements of an instruction; one of them must parse. Blocks with
# the ellipsis, and tables, aren't complete: `...` in the text stands for what a reader fills in.

. "$SRCDIR/tests/lib.sh"

doc=$SRCDIR/doc/isa-language.md
awk -v dir="$TMP" '
    /^```/ { if (inside) { close(file); inside = 0 } else { n++; inside = 1
             file = sprintf("%s/block-%02d", dir, n); printf "%d\n", NR > (file ".line") } next }
    inside { print > file }' "$doc"

# plain FILES... - the lines without comments and needless blanks
plain() {
    cat "$@" | sed -e 's/#\([^A-Za-z_{].*\)\{0,1\}$//' -e 's/[ \t][ \t]*/ /g' -e 's/^ //' -e 's/ $//'
}
plain "$SRCDIR"/tests/gen/ok/*.isa | grep . >"$TMP/right"

# parses FILE - no syntax error in it
parses() {
    "$ISAC" check "$1" -I "$SRCDIR/isa" >"$TMP/out" 2>&1
    test $? -le 1 && ! grep -E '\[(syntax|bare-compare)\]' "$TMP/out" >/dev/null
}

for block in "$TMP"/block-??; do
    test -f "$block" || continue
    line=`cat "$block.line"`
    name="example at line $line"
    # What a reader fills in.
    sed -e 's/{ … }/{ }/g' -e 's/ …;/;/' -e 's/ …//g' -e 's/include "[^"]*";//' -e 's/ \[modifiers\]//' "$block" >"$TMP/text"
    good=no
    for way in decls statements settings; do
        case $way in
        decls) cat "$TMP/text" ;;
        statements)
            echo 'insn x F {} "x" {'
            cat "$TMP/text"
            echo '}' ;;
        settings)
            echo 'def f(a : u32, b : u32) -> u32 {'
            cat "$TMP/text"
            echo 'return a; }' ;;
        esac >"$TMP/try.isa"
        test $way = decls && cp "$TMP/try.isa" "$TMP/first.isa"
        if parses "$TMP/try.isa"; then good=yes; break; fi
    done
    if test $good = yes; then ok "$name"
    else
        parses "$TMP/first.isa"
        not_ok "$name" "$TMP/out"
    fi
    # A target's paths are the reader's; lines with an ellipsis aren't complete.
    grep '^target ' "$block" >/dev/null && continue
    plain "$block" | grep -v -e '…' -e ' \[modifiers\]' | grep '[a-z]' >"$TMP/lines"
    grep -vxFf "$TMP/right" "$TMP/lines" >"$TMP/missing"
    if test -s "$TMP/missing"; then not_ok "$name is in a description" "$TMP/missing"
    else ok "$name is in a description"
    fi
done

done_testing
