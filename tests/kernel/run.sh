#!/usr/bin/env bash
# Runs a command of this machine under Debian's own kernel, with plain cgroup v2, in an emulated guest.
#
#   tests/kernel/run.sh [--kernel 6.1] [--user NAME] [--timeout SECONDS] [--memory MIB] -- COMMAND…
#
# The guest sees this machine's files as they are, by the same paths; what it writes is gone when it ends.
# It has two processors, a loopback network and nothing else. The command starts in the present folder with
# a fresh environment, as root or as NAME (an ordinary user, made in the guest when this machine does not
# know it); its output, its errors and its exit code come back as its own.
# Exit code 124: out of time, the guest was ended; 125: the guest could not run the command.
# Debian's packages that this needs are in scripts/packages-test.txt; the kernel is fetched with apt-get
# download and unpacked under build/kernels, never installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
source "$here/prepare.sh"

usage() {
    sed -n '4p' "${BASH_SOURCE[0]}" | sed 's/^# *//' >&2
    exit 125
}

kernel=6.1
user=root
timeout=900
memory=3072
while [ $# -gt 0 ]; do
    case $1 in
        --kernel) kernel=${2:?} ;;
        --user) user=${2:?} ;;
        --timeout) timeout=${2:?} ;;
        --memory) memory=${2:?} ;;
        --) shift; break ;;
        *) usage ;;
    esac
    shift 2
done
[ $# -gt 0 ] || usage

prepare_kernel "$kernel" || exit 125
guest=$kernels/$kernel

shared=$(mktemp -d "${TMPDIR:-/tmp}/shoji-guest.XXXXXX")
emulator=
finish() {
    [ -z "$emulator" ] || kill -KILL "$emulator" 2>/dev/null || true
    rm -rf "$shared"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Where things are, for init.sh, and what the guest is to do, for guest.sh.
printf '%s\n' "$top" "$here" "$guest/modules" >"$shared/paths"
{
    declare -p user
    printf 'folder=%q\n' "$PWD"
    printf 'command=('
    printf '%q ' "$@"
    printf ')\n'
} >"$shared/order"

# The guest's two output streams are pipes to the caller's own, whatever those are: a tty, a file, a socket.
exec 3> >(exec cat 3>&-)
out=$!
exec 4> >(exec cat 3>&- 4>&- >&2)
err=$!

# norandmaps: the emulator reuses what it has translated only at equal addresses. Without it every start of
# Chromium costs as much as the first, three times more than the others.
kernel_options="quiet console=ttyS0 panic=-1 mitigations=off norandmaps"

# setpriv: with this script killed the emulator dies too. No process of the guest outlives it.
setpriv --pdeathsig KILL timeout --foreground --kill-after=5 "$timeout" \
    setpriv --pdeathsig KILL qemu-system-x86_64 \
    -machine q35 -accel tcg,thread=multi,tb-size=1536 -cpu Nehalem -smp 2 -m "$memory" \
    -nodefaults -no-user-config -nic none -display none -no-reboot \
    -kernel "$guest/vmlinux" -initrd "$guest/initrd" -append "$kernel_options" \
    -virtfs local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap \
    -virtfs local,path="$shared",mount_tag=shared,security_model=none \
    -chardev file,id=console,path="$shared/console" -serial chardev:console \
    -device virtio-serial-pci \
    -chardev file,id=out,path=/dev/fd/3 -device virtserialport,name=output,chardev=out \
    -chardev file,id=err,path=/dev/fd/4 -device virtserialport,name=errors,chardev=err \
    </dev/null >"$shared/emulator" 2>&1 &
emulator=$!
ended=0
wait "$emulator" || ended=$?
emulator=
exec 3>&- 4>&-
wait "$out" "$err" || true

if [ "$ended" -eq 124 ]; then
    echo "tests/kernel/run.sh: ended after $timeout s: $*" >&2
    exit 124
fi
if [ ! -s "$shared/status" ]; then
    echo "tests/kernel/run.sh: the guest did not run the command (emulator: $ended)" >&2
    tail -n 40 "$shared/emulator" "$shared/console" >&2
    exit 125
fi
exit "$(cat "$shared/status")"
