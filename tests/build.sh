# build.sh - configure takes the guests it should, install and uninstall are each other's undoing.

. "$SRCDIR/tests/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
MAKE=${MAKE-make}

known=
for file in "$SRCDIR"/targets/*/*.target; do
    test -f "$file" && known="$known `basename "$file" .target`"
done
test -n "$known" || skip_all "no guest under targets/"
test -n "$GUESTS" || skip_all "no guest configured"
test ! -f "$SRCDIR/config.status" || skip_all "needs an out-of-tree build"

# configure stops before it looks for a compiler, or is stopped there.
mkdir "$TMP/conf" && cd "$TMP/conf" || exit 99
configured() {
    CC=/nonexistent "$SRCDIR/configure" --target="$1" >"$TMP/conf.out" 2>&1
    sed -n 's/^checking which guests to build\.\.\. //p' "$TMP/conf.out"
}

got=`configured no-such-guest`
wanted="no guest 'no-such-guest'"
grep -F "$wanted" "$TMP/conf.out" >/dev/null && test -z "$got"
if test $? = 0; then ok "a bogus guest fails at configure"
else not_ok "a bogus guest fails at configure" "$TMP/conf.out"
fi
missing=
for guest in $known; do
    grep "known guests:.* $guest[, ]" "$TMP/conf.out" >/dev/null || missing="$missing $guest"
done
if test -z "$missing"; then ok "and its message lists the known guests"
else not_ok "and its message lists the known guests" "$TMP/conf.out"
fi

sorted() { echo $* | tr ' ' '\n' | sort | tr '\n' ' '; }
first=`echo $known | cut -d' ' -f1`
last=`echo $known | sed 's/.* //'`
is() {
    if test "`sorted $2`" = "`sorted $3`"; then ok "$1"
    else
        echo "got: $2; wanted: $3" >"$TMP/is"
        not_ok "$1" "$TMP/is"
    fi
}
is "one guest" "`configured $first`" "$first"
is "a comma list, each guest once" "`configured $first,$last,$first`" \
    "`echo $first $last | tr ' ' '\n' | sort -u`"
is "all" "`configured all`" "$known"
is "a bogus name in a list fails" "`configured $first,no-such-guest`" ""

cd "$BUILDDIR" || exit 99
dest=$TMP/dest
check "make install" "$MAKE" install DESTDIR="$dest"
missing=
prefix=`sed -n 's/^prefix = //p' Makefile`
for guest in $GUESTS; do
    test -x "$dest$prefix/bin/isomorph-$guest" || missing="$missing isomorph-$guest"
    test -f "$dest$prefix/share/man/man1/isomorph-$guest.1" || missing="$missing isomorph-$guest.1"
done
for file in bin/isac share/man/man1/isac.1 share/man/man1/isomorph.1; do
    test -f "$dest$prefix/$file" || missing="$missing $file"
done
if test -z "$missing"; then ok "the programs and their pages are there"
else
    echo "missing:$missing" >"$TMP/missing"
    not_ok "the programs and their pages are there" "$TMP/missing"
fi
check "make uninstall" "$MAKE" uninstall DESTDIR="$dest"
find "$dest" ! -type d >"$TMP/left"
if test -s "$TMP/left"; then not_ok "nothing is left after uninstall" "$TMP/left"
else ok "nothing is left after uninstall"
fi

done_testing
