# names.sh - whatever things are called in a description, the C that isac writes of it compiles.

. "$SRCDIR/tests/lib.sh"

for name in names c-names; do
    check "$name: isac build" "$ISAC" build "$SRCDIR/tests/gen/ok/$name.isa" -o "$TMP/$name"
    for file in "$TMP/$name"/*.c; do
        check "$name: `basename "$file"`" ${CC-cc} -std=gnu11 -fsyntax-only -I"$SRCDIR/runtime" \
            -I"$BUILDDIR" -I"$TMP/$name" "$file"
    done
done

done_testing
