#!/bin/sh
# run.sh - guest test programs: native, qemu-user and Isomorph must agree. Emits TAP.
#
# Usage: run.sh GUEST [EMULATOR] [option...]
#   GUEST      mips, mipsel, riscv64, riscv32 (bare, picolibc) or arm (Debian's armel)
#   EMULATOR   path of isomorph-GUEST; empty or absent: qemu-user is compared with native
#   --build-dir=DIR     where binaries and expected results are kept (guest-tests)
#   --only=PATTERN      run programs whose name matches the shell pattern, e.g. 'file-*'
#   --opt=LEVELS        optimisation levels, default "-O0 -O2"
#   --emulator-args=A   arguments for EMULATOR, split at blanks
#   --jobs=N            parallel compilations (2)
#   --timeout=SECONDS   for one run of one program (20)
#   --no-qemu           do not use qemu-user, even if it is installed
#   --build-only        compile, run nothing
#   --storm             send each program a signal every 50 to 500 us, which it catches; the
#                       result must be that of an undisturbed native run
#
# Marks in the first lines of a program (see README.md):
#   // bare: yes        needs no operating system: also run by riscv32
#   // oracle: qemu     output differs from native by design; compare with qemu-user only
#   // oracle: native   qemu-user cannot run it; compare with native only
#   // guests: A B      only for these guests
#   // args: A B        arguments, quoted as for the shell
#   // flags: -f         more flags for the compiler
#   // storm: no (WHY)   a signal changes what it does: not run with --storm

here=$(cd "$(dirname "$0")" && pwd)
guest=${1-}
[ $# -gt 0 ] && shift
emulator=
case ${1-} in
-*) ;;
*) emulator=${1-}; [ $# -gt 0 ] && shift ;;
esac
build=guest-tests only='*' levels='-O0 -O2' emulator_args=
jobs=2 limit=20 qemu=yes run=yes storm=

die()
{
    echo "Bail out! run.sh: $*"
    echo "run.sh: $*" >&2
    exit 1
}

for option; do
    case $option in
    --build-dir=*) build=${option#*=} ;;
    --only=*) only=${option#*=} ;;
    --opt=*) levels=${option#*=} ;;
    --emulator-args=*) emulator_args=${option#*=} ;;
    --jobs=*) jobs=${option#*=} ;;
    --timeout=*) limit=${option#*=} ;;
    --no-qemu) qemu= ;;
    --build-only) run= ;;
    --storm) storm=-storm ;;
    *) die "unknown option '$option'; the first lines of $here/run.sh list them" ;;
    esac
done

bare= flags=-static qemu_args=
case $guest in
mips | mipsel) prefix=$guest-linux-gnu- ;;
riscv64) prefix=riscv64-linux-gnu- ;;
arm)
    prefix=arm-linux-gnueabi-
    qemu_args='-cpu arm926' # ARMv5TE, as ours
    ;;
riscv32)
    prefix=riscv64-unknown-elf- bare=yes
    flags="--specs=picolibc.specs --oslib=semihost -march=rv32imafdc -mabi=ilp32d
        -nostartfiles -T $here/bare/riscv32.ld $here/bare/riscv32.S"
    ;;
*)
    echo "1..0 # SKIP no compiler is known for '$guest'; known: mips, mipsel, riscv64," \
        "riscv32, arm"
    exit 0
    ;;
esac
if ! command -v "${prefix}gcc" >/dev/null; then
    echo "1..0 # SKIP ${prefix}gcc is not installed"
    exit 0
fi
qemu=${qemu:+$(command -v "qemu-$guest")}
[ -z "$emulator" ] || [ -x "$emulator" ] || die "emulator '$emulator' cannot be executed"
[ -n "$emulator$qemu" ] || {
    echo "1..0 # SKIP neither an emulator nor qemu-$guest to run programs with"
    exit 0
}
[ -z "$storm" ] || [ -n "$emulator" ] || die "--storm needs an emulator"
[ -z "$storm" ] || [ -z "$bare" ] || {
    echo "1..0 # SKIP a bare program gets no signals"
    exit 0
}
case $emulator in '' | /*) ;; *) emulator=$PWD/$emulator ;; esac
mkdir -p "$build" && build=$(cd "$build" && pwd) || die "cannot make directory '$build'"

# mark FILE KEY - the value of a mark, or nothing
mark()
{
    sed -n "1,8s|^// $2: *||p" "$1"
}

# selected - the programs to run for this guest, by their marks and --only
selected()
{
    for source in "$here"/*.c "$here"/*.cc; do
        name=${source##*/} name=${name%.*}
        # shellcheck disable=SC2254
        case $name in $only) ;; *) continue ;; esac
        guests=$(mark "$source" guests)
        case " ${guests:-$guest} " in *" $guest "*) ;; *) continue ;; esac
        [ -z "$bare" ] || [ "$(mark "$source" bare)" = yes ] || continue
        echo "$source"
    done
}

# compile_lines DIR PREFIX LEVELS FLAGS SOURCE - one command a line for what is out of date
compile_lines()
{
    mkdir -p "$build/$1"
    for source in $sources; do
        name=${source##*/} language=gcc
        case $name in *.cc) language=g++ ;; esac
        for level in $3; do
            target=$build/$1/${name%.*}$level
            [ "$target" -nt "$source" ] && [ "$target" -nt "$here/run.sh" ] && continue
            echo "rm -f $target.*;" \
                "$2$language -w $level -ffp-contract=off -o $target.new" \
                "$source $5 $4 $(mark "$source" flags) -lm && mv $target.new $target"
        done
    done
}

