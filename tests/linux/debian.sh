# debian.sh - Debian's own busybox-static and bash-static for mipsel. Not part of `make check`: it
# needs the network. The packages come through apt with a state of its own, so that the machine's
# list of architectures never changes; DEBIAN_ROOT names a directory where they are unpacked.

. "$SRCDIR/tests/lib.sh"

case " $GUESTS " in
*" mipsel "*) ;;
*) skip_all "mipsel is not configured" ;;
esac
emulator=$BUILDDIR/isomorph-mipsel

fetch() {
    state=$TMP/apt
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    options="-o Dir::State=$state -o Dir::State::lists=$state/lists
        -o Dir::State::status=$state/status -o Dir::Cache=$state/cache
        -o APT::Architecture=mipsel -o APT::Architectures=mipsel -o APT::Sandbox::User=root"
    (cd "$state" && apt-get $options -qq update && apt-get $options -qq download \
        busybox-static bash-static) >"$TMP/apt.log" 2>&1 || return 1
    for deb in "$state"/*.deb; do dpkg -x "$deb" "$TMP/root" || return 1; done
}

root=$DEBIAN_ROOT
if test -z "$root"; then
    fetch || skip_all "the packages cannot be fetched"
    root=$TMP/root
fi
busybox=$root/bin/busybox
bash=$root/bin/bash-static

# gives NAME EXPECTED COMMAND... - standard output and status
gives() {
    gives_name=$1
    printf '%s\n' "$2" >"$TMP/wanted"
    shift 2
    timeout 60 "$emulator" "$@" >"$TMP/got" 2>&1 </dev/null
    echo "status $?" >>"$TMP/got"
    same "$gives_name" "$TMP/wanted" "$TMP/got"
}

i=0
while test $i -lt 5000; do echo "line $i of some text"; i=$((i + 1)); done >"$TMP/text"
cd "$TMP" || exit 99
for tool in md5sum sha256sum sha1sum; do
    gives "busybox $tool" "`$tool text`
status 0" "$busybox" $tool text
done
gives 'busybox sort' "`LC_ALL=C sort -k3 -r text | tail -n 3`
status 0" "$busybox" sh -c 'sort -k3 -r text | tail -n 3'
gives 'compressed and back' "`md5sum <text`
status 0" "$busybox" sh -c 'gzip -c text | gunzip -c | bzip2 -c | bunzip2 -c | md5sum'
gives 'tar' "`printf 'text\nd/copy'`
status 0" "$busybox" sh -c 'mkdir d; cp text d/copy; tar cf t.tar text d/copy; tar tf t.tar'
gives 'find and awk' "5000 18890
status 0" "$busybox" sh -c 'find . -name text | xargs cat | awk "{ n++; s += length(\$2) } END { print n, s }"'
gives 'shell: loops, pipes, arithmetic' "3
42
sub
status 3" "$busybox" sh -c 'for i in 1 2 3; do echo $i; done | wc -l; echo $((6*7)); x=$(echo sub); echo $x; exit 3'
gives 'shell: signals' "caught
Terminated
143
status 0" "$busybox" sh -c 'trap "echo caught" USR1; kill -USR1 $$; sleep 9 & kill $!; wait $!; echo $?'
gives 'bash' "3
012
[piped]
1c1
< a
---
> b
leaving
status 0" "$bash" -c 'a=(1 2 3); echo ${#a[@]}; for ((i = 0; i < 3; i++)); do echo -n $i; done; echo
    echo piped | { read x; echo "[$x]"; }; trap "echo leaving" EXIT; diff <(echo a) <(echo b); true'
printf '#!%s sh\necho "$0 $1"\n' "$busybox" >script
chmod +x script
gives 'a script of the guest' "./script argument
status 0" "$busybox" sh -c './script argument'
done_testing
