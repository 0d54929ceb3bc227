# vectors.sh - the generated interpreter agrees with isac's evaluator about random instructions in
# random states, with every dispatch technique. The two share nothing but the typed trees. The examples
# and tests of the descriptions go through the generated decoder, disassembler and interpreter too; and
# both through the templates of the translator and the evaluator of its IR ("lift"; "passes": and all passes on it).
#
#   INLINE=yes   these alone
#
# By hand: isac vectors TARGET 100 SEED | RUNNER direct; gen/vectors.c and gen/inline_vectors.c say what
# is printed.

. "$SRCDIR/tests/lib.sh"
test -n "$GUESTS" || skip_all "no guest configured"

make_variable() { sed -n "s/^$1 = *//p" "$BUILDDIR/Makefile" | head -n 1; }
cc=`make_variable CC`
cflags=`make_variable CFLAGS`
libs="`make_variable CAPSTONE_LIBS` -lm -lpthread"
if test "$ISO_LONG" = 1; then per_form=200; else per_form=10; fi
seed=${SEED-1}

for guest in $GUESTS; do
    objects=$BUILDDIR/gen-out/$guest
    for file in "$SRCDIR"/targets/*/"$guest".target; do
        test -n "$INLINE" ||
            "$ISAC" vectors "$file" -I "$SRCDIR/isa" $per_form $seed >"$TMP/vectors" 2>"$TMP/err" ||
            not_ok "$guest: isac vectors" "$TMP/err"
        "$ISAC" vectors "$file" -I "$SRCDIR/isa" --inline >"$TMP/inline" 2>"$TMP/err" ||
            not_ok "$guest: isac vectors --inline" "$TMP/err"
        # As many as isac test counts.
        tests=`"$ISAC" test "$file" -I "$SRCDIR/isa" 2>&1 | sed -n 's/.*: \([0-9]*\) tests.*/\1/p'`
    done
    if ! $cc $cflags -DHAVE_CONFIG_H -I"$BUILDDIR" -I"$SRCDIR/runtime" -o "$TMP/run" \
        "$SRCDIR"/tests/vectors/*.c "$objects"/*.o "$BUILDDIR/runtime/libruntime.a" $libs \
        >"$TMP/err" 2>&1; then
        not_ok "$guest: the runner" "$TMP/err"
        continue
    fi
    for kind in switch threaded predecoded direct lift passes; do
        if "$TMP/run" $kind <"$TMP/inline" >"$TMP/out" 2>&1 &&
            grep ": $tests vectors, " "$TMP/out" >/dev/null; then
            ok "$guest, $kind: $tests inline tests,`tail -n 1 "$TMP/out" | sed 's/.*vectors,//'`"
        else
            not_ok "$guest, $kind: $tests inline tests" "$TMP/out"
        fi
        test -z "$INLINE" || continue
        if "$TMP/run" $kind <"$TMP/vectors" >"$TMP/out" 2>&1; then
            ok "$guest, $kind: `tail -n 1 "$TMP/out" | sed 's/.*: //'`"
        else
            not_ok "$guest, $kind" "$TMP/out"
        fi
    done
done

# Small descriptions, with what the guests have none of: hints, contexts, classes, odd widths.
for name in classes columns context context-guards hint length one-file ref-arm tiny; do
    test -z "$INLINE" || continue
    file=$SRCDIR/tests/gen/ok/$name.isa
    mkdir "$TMP/$name"
    if ! { "$ISAC" build "$file" -o "$TMP/$name" && "$ISAC" vectors "$file" 100 $seed; } \
        >"$TMP/vectors" 2>"$TMP/err" ||
        ! $cc $cflags -O0 -w -DHAVE_CONFIG_H -I"$TMP/$name" -I"$BUILDDIR" -I"$SRCDIR/runtime" -o "$TMP/run" \
            "$SRCDIR"/tests/vectors/*.c "$TMP/$name"/*.c "$BUILDDIR/runtime/libruntime.a" $libs \
            >"$TMP/err" 2>&1; then
        not_ok "$name: the runner" "$TMP/err"
        continue
    fi
    for kind in direct lift passes; do
        if "$TMP/run" $kind <"$TMP/vectors" >"$TMP/out" 2>&1; then
            ok "$name, $kind: `tail -n 1 "$TMP/out" | sed 's/.*: //'`"
        else
            not_ok "$name, $kind" "$TMP/out"
        fi
    done
done

done_testing