# execute RESULT PROGRAM COMMAND... - runs in an empty directory with a fixed environment
execute()
{
    result=$1 source=$2
    shift 2
    scratch=$(mktemp -d "$build/run.XXXXXX") || die "cannot make a directory in '$build'"
    {
        (
            cd "$scratch" || exit 99
            eval "set -- \"\$@\" $(mark "$source" args)"
            exec env -i PATH=/usr/bin:/bin GUEST_TEST='a value' GUEST_EMPTY= LC_ALL=C \
                TZ=UTC0 timeout --foreground -k 2 "$limit" "$@" </dev/null \
                >"$result.out" 2>"$result.err"
        )
        status=$?
    } 2>/dev/null
    echo "exit status $status" >>"$result.out"
    rm -rf "$scratch"
}

# execute_qemu - runs $binary by qemu-user, unless its result is there
execute_qemu()
{
    [ "$binary.qemu.out" -nt "$binary" ] && return
    execute "$binary.qemu" "$source" "$qemu" $qemu_args "$binary"
    [ -n "$bare" ] || return 0
    # qemu-user's semihosting console is the standard error
    cat "$binary.qemu.err" "$binary.qemu.out" >"$binary.qemu.new"
    : >"$binary.qemu.err"
    mv "$binary.qemu.new" "$binary.qemu.out"
}

# differ WHAT A B - appends to $failures, as TAP diagnostics, how two results differ
differ()
{
    diff -u "$2.out" "$3.out" >"$build/diff.$$" && return
    failures=$failures$(
        echo
        echo "# $1:"
        sed -e 1,2d -e 's/^/#   /' "$build/diff.$$" | head -n 20
        sed -e 's/^/#   stderr: /' "$3.err" | head -n 5
    )
}

# A build with the sanitizers doesn't look for leaks in children that end by _exit; programs don't see it.
sanitizer=
if [ -n "${ASAN_OPTIONS-}" ] && [ -n "$emulator" ] && grep -q __asan_init "$emulator"; then
    sanitizer="env ASAN_OPTIONS=$ASAN_OPTIONS"
    emulator_args="-U ASAN_OPTIONS $emulator_args"
fi

sources=$(selected | LC_ALL=C sort)
[ -n "$sources" ] || die "no program matches '$only' for guest '$guest'"
{
    compile_lines native '' -O2 -static
    compile_lines "$guest$storm" "$prefix" "$levels" "$(echo $flags)" \
        "${storm:+$here/storm/handler.c}"
} | tr '\n' '\0' | xargs -0 -r -n 1 -P "$jobs" sh -c 2>"$build/errors" ||
    { sed 's/^/# /' "$build/errors"; die "a program does not compile"; }
[ -n "$run" ] || exit 0
if [ -n "$storm" ]; then
    gcc -O2 -o "$build/sender.$$" "$here/storm/sender.c" && mv "$build/sender.$$" "$build/sender" ||
        die "storm/sender.c does not compile"
fi

ulimit -c 0 # no core files of the programs that end by a signal
count=0 failed=0
for source in $sources; do
    name=${source##*/} name=${name%.*}
    oracle=$(mark "$source" oracle)
    for level in $levels; do
        binary=$build/$guest$storm/$name$level native=$build/native/$name-O2 failures= oracles=
        count=$((count + 1))
        calm=$(mark "$source" storm)
        if [ -n "$storm" ] && [ -n "$calm" ]; then
            echo "ok $count - $name $level # SKIP ${calm#no }"
            continue
        fi
        case $oracle in
        qemu*) ;;
        *)
            [ "$native.out" -nt "$native" ] || execute "$native" "$source" "$native"
            oracles=$native
            ;;
        esac
        case $oracle in
        native*) oracle_qemu= ;;
        qemu*) oracle_qemu=$qemu ;;
        *) oracle_qemu=${storm:-$qemu} oracle_qemu=${oracle_qemu#-storm} ;;
        esac
        if [ -n "$oracle_qemu" ]; then
            execute_qemu
            [ -z "$oracles" ] ||
                differ "native (-) and qemu-user (+) disagree" "$native" "$binary.qemu"
            oracles="$oracles $binary.qemu"
        fi
        if [ -z "$oracles" ] || { [ -z "$emulator" ] && [ -z "$oracle_qemu" ]; }; then
            echo "ok $count - $name $level # SKIP nothing to compare with"
            continue
        fi
        if [ -n "$emulator" ]; then
            # shellcheck disable=SC2086
            execute "$binary.ours" "$source" \
                ${storm:+"$build/sender" "$count" "$binary.sent"} \
                $sanitizer "$emulator" $emulator_args "$binary"
            for expected in $oracles; do
                what=native
                [ "$expected" = "$native" ] || what=qemu-user
                differ "$what (-) and ${emulator##*/} (+) differ" "$expected" \
                    "$binary.ours"
            done
        fi
        if [ -z "$failures" ]; then
            echo "ok $count - $name $level"
        else
            failed=$((failed + 1))
            echo "not ok $count - $name $level$failures"
        fi
    done
done
rm -f "$build/diff.$$"
echo "1..$count"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed for guest $guest"
[ "$failed" -eq 0 ]
