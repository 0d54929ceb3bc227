# examples.sh - the examples of README.md and of the guides in doc/ do what the text shows.
#
# Runs the marked blocks (see examples.py) of each document in a copy of the source tree, in its
# directory build/, which at first holds the programs of this build. ONLY=FILE runs one document.

. "$SRCDIR/tests/lib.sh"
command -v python3 >/dev/null || oracle_all "python3 is not installed"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CONFIG_SITE

# Optimisation is not what is tested; warnings of a build without it are nobody's business.
CFLAGS='-O1 -w'
export CFLAGS

documents='README.md doc/porting-a-guest.md doc/abi-language.md doc/internals.md doc/concepts.md
    doc/compatibility.md'

# This build may stand in the source tree, and others too.
builds=
for file in "$SRCDIR"/*/config.status "$SRCDIR"/*/*/config.status; do
    test -f "$file" && builds="$builds --exclude=.${file#"$SRCDIR"}"
done
builds=`echo "$builds" | sed 's|/config\.status||g'`

copy_tree() {
    rm -rf "$TMP/tree"
    mkdir "$TMP/tree" &&
        (cd "$SRCDIR" && tar -cf - $builds --exclude=./.git --exclude=./build \
            --exclude=./build-demo --exclude=./_inst --exclude='*~' --exclude=./autom4te.cache \
            --exclude=./tests/guest --exclude=./tests/gen/err .) |
        (cd "$TMP/tree" && tar -xf -) && chmod -R u+w "$TMP/tree" && mkdir "$TMP/tree/build" &&
        cp "$ISAC" "$TMP/tree/build/" &&
        for guest in $GUESTS; do
            cp "$BUILDDIR/isomorph-$guest" "$TMP/tree/build/" || return 1
        done
}

count=0
for document in $documents; do
    test -z "$ONLY" || test "$ONLY" = "$document" || continue
    test -f "$SRCDIR/$document" || continue
    copy_tree || { echo "Bail out! the source tree can't be copied"; exit 99; }
    python3 "$SRCDIR/tests/doc/examples.py" "$SRCDIR/$document" "$TMP/tree/build" >"$TMP/results"
    test $? = 0 || { echo "Bail out! examples.py failed"; exit 99; }
    while read -r result file text; do
        case $result in
        ok) ok "$document: $text" ;;
        skip) oracle "$document: $text" "${text#*needs }" ;;
        *) not_ok "$document: $text" "$file" ;;
        esac
        count=$((count + 1))
    done <"$TMP/results"
done
if test $count -gt 0; then ok "there are examples"; else not_ok "there are examples"; fi
done_testing
