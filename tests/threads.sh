# threads.sh - several guest CPUs on one image (tests/threads): code that one CPU rewrites, a
# cache that evicts, words that they share; in each tier, with each policy of a small cache. A
# second time under the thread sanitizer, which sees all of the runtime but what isac wrote.
# And one CPU that is interrupted: how many rounds it still goes (bound.c).
# ISO_LONG=1 runs each for a minute.

. "$SRCDIR/tests/lib.sh"

CC=${CC-cc}
here=$SRCDIR/tests/threads
seconds=1 sanitized_seconds=2
if test -n "$ISO_LONG"; then seconds=60 sanitized_seconds=60; fi

# variable NAME - of the build's Makefile
variable() {
    echo "print-it: ; @echo \$($1)" |
        make -s -C "$BUILDDIR" -f Makefile -f - print-it 2>/dev/null
}
flags="-D_GNU_SOURCE -DHAVE_CONFIG_H -I$BUILDDIR -I$SRCDIR/runtime `variable CAPSTONE_CFLAGS`"
libs=`variable LIBS`

# guest_program GUEST NAME - tests/threads/NAME.c for it, in $TMP/NAME
guest_program() {
    case $1 in
    riscv64) kind="-mcmodel=medany -mno-relax -Wl,--no-relax" ;;
    mips | mipsel) kind="-mno-abicalls -fno-pic -G0 -march=mips32r2" ;;
    esac
    $1-linux-gnu-gcc -O2 -w -ffreestanding -fno-stack-protector -nostdlib -static $kind \
        -Wl,-e,run -o "$TMP/$2" "$here/$2.c" 2>"$TMP/err"
}

# run HARNESS NAME SECONDS - on each line of the input: how many CPUs, microseconds between
# kicks (0: none), what is counted and must not be 0, options
run() {
    while read -r cpus kicks counted options; do
        "$1" --stats $options "$TMP/guest" $cpus $3 $kicks >"$TMP/out" 2>&1 </dev/null
        status=$?
        test $status = 0 && grep -q "^CPU $((cpus - 1)): [1-9]" "$TMP/out" &&
            grep -q "^$counted  *[1-9]" "$TMP/out"
        if test $? = 0; then ok "$2, $cpus CPUs: $options"
        else
            echo "status $status" >>"$TMP/out"
            not_ok "$2, $cpus CPUs: $options" "$TMP/out"
        fi
    done
}

# have_sanitizer - whether a program of the compiler's thread sanitizer runs here
have_sanitizer() {
    echo 'int main(void) { return 0; }' >"$TMP/main.c"
    $CC -fsanitize=thread -o "$TMP/main" "$TMP/main.c" 2>/dev/null && "$TMP/main"
}

# sanitized_objects - the runtime's, for the thread sanitizer, in $objects, where they are kept
sanitized_objects() {
    objects=$BUILDDIR/tests/out/tsan
    mkdir -p "$objects"
    test -f "$objects/stamp" &&
        test -z "`find "$SRCDIR/runtime" -newer "$objects/stamp" -name '*.[ch]'`" && return
    rm -f "$objects"/*
    for source in "$SRCDIR"/runtime/*/*.c "$SRCDIR"/runtime/host/x86_64/*.c; do
        name=`echo "${source#$SRCDIR/runtime/}" | tr / _`
        echo "$CC -fsanitize=thread -w -g -O1 $flags -c -o $objects/$name.o $source"
    done | xargs -P 2 -I COMMAND sh -c COMMAND && touch "$objects/stamp"
}

case `uname -m` in
x86_64) ;;
*) skip_all "the host has no back end" ;;
esac
for guest in $GUESTS; do
    case $guest in
    mips | mipsel | riscv64) ;;
    *) continue ;;
    esac
    if ! command -v $guest-linux-gnu-gcc >/dev/null 2>&1; then
        oracle "$guest: several CPUs" "$guest-linux-gnu-gcc is not installed"
        continue
    fi
    if ! { guest_program $guest guest && guest_program $guest bound; }; then
        not_ok "$guest: guest.c and bound.c compile" "$TMP/err"
        continue
    fi
    if ! $CC `variable AM_CFLAGS` -O1 -g $flags -o "$TMP/harness" "$here/harness.c" \
        "$BUILDDIR/gen-out/$guest"/*.o "$BUILDDIR/runtime/libruntime.a" $libs -lm -lpthread \
        2>"$TMP/err"
    then
        not_ok "$guest: the harness compiles" "$TMP/err"
        continue
    fi
    run "$TMP/harness" $guest $seconds <<'END'
4 700 code_write_faults --tier=interp
8 0 evicted --tier=block --threshold-block=5 --cache-size=64K
3 700 evicted --tier=block --threshold-block=1 --cache-size=64K --cache-policy=fifo
4 300 evicted --threshold-block=2 --threshold-region=4 --cache-size=64K --compile=now
5 0 evicted --threshold-block=5 --threshold-region=20 --cache-size=64K --cache-policy=flush
2 0 tier2_translations --tier=region --threshold-block=2
END
    while read -r options; do
        check "$guest: interrupts are taken in time: $options" \
            "$TMP/harness" $options "$TMP/bound" 1 20 300 </dev/null
    done <<'END'
--tier=interp
--tier=block --threshold-block=1
--tier=region --threshold-block=2
--threshold-block=2 --threshold-region=20
--threshold-block=2 --threshold-region=20 --no-return-stack
--threshold-block=2 --threshold-region=20 --no-link --no-lookup
--interrupts=unchain --tier=block --threshold-block=1
--interrupts=unchain --tier=region --threshold-block=2
--interrupts=unchain --threshold-block=2 --threshold-region=20
--interrupts=unchain --threshold-block=2 --threshold-region=20 --no-return-stack
--interrupts=unchain --threshold-block=2 --threshold-region=20 --no-link --no-lookup
END
    case `variable AM_CFLAGS` in
    *-fsanitize*) continue ;; # the guest's code has another sanitizer in it
    esac
    if ! have_sanitizer; then
        oracle "$guest: thread sanitizer" "$CC has none"
        continue
    fi
    if ! sanitized_objects 2>"$TMP/err" || ! $CC -fsanitize=thread -O1 -g $flags -o "$TMP/sanitized" "$here/harness.c" \
        "$objects"/*.o "$BUILDDIR/gen-out/$guest"/*.o $libs -lm -lpthread 2>"$TMP/err"
    then
        not_ok "$guest: all compiles for the thread sanitizer" "$TMP/err"
        continue
    fi
    run "$TMP/sanitized" "$guest, thread sanitizer" $sanitized_seconds <<'END'
8 0 evicted --threshold-block=5 --threshold-region=20 --cache-size=64K
4 700 evicted --tier=block --threshold-block=1 --cache-size=64K --cache-policy=fifo
2 300 code_write_faults --tier=interp
END
    test -n "$ISO_LONG" || continue
    run "$TMP/sanitized" "$guest, thread sanitizer" $sanitized_seconds <<'END'
5 0 evicted --tier=region --threshold-block=2 --cache-size=64K --cache-policy=flush
3 0 tier2_translations --threshold-block=1 --threshold-region=1 --compile=now
END
done
test $tap_count -gt 0 || skip_all "no guest of the harness was configured"
done_testing
