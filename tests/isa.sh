# isa.sh - every guest's description passes its own examples and tests, and every instruction
# of a description, with every branch of its body, has one.

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"

for guest in $GUESTS; do
    for file in "$SRCDIR"/targets/*/"$guest".target; do
        if ! "$ISAC" test "$file" -I "$SRCDIR/isa" >"$TMP/out" 2>&1 </dev/null; then
            not_ok "isac test $guest.target" "$TMP/out"
        elif grep '[^0-9]0 tests' "$TMP/out" >/dev/null; then
            not_ok "isac test $guest.target: there are tests" "$TMP/out"
        else
            ok "isac test $guest.target"
        fi
    done
done

for file in "$SRCDIR"/isa/*/*.isa; do
    grep '^isa ' "$file" >/dev/null || continue
    check "isac test `basename "$file"`: nothing is untested" \
        "$ISAC" test "$file" -Werror=missing-example -Werror=untested-branch
done

done_testing
