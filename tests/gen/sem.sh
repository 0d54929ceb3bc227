# sem.sh - what bodies mean: each description in tests/gen/sem prints the trees beside it.
#
# NAME.out is what `isac explain NAME.isa` prints: typed statements in the order in which they run.
# UPDATE=1 writes the .out files anew: read the difference.

. "$SRCDIR/tests/lib.sh"
cd "$SRCDIR/tests/gen/sem" || exit 99

for file in *.isa; do
    name=${file%.isa}
    "$ISAC" explain "$file" >"$TMP/out" 2>"$TMP/err" </dev/null
    status=$?
    test "$UPDATE" != 1 || cp "$TMP/out" "$name.out"
    if test $status != 0; then not_ok "$name: exit status" "$TMP/err"
    else same "$name" "$name.out" "$TMP/out"
    fi
done

done_testing
