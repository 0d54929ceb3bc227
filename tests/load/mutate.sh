# mutate.sh - damaged ELF files: each gives a clear error that names the file and exit 1, or runs
# as far as the guest's own fault; never a crash, a hang or a sanitizer report of the emulator.

. "$SRCDIR/tests/lib.sh"

COUNT=${MUTATIONS:-200}

compiler_of() {
    case $1 in
    mips | mipsel) echo $1-linux-gnu-gcc ;;
    riscv64) echo riscv64-linux-gnu-gcc ;;
    riscv32) echo riscv64-unknown-elf-gcc ;;
    arm) echo arm-linux-gnueabi-gcc ;;
    esac
}

command -v python3 >/dev/null || oracle_all "python3 is not installed"

# accepted FILE STATUS - whether the emulator's answer (its stderr in $TMP/err) is one
accepted() {
    # ours: a sanitizer's report, an assertion, a defect's report
    if grep -q -e 'Sanitizer' -e 'runtime error' -e 'Assertion' -e 'bug:' "$TMP/err"; then return 1
    fi
    case $2 in
    1) # our message names the file, or the program ended so by itself
        test ! -s "$TMP/err" || grep -q "$1" "$TMP/err" ;;
    124 | 99) return 1 ;; # a hang is told apart below; a sanitizer's report
    13[2-9]) # a signal: only with our report of the guest's fault
        grep -q "^isomorph-$guest: $1: .* pc 0x" "$TMP/err" ;;
    *) return 0 ;;
    esac
}

# A damaged program may loop by itself, as it would on the machine: then it burns guest time.
loops() {
    test $1 = 124
}

for guest in $GUESTS; do
    CROSS=`compiler_of $guest`
    emulator=$BUILDDIR/isomorph-$guest
    test -n "$CROSS" && test -x "$emulator" || continue
    if ! command -v "$CROSS" >/dev/null 2>&1; then
        oracle "$guest: damaged files" "$CROSS is not installed"
        continue
    fi
    flags=-static
    test $guest = riscv32 && flags='-march=rv32imac -mabi=ilp32 -nostdlib -nostartfiles -Ttext=0x80000000'
    echo 'int x = 1, y[4000]; void _start(void) { for (int i = 0; i < 1000; i++) y[i] += x; *(volatile int *)0 = 1; }' >"$TMP/tiny.c"
    if ! $CROSS $flags -O1 -nostdlib -nostartfiles -o "$TMP/tiny" "$TMP/tiny.c" 2>"$TMP/err"; then
        not_ok "$guest: the program to damage compiles" "$TMP/err"
        continue
    fi
    rm -rf "$TMP/m"
    mkdir "$TMP/m"
    python3 "$SRCDIR/tests/load/mutate.py" "$TMP/tiny" "$TMP/m" $COUNT
    bad=0
    : >"$TMP/bad"
    for f in "$TMP"/m/*; do
        chmod +x "$f"
        timeout 5 "$emulator" "$f" >"$TMP/out" 2>"$TMP/err" </dev/null
        status=$?
        if loops $status; then continue; fi
        if ! accepted "$f" $status; then
            bad=$((bad + 1))
            { echo "${f##*/}: exit status $status"; head -n 5 "$TMP/err"; } >>"$TMP/bad"
            test -z "$KEEP" || cp "$f" "$KEEP/$guest-${f##*/}"
        fi
    done
    if test $bad = 0; then ok "$guest: $COUNT damaged files, none hurts the emulator"
    else not_ok "$guest: $bad of $COUNT damaged files hurt the emulator" "$TMP/bad"
    fi

    # One message each, as the manual shows them.
    says() {
        printf '%s\n' "$3" >"$TMP/wanted"
        "$emulator" "$2" 2>&1 </dev/null | sed "s|$TMP/||g" >"$TMP/got"
        same "$guest: $1" "$TMP/wanted" "$TMP/got"
    }
    says 'a missing file' "$TMP/none" "isomorph-$guest: none: No such file or directory"
    says 'a directory' "$TMP/m" "isomorph-$guest: m: is a directory"
    : >"$TMP/empty"
    if test $guest = riscv32; then
        says 'an empty file' "$TMP/empty" "isomorph-$guest: empty: is empty"
        continue
    fi
    says 'an empty file' "$TMP/empty" "isomorph-$guest: empty: not an ELF file"
    echo 'hello' >"$TMP/text"
    says 'a text file' "$TMP/text" "isomorph-$guest: text: not an ELF file"
    if test "`uname -m`" = x86_64; then
        name=`sed -n 's/.*name "\(.*\)"; machine.*/\1/p' "$SRCDIR"/targets/*/*.abi | sort -u |
            grep -i "^$(echo $guest | cut -c1-3)"`
        cp /bin/true "$TMP/true"
        says "a program of another machine" "$TMP/true" \
            "isomorph-$guest: true: not a $name ELF file (machine 62, x86-64)"
    fi
done
done_testing
