# debian.sh - Debian's own busybox and bash, unchanged, against qemu-user and native.
#
#   debian.sh [GUEST]    mipsel, or arm (Debian's armel)
#
# The packages come from the machine's own apt sources, through a package state that stands in the
# test's directory: the machine's list of architectures is never touched. They are kept in
# $BUILDDIR/tests/out/debian-ARCH for the next run. The scripts are those of debian.cases, whose first
# lines say how they are written.
#
#   ONLY=PATTERN   run the cases whose name matches the shell pattern

. "$SRCDIR/tests/lib.sh"

guest=${1-mipsel}
case $guest in
arm) arch=armel cpu=' -cpu arm926' ;; # qemu's processor, where its own default is another
*) arch=$guest cpu= ;;
esac
case " $GUESTS " in
*" $guest "*) ;;
*) skip_all "the guest $guest is not configured" ;;
esac
emulator=$BUILDDIR/isomorph-$guest
test -x "$emulator" || { echo "Bail out! $emulator is not built"; exit 99; }
keep=$BUILDDIR/tests/out/debian-$arch

# own_apt COMMAND... - apt-get for that architecture with a state of its own
own_apt() {
    apt-get -q -o Dir::State="$keep/state" -o Dir::State::status="$keep/state/status" \
        -o Dir::Cache="$keep/cache" -o APT::Architecture=$arch -o APT::Architectures=$arch \
        -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=2 "$@"
}

fetch() {
    mkdir -p "$keep/state/lists/partial" "$keep/cache/archives/partial" "$keep/debs" &&
        : >"$keep/state/status" &&
        own_apt update &&
        (cd "$keep/debs" && own_apt download busybox-static bash-static) &&
        for deb in "$keep"/debs/*.deb; do dpkg -x "$deb" "$keep/root" || return 1; done
}

if test ! -f "$keep/root/bin/busybox" || test ! -f "$keep/root/bin/bash-static"; then
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        oracle_all "apt-get or dpkg is not installed"
    fetch >"$TMP/fetch" 2>&1 || {
        sed 's/^/# /' "$TMP/fetch"
        oracle_all "Debian's packages for $arch could not be downloaded"
    }
fi
busybox=$keep/root/bin/busybox
bash=$keep/root/bin/bash-static
qemu=`command -v qemu-$guest`
native_bash=`command -v bash`
timeout=`command -v timeout`

# A directory of commands each way: the guest's own through the emulator, which serves execve
# itself, and for qemu, which does not, scripts that start it.
mkdir -p "$TMP/iso" "$TMP/qemu" "$TMP/native" || exit 99
for name in `"$emulator" "$busybox" --list`; do
    case $name in
    mount | umount | reboot | halt | poweroff | init | linuxrc | insmod | rmmod | modprobe) continue ;;
    esac
    ln -s "$busybox" "$TMP/iso/$name"
    printf '#!/bin/sh\nexec %s -0 %s %s "$@"\n' "$qemu$cpu" "'$name'" "$busybox" >"$TMP/qemu/$name"
done
ln -s "$bash" "$TMP/iso/bash"
ln -s "$native_bash" "$TMP/native/sh"
printf '#!/bin/sh\nexec %s -0 bash %s "$@"\n' "$qemu$cpu" "$bash" >"$TMP/qemu/bash"
chmod +x "$TMP"/qemu/*
check "busybox lists its applets" test -L "$TMP/iso/sort"

# run_way WAY SHELL SCRIPT - its output and status in $TMP/out.WAY
run_way() {
    way_path=$TMP/$1
    case $1-$2 in
    iso-sh) set -- iso "$emulator" -0 sh "$busybox" "$3" ;;
    iso-bash) set -- iso "$emulator" -0 bash "$bash" "$3" ;;
    qemu-sh) set -- qemu "$qemu" $cpu -0 sh "$busybox" "$3" ;;
    qemu-bash) set -- qemu "$qemu" $cpu -0 bash "$bash" "$3" ;;
    native-*) set -- native "$native_bash" "$3"; way_path=/usr/bin:/bin ;;
    esac
    way=$1
    shift
    rm -rf "$TMP/work"
    mkdir "$TMP/work"
    seq 1 5000 | sed 's/.*/& line & of text, word & and more/' >"$TMP/work/text"
    (cd "$TMP/work" &&
        env -i PATH="$way_path" GUEST_SH="$TMP/$way/sh" HOME=/ LC_ALL=C TZ=UTC0 "$timeout" -k 5 60 "$@") \
        >"$TMP/out.$way" 2>&1 </dev/null
    echo "status $?" >>"$TMP/out.$way"
}

# run_case NAME KIND - the script in $TMP/script
run_case() {
    case_name=$1
    case $2 in
    sh*) shell=sh ;;
    bash*) shell=bash ;;
    *) echo "Bail out! debian.cases: '$2' is no kind"; exit 99 ;;
    esac
    case $2 in
    *-native) others=native ;;
    *-both) others="qemu native" ;;
    *) others=qemu ;;
    esac
    run_way iso $shell "$TMP/script"
    for other in $others; do
        if test $other = qemu && test -z "$qemu"; then
            oracle "$shell: $case_name, as with qemu" "qemu-$guest"
            continue
        fi
        run_way $other $shell "$TMP/script"
        # An oracle that can't run the script is no oracle.
        if test -z "$missing_ok" && grep -q 'not found' "$TMP/out.$other"; then
            not_ok "$shell: $case_name: $other has all that the script needs" "$TMP/out.$other"
        else
            same "$shell: $case_name, as with $other" "$TMP/out.$other" "$TMP/out.iso"
        fi
    done
}

# The cases: a line "=== KIND NAME", then the script.
case_name= kind= missing_ok=
finish_case() {
    if test -n "$kind"; then
        case $pending in
        ${ONLY-*}) run_case "$pending" "$kind" ;;
        esac
    fi
    : >"$TMP/script"
}
kind= pending=
while IFS= read -r line; do
    case $line in
    '=== '*)
        finish_case
        line=${line#=== }
        kind=${line%% *}
        pending=${line#* }
        case $pending in
        *' (missing)') missing_ok=yes ;;
        *) missing_ok= ;;
        esac
        ;;
    *) test -z "$kind" || printf '%s\n' "$line" >>"$TMP/script" ;;
    esac
done <"$SRCDIR/tests/linux/debian.cases"
finish_case

done_testing
