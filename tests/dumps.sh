# dumps.sh - what -d shows, item by item, within -dfilter; --stats in both formats.

. "$SRCDIR/tests/lib.sh"
test "`uname -m`" = x86_64 || skip_all "the host has no back end"
case " $GUESTS " in *" mips "*) ;; *) skip_all "the program is for mips" ;; esac
emulator=$BUILDDIR/isomorph-mips
program=$SRCDIR/demo.d/tiny-mips
low=0x4001d0 high=0x400298 # the inner loop and what is around it

# dump ITEMS OPTIONS - into $TMP/dump
dump() {
    "$emulator" --threshold-block=4 --threshold-region=20 -D "$TMP/dump" -d "$1" $2 "$program" >/dev/null 2>&1
}

# shows NAME PATTERN... - the dump has a line for each; \t none may be missing
shows() {
    name=$1
    shift
    for pattern; do
        grep -q -E -e "$pattern" "$TMP/dump" && continue
        { echo "no line for: $pattern"; head -n 40 "$TMP/dump"; } >"$TMP/shown"
        not_ok "$name" "$TMP/shown"
        return
    done
    ok "$name"
}

# inside NAME TITLE - all addresses in lines that TITLE (of awk) matches are in the filter
inside() {
    awk -v title="$2" '
        $0 ~ title { if (match($0, /0x[0-9a-f]+/)) print substr($0, RSTART, RLENGTH) }' "$TMP/dump" |
        sort -u >"$TMP/addresses"
    : >"$TMP/outside"
    while read -r address; do
        test $((address)) -ge $((low)) && test $((address)) -lt $((high)) || echo "$address" >>"$TMP/outside"
    done <"$TMP/addresses"
    if test ! -s "$TMP/addresses"; then not_ok "$1: nothing is shown" "$TMP/dump"
    elif test -s "$TMP/outside"; then not_ok "$1" "$TMP/outside"
    else ok "$1"
    fi
}

filter="-dfilter $low..$((high - 1))"

dump decode
shows "decode: blocks and their instructions" '^decode: block of [0-9]+ instructions, [0-9]+ bytes' \
    '^004001d0:  28872711  slti a3, a0, 10001$' '^004001d4:  14e0002e  bnez a3, 0x400290$'
"$emulator" -D "$TMP/dump" -d decode -dfilter $low+4 "$program" >/dev/null
if test "`grep -c '^decode:' "$TMP/dump"`" = 1; then ok "decode: -dfilter takes one block"
else not_ok "decode: -dfilter takes one block" "$TMP/dump"
fi

dump ir "$filter"
shows "ir: regions as they were lifted" '^ir: tier 1 at 0x400290$' '^ir: tier 2 at 0x4001d0$' '^b0: .*pc=0x' \
    '^  poll @0x' '^  store '
inside "ir: -dfilter" '^ir: '
dump opt "$filter"
shows "opt: after the passes" '^opt: tier 2 at 0x4001d0$' '^  %[0-9]+:i32 = phi ' '^  store '
inside "opt: -dfilter" '^opt: '
dump alloc "$filter"
shows "alloc: who has which register" '^alloc: tier 2 at 0x4001d0$' \
    '^allocation: [0-9]+ positions, [0-9]+ spilled, [0-9]+ slots$' '^ +[0-9]+:r[0-9]+ = add '
inside "alloc: -dfilter" '^alloc: '

dump host "$filter"
if grep -q 'without Capstone\|no Capstone' "$TMP/dump"; then
    skip "host: Capstone's text" "there is no Capstone"
else
    shows "host: the guest's instructions above the host's" '^host: tier 2 at 0x4001d0$' '^entry:$' \
        '^00400294:  1000ffce  b 0x4001d0$' '^ +[0-9a-f]+  mov byte ptr .*; may fault at 0x400294$' '^exit [0-9]+, to 0x'
    awk '/^[0-9a-f]+:  / { guest = $1 } / may fault at / {
            sub(/^0x/, "", $NF); if (guest != "00" $NF ":") { print; bad = 1 } }
        END { exit bad }' "$TMP/dump" >"$TMP/bad"
    if test $? = 0; then ok "host: what may fault stands below its instruction"
    else not_ok "host: what may fault stands below its instruction" "$TMP/bad"
    fi
