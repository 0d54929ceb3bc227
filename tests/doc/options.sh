# options.sh - the manual pages name the options and commands that the programs have, and no others.

. "$SRCDIR/tests/lib.sh"

# plain PAGE - a page without its markup
plain() {
    sed -e 's/\\fR//g; s/\\fP//g; s/\\fB//g; s/\\fI//g; s/\\-/-/g; s/"//g' "$1"
}

# in_page PAGE - the options that its headings (after .TP) give, and in lists of them
in_page() {
    plain "$1" | awk '/^\.TP/ { getline; print }' | sed 's/^\.[BI]*[RI]* *//' |
        tr ' ,' '\n\n' | grep -E '^-' | sed 's/=.*/=/' | sort -u
}

# isomorph-GUEST: one page for every guest.
for guest in $GUESTS; do
    "$BUILDDIR/isomorph-$guest" --help | sed -n 's/^  \(-[^ ]*\).*/\1/p' | sed 's/=.*/=/' |
        sort -u >"$TMP/has"
    in_page "$SRCDIR/man/isomorph.1" >"$TMP/page"
    same "isomorph.1 has the options of isomorph-$guest" "$TMP/has" "$TMP/page"
    break
done

# isac: commands, and the options of each.
"$ISAC" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort >"$TMP/commands"
plain "$SRCDIR/man/isac.1" | awk '/^\.SH COMMANDS/ { on = 1; next } /^\.SH/ { on = 0 }
    on && /^\.TP/ { getline; sub(/^\.[BIR]* */, ""); print $1 }' | sort >"$TMP/page"
same "isac.1 has isac's commands" "$TMP/commands" "$TMP/page"
for command in `cat "$TMP/commands"`; do
    "$ISAC" "$command" --help | sed -n 's/^  \(-.*\)/\1/p' | sed 's/  .*//' | tr ' ,' '\n\n' |
        grep '^-' | sed 's/^\(-W\)\(no-\)*.*/\1/; s/=.*/=/'
done | sort -u >"$TMP/has"
in_page "$SRCDIR/man/isac.1" | grep -v -e '--version' -e '--help' |
    sed 's/^\(-W\)\(no-\)*.*/\1/' | sort -u >"$TMP/page"
same "isac.1 has isac's options" "$TMP/has" "$TMP/page"

for page in isac isomorph; do
    if command -v man >/dev/null && command -v groff >/dev/null; then
        LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
            "$SRCDIR/man/$page.1" >/dev/null 2>"$TMP/warnings"
        if test -s "$TMP/warnings"; then not_ok "$page.1 is formatted without a warning" "$TMP/warnings"
        else ok "$page.1 is formatted without a warning"
        fi
    else
        skip "$page.1 is formatted without a warning" "man or groff is not installed"
    fi
done
done_testing
