# layout.sh - the direction of dependency, by #include lines and words.

. "$SRCDIR/tests/lib.sh"
cd "$SRCDIR" || exit 99

# What each module of the runtime may include besides itself and guest.h.
allowed() {
    case $1 in
    util) echo "" ;;
    fp) echo "util" ;;
    mem) echo "util fp" ;;
    load) echo "util fp mem" ;;
    interp) echo "util fp mem" ;;
    ir) echo "util fp" ;;
    host) echo "util fp ir" ;;
    cache) echo "util fp mem ir host" ;;
    exc) echo "util fp mem interp ir host cache" ;;
    engine) echo "util fp mem load interp ir host cache exc" ;;
    debug) echo "util fp mem load interp ir host cache exc engine" ;;
    linux | bare) echo "util fp mem load interp ir host cache exc engine debug" ;;
    *) echo "unknown" ;;
    esac
}

for dir in runtime/*/; do
    module=`basename "$dir"`
    find "$dir" -name '*.[ch]' >"$TMP/files"
    test -s "$TMP/files" || continue
    may=`allowed "$module"`
    if test "$may" = unknown; then
        not_ok "runtime/$module is a module that tests/layout.sh knows"
        continue
    fi
    : >"$TMP/bad"
    while read -r file; do
        sed -n 's/^[ 	]*#[ 	]*include[ 	]*"\([^"]*\)".*/\1/p' "$file" |
        while read -r inc; do
            case $inc in
            */*) part=${inc%%/*} ;;
            *) continue ;;
            esac
            test -d "runtime/$part" || continue
            case " $module $may " in
            *" $part "*) ;;
            *) echo "$file includes $inc" ;;
            esac
        done
    done <"$TMP/files" >"$TMP/bad"
    if test -s "$TMP/bad"; then not_ok "runtime/$module includes only what stands left of it" "$TMP/bad"
    else ok "runtime/$module includes only what stands left of it"
    fi
done

# code FILES... - the lines of the files without their comments, as FILE: TEXT
code() {
    for code_file in "$@"; do
        ${CC-cc} -x c -fpreprocessed -dD -E -P "$code_file" 2>/dev/null |
            sed "s|^|$code_file: |"
    done
}

# none NAME PATTERN FILES... - no line of the files matches, comments aside
none() {
    none_name=$1
    none_pattern=$2
    shift 2
    code "$@" | sed 's/sys_\(arm\|riscv\)_//' | grep -iE ": .*($none_pattern)" >"$TMP/bad"
    if test -s "$TMP/bad"; then not_ok "$none_name" "$TMP/bad"; else ok "$none_name"; fi
}

gen_files=`find gen -name '*.[chly]'`
runtime_files=`find runtime -name '*.[ch]'`
core_files=`find runtime -name '*.[ch]' ! -path 'runtime/host/*' ! -name 'host_*.c'`
isa_files=`find isa -name '*.isa'`
# `arm' is also a branch of a choice, so it counts in strings only; the kernel itself calls
# some system calls by an instruction set.
isa_words='(^|[^a-z0-9])(mips(32|el)?|risc-?v(32|64)?|rv(32|64)[a-z]*|arm(el|v[0-9][a-z]*)|a32|thumb|aarch64|ppc|sparc|s390x?|m68k)([^a-z0-9]|$)|"([^"]*[^a-z0-9_])?arm([^a-z0-9_][^"]*)?"'
none "gen/ includes nothing of runtime/" \
    '#[ 	]*include[ 	]*"(\.\./)*(runtime/|guest\.h|util/|mem/|interp/|engine/|linux/|fp/)' $gen_files
none "runtime/ includes nothing of gen/" '#[ 	]*include[ 	]*"(\.\./)*gen/' $runtime_files
none "gen/ names no instruction set" "$isa_words" $gen_files
none "runtime/ names no instruction set" "$isa_words" $core_files
none "isa/ knows no operating system" \
    '(^|[^a-z0-9_])(linux|unix|posix|glibc|sig(segv|bus|fpe|ill|trap)|errno)([^a-z0-9_]|$)' $isa_files

# A file that no list names is neither built nor distributed.
find gen runtime -name '*.[chly]' -o -name '*.def' | sort >"$TMP/files"
: >"$TMP/bad"
while read -r file; do
    part=${file%%/*}
    grep -F "%D%/${file#*/}" "$part/local.mk" >/dev/null || echo "$file" >>"$TMP/bad"
done <"$TMP/files"
if test -s "$TMP/bad"; then not_ok "gen/local.mk and runtime/local.mk name every file" "$TMP/bad"
else ok "gen/local.mk and runtime/local.mk name every file"
fi

done_testing
