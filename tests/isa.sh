# isa.sh - every guest's description passes its own examples and tests.

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"

for guest in $GUESTS; do
    for file in "$SRCDIR"/targets/*/"$guest".target; do
        check "isac test $guest.target" "$ISAC" test "$file" -I "$SRCDIR/isa"
    done
done

done_testing
