# The IR: folding of expressions, the builder, what the reader and the verifier refuse, passes.

. "$SRCDIR/tests/lib.sh"

IRTOOL=$BUILDDIR/irtool
if ! test -x "$IRTOOL"; then skip_all "irtool is not built"; fi
cases=$SRCDIR/tests/ir

# tap NAME COMMAND... - the command prints TAP of its own: each result is one of ours.
tap() {
    tap_of=$1
    shift
    "$@" >"$TMP/tap" 2>&1 || true
    grep '^1\.\.' "$TMP/tap" >/dev/null || not_ok "$tap_of: ended early" "$TMP/tap"
    while read -r tap_word tap_more; do
        case $tap_word in
        ok) ok "$tap_of: ${tap_more#* - }" ;;
        not) not_ok "$tap_of: ${tap_more#* - }" "$TMP/tap" ;;
        esac
    done <"$TMP/tap"
}

"$IRTOOL" -e <"$cases/fold.exprs" >"$TMP/exprs" 2>&1
grep -c ' => ' "$cases/fold.exprs" >/dev/null || not_ok "fold.exprs has expressions"
same "expressions fold as fold.exprs says" "$cases/fold.exprs" "$TMP/exprs"
tap build python3 "$cases/passes.py" "$IRTOOL" "$cases"/build/*.ir
tap passes python3 "$cases/passes.py" "$IRTOOL" "$cases"/passes/*.ir
tap build python3 "$cases/build-random.py" "$IRTOOL"
tap rejects python3 "$cases/rejects.py" "$IRTOOL" "$cases/rejects.ir"

# In long runs also as many with other seeds as half a minute takes.
check "random regions are the same after passes" "$BUILDDIR/ir-fuzz" -n 4000
test "$ISO_LONG" != 1 ||
    check "more of them" "$BUILDDIR/ir-fuzz" -s "`date +%s`" -n 0 -t 30

done_testing