fi
inside "host: -dfilter" '^host: '

dump exec "$filter"
shows "exec: each block that is entered, with registers" '^exec: 0x400290$' '^pc 00400290$' '^zero   00000000  at ' 
inside "exec: -dfilter" '^exec: '
rounds=`grep -c '^exec: 0x400290$' "$TMP/dump"`
if test "$rounds" -gt 100; then ok "exec: every round of a loop"
else not_ok "exec: every round of a loop: only $rounds" "$TMP/dump"
fi

dump trap
shows "trap: by name, with its address" '^trap: [A-Z][A-Za-z]* at 0x[0-9a-f]+, arguments (0x[0-9a-f]+|0) (0x[0-9a-f]+|0)$'
calls=`grep -c '^trap:' "$TMP/dump"`
dump trap "$filter"
inside "trap: -dfilter" '^trap: '
if test "`grep -c '^trap:' "$TMP/dump"`" -lt "$calls"; then ok "trap: -dfilter leaves some out"
else not_ok "trap: -dfilter leaves some out" "$TMP/dump"
fi

dump cache "$filter"
shows "cache: what enters, is linked, leaves" '^cache: tier 1 at 0x400290$' \
    '^  [0-9]+ instructions, [0-9]+ bytes at 0x' '^  linked to tier [12] at 0x4001d0$' '^  retired$'
inside "cache: -dfilter" '^cache: '
bigint=$BUILDDIR/tests/out/tiers-mips/mips/bigint-O2
if test -x "$bigint"; then
    "$emulator" --tier=block --cache-size=64K -D "$TMP/dump" -d cache "$bigint" >/dev/null
    shows "cache: what is evicted" '^  evicted$'
else skip "cache: what is evicted" "tests/tiers.sh hasn't made its programs"
fi

# --stats: the same names in both formats, as many of each thing as the dumps show.
"$emulator" --threshold-block=4 --threshold-region=20 --compile=now --stats "$program" >/dev/null 2>"$TMP/text"
"$emulator" --threshold-block=4 --threshold-region=20 --compile=now --stats=json "$program" >/dev/null 2>"$TMP/json"
check "--stats=json is JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$TMP/json"
awk '{ print $1 }' "$TMP/text" | sort >"$TMP/names"
python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))))' "$TMP/json" | sort >"$TMP/json-names"
same "--stats and --stats=json have the same names" "$TMP/names" "$TMP/json-names"
for name in blocks_built instructions_decoded tier1_translations tier1_instructions tier1_host_bytes \
    tier1_microseconds tier2_translations tier2_instructions tier2_host_bytes tier2_microseconds links \
    cache_bytes peak_kilobytes; do
    value=`awk -v n=$name '$1 == n { print $2 }' "$TMP/text"`
    case $value in
    '' | 0) not_ok "--stats counts $name" "$TMP/text" ;;
    *) ok "--stats counts $name" ;;
    esac
done
for name in evicted cache_flushes translated_faults tier1_failures lookup_misses; do
    if grep -q "^$name " "$TMP/text"; then ok "--stats has $name"
    else not_ok "--stats has $name" "$TMP/text"
    fi
done
dump cache
for tier in 1 2; do
    shown=`grep -A 1 "^cache: tier $tier " "$TMP/dump" | grep -c ' instructions, '`
    counted=`awk -v n=tier${tier}_translations '$1 == n { print $2 }' "$TMP/text"`
    if test "$shown" = "$counted"; then ok "tier $tier: as many translations as -d cache shows"
    else not_ok "tier $tier: $counted translations, -d cache shows $shown" "$TMP/dump"
    fi
done
done_testing
