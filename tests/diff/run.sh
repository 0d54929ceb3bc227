# run.sh GUEST - random instruction streams on isomorph-GUEST and on qemu-user, compared case by case.
#
# Each class of instructions has its own stream (isac stream) of at least 100,000 instructions; with
# ISO_LONG=1 of two million, and ISO_SEED=N gives another one. Each goes through the interpreter, blocks and
# regions (EMULATOR_ARGS: with these arguments instead). A case that differs fails the test,
# unless GUEST.allow has a pattern for one of its lines, or "PATTERN && PATTERN" for several, with a
# reason.

. "$SRCDIR/tests/lib.sh"
guest=$1
dir=$SRCDIR/tests/diff
emulator=$BUILDDIR/isomorph-$guest

case $guest in
mips | mipsel)
    compiler="$guest-linux-gnu-gcc -mfp32"; sources="mips.c mips.S"
    options="--align --paired --avoid R=26,27,28,29"; qemu=qemu-$guest ;;
riscv64)
    compiler="riscv64-linux-gnu-gcc -Wl,--no-relax"; sources="riscv.c riscv.S"
    options="--avoid X=3,4,30,31"; qemu=qemu-riscv64 ;;
arm)
    compiler="arm-linux-gnueabi-gcc -march=armv5te -marm"; sources="arm.c arm.S"
    options="--align --avoid A=12,13"; qemu="qemu-arm -cpu arm926" ;;
*) skip_all "no runner for $guest" ;;
esac
test -x "$emulator" || skip_all "isomorph-$guest isn't built"
for tool in ${compiler%% *} ${qemu%% *}; do
    command -v $tool >/dev/null || oracle_all "$tool isn't installed"
done
set -- "$dir/harness.c"
for s in $sources; do set -- "$@" "$dir/$s"; done
$compiler -O1 -static -o "$TMP/runner" "$@" || { echo "Bail out! no runner"; exit 1; }

isac() {
    command=$1
    shift
    "$ISAC" "$command" "$SRCDIR"/targets/*/"$guest".target -I "$SRCDIR/isa" "$@"
}

# The cases that differ: "NUMBER", "qemu: ...", "here: ...".
differing() {
    awk -v ours="$TMP/ours" '
        { if ((getline other <ours) <= 0) other = "(nothing)" }
        $0 != other { print NR; print "qemu: " $0; print "here: " other }' "$TMP/qemu"
}

# Those with their instructions, leaving out what is allowed; the status says if any is left.
explained() {
    awk '/^[0-9]+$/' "$TMP/differ" >"$TMP/numbers"
    awk 'NR == FNR { want[$1]; next } FNR in want' "$TMP/numbers" "$TMP/cases" >"$TMP/bad"
    isac stream --show <"$TMP/bad" >"$TMP/texts"
    awk -v texts="$TMP/texts" -v allow="$dir/$guest.allow" -v differ="$TMP/differ" '
        function check(s,   p) { for (p in parts) if (s ~ p) seen[p] = 1 }
        # Whether some pattern has all its parts in the case.
        function allowed(   p, n, part, all) {
            for (p in patterns) {
                n = split(p, part, " && ")
                for (all = 1; n && all; n--) all = part[n] in seen
                if (all) return 1
            }
            return 0
        }
        function finish() {
            if (text == "") return
            getline number <differ; getline q <differ; getline h <differ
            check(q)
            check(h)
            if (allowed()) { passed++; return }
            if (++left <= 4) printf "%s\n%s%s\n%s\n", number, text, q, h
        }
        BEGIN {
            while ((getline line <allow) > 0)
                if (line ~ /^[^#]/) {
                    sub(/  +.*/, "", line)
                    patterns[line]
                    for (n = split(line, part, " && "); n; n--) parts[part[n]]
                }
            while ((getline line <texts) > 0) {
                if (line ~ /^case /) { finish(); text = ""; delete seen }
                else check(line)
                text = text line "\n"
            }
            finish()
            printf "%d cases differ, %d more are allowed\n", left, passed
            exit left > 0
        }' >"$TMP/report"
}

# against_qemu NAME OPTIONS - $TMP/cases, whose results by qemu are there
against_qemu() {
    "$emulator" $2 "$TMP/runner" "$TMP/cases" >"$TMP/ours" 2>"$TMP/our-errors"
    differing >"$TMP/differ"
    if test ! -s "$TMP/cases" || test ! -s "$TMP/qemu"; then not_ok "$1" "$TMP/errors"
    elif test ! -s "$TMP/differ"; then ok "$1"
    elif explained; then ok "$1 (`tail -n 1 "$TMP/report"`)"
    else
        cat "$TMP/our-errors" >>"$TMP/report"
        not_ok "$1" "$TMP/report"
    fi
}

# compare NAME CLASS COUNT OPTION...
compare() {
    name=$1
    class=$2
    count=$3
    shift 3
    test "$ISO_LONG" = 1 && count=$((count * 20))
    name="$guest: $count instructions, $name"
    isac stream --class $class --count $count --seed "${ISO_SEED:-1}" $options "$@" >"$TMP/cases"
    $qemu "$TMP/runner" "$TMP/cases" >"$TMP/qemu" 2>"$TMP/errors"
    if test -n "$EMULATOR_ARGS"; then
        against_qemu "$name, $EMULATOR_ARGS" "$EMULATOR_ARGS"
        return
    fi
    against_qemu "$name" --tier=interp
    test "`uname -m`" = x86_64 || return
    against_qemu "$name, blocks" "--tier=block --threshold-block=1"
    against_qemu "$name, regions" "--tier=region --threshold-block=1"
}

arguments=$EMULATOR_ARGS
compare "integer" int 100000 --length 64
compare "memory" mem 100000 --length 48
compare "branches" branch 100000 --length 64
if test $guest != arm; then
    compare "floating point" fp 100000 --length 24
fi
case $guest in
mips*) compare "floating point, traps on" fp 50000 --length 8 --enables ;;
esac
compare "atomics" atomic 100000 --length 48
EMULATOR_ARGS=${EMULATOR_ARGS-"--tier=region --threshold-block=1 --verify=faults"}
compare "memory, faults forced" mem 4000 --length 48
compare "atomics, faults forced" atomic 4000 --length 48
EMULATOR_ARGS=$arguments
compare "traps" trap 2000
done_testing
