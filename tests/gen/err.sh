# err.sh - descriptions with one mistake each give exactly the message beside them.
#
# The first line of tests/gen/err/NAME.isa (or .target) says which mistake, and after it maybe
# (command: test) and (options: -W...). NAME.err is what isac prints on standard error, which is
# not empty; the exit status is 1 if an error is among it, else 0. What stands in tests/gen/ok/
# passes without a message. UPDATE=1 writes the .err files anew: read the difference.

. "$SRCDIR/tests/lib.sh"
cd "$SRCDIR/tests/gen/err" || exit 99

for file in *.isa *.target; do
    name=${file%.*}
    first=`head -n 1 "$file"`
    command=`expr "$first" : '.*(command: \([a-z]*\))'`
    options=`expr "$first" : '.*(options: \([^)]*\))'`
    "$ISAC" ${command:-check} "$file" $options >"$TMP/out" 2>"$TMP/err" </dev/null
    status=$?
    test "$UPDATE" != 1 || cp "$TMP/err" "$name.err"
    if grep ': error: ' "$TMP/err" >/dev/null; then want=1; else want=0; fi
    if test $status != $want; then
        echo "exit status $status, not $want" >>"$TMP/err"
        not_ok "$name: exit status" "$TMP/err"
    elif ! test -s "$TMP/err"; then not_ok "$name: a message"
    elif cmp "$name.err" "$TMP/err" >/dev/null 2>&1; then ok "$name"
    else
        diff -u "$name.err" "$TMP/err" >"$TMP/diff" 2>&1
        not_ok "$name" "$TMP/diff"
    fi
done

cd "$SRCDIR/tests/gen/ok" || exit 99
for file in *.isa *.target; do
    test -f "$file" || continue
    for command in check test; do
        "$ISAC" $command "$file" >"$TMP/out" 2>"$TMP/err" </dev/null
        status=$?
        if test $status = 0 && ! test -s "$TMP/err"; then ok "$command $file"
        else not_ok "$command $file" "$TMP/err"
        fi
    done
done

done_testing
