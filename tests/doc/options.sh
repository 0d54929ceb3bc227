# options.sh - the manual pages name the options and commands that the programs have, and no others;
# the documents name files, tests and links that exist.

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

# Documents: paths in `...`, cases of test-engine, links between documents.
cd "$SRCDIR" || exit 99
: >"$TMP/bad"
for document in README.md HACKING.md NEWS.md doc/*.md; do
    test "$document" != doc/translator.md || continue # what is to be built
    here=`dirname "$document"`
    grep -o '`[a-zA-Z0-9./_-]*`' "$document" | tr -d '`' |
        grep -E '^(tests|runtime|gen|isa|targets|doc|build-aux|demo\.d)/' |
        grep -v -E 'myisa|NAME|GUEST|DIR|\.a$' | sort -u |
        while read -r path; do
            test -e "$path" || echo "$document: $path" >>"$TMP/bad"
        done
    grep -o '](\([a-zA-Z./_-]*\)' "$document" | sed 's/^](//' | sort -u |
        while read -r path; do
            test -e "$here/$path" || echo "$document: link to $path" >>"$TMP/bad"
        done
done
if test -s "$TMP/bad"; then not_ok "the documents name files that exist" "$TMP/bad"
else ok "the documents name files that exist"
fi
: >"$TMP/bad"
grep -ho '`[a-z]*_[a-z_]*`' doc/concepts.md doc/compatibility.md | tr -d '`' |
    grep -v '^pthread' | sort -u |
    while read -r name; do
        grep -r "$name" tests/unit runtime/interp/rec.h build-aux >/dev/null ||
            echo "$name" >>"$TMP/bad"
    done
if test -s "$TMP/bad"; then not_ok "the cases that the tables name exist" "$TMP/bad"
else ok "the cases that the tables name exist"
fi
cd "$BUILDDIR" || exit 99

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
