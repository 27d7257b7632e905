#!/usr/bin/env bash
# run.sh gives Debian 12's own kernel with plain cgroup v2, carries output and exit code back, ends in time and
# leaves nothing on this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export TMPDIR
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/shoji-kernel-test.XXXXXX")
trap 'rm -rf "$TMPDIR"' EXIT
witness=$here/written-in-the-guest

problems=0
expect() {
    local what=$1 wanted=$2 got=$3
    if [ "$wanted" = "$got" ]; then
        echo "ok    $what: $got"
    else
        echo "WRONG $what: '$got' instead of '$wanted'"
        problems=$((problems + 1))
    fi
}
emulators() { pgrep -f "qemu-system-x86_64.*$TMPDIR/" || true; }
wait_until_gone() {
    for _ in $(seq 100); do
        [ -n "$(emulators)" ] || return 0
        sleep 0.1
    done
}

read -r -d '' facts <<'GUEST' || true
uname -r | cut -d. -f1,2
stat -f -c %T /sys/fs/cgroup
tr " " "\n" </sys/fs/cgroup/cgroup.controllers | grep -xE "cpu|memory|pids" | sort | xargs
perl -e 'print syscall(444, 0, 0, 1), "\n"' # landlock_create_ruleset(2) telling its version
[ -e /proc/sys/vm/memfd_noexec ] && echo memfd_noexec || echo none
nft add table inet self_test && nft list tables
id -u
echo >"$1" && echo written
seq 100000 | tee /dev/stderr | sha256sum
GUEST
code=0
"$here/run.sh" --timeout 300 -- bash -c "$facts" facts "$witness" \
    >"$TMPDIR/output" 2>"$TMPDIR/errors" || code=$?
mapfile -t lines <"$TMPDIR/output"
expect "exit code 0" 0 "$code"
expect "kernel" 6.1 "${lines[0]:-}"
expect "control groups" cgroup2fs "${lines[1]:-}"
expect "controllers" "cpu memory pids" "${lines[2]:-}"
expect "Landlock's version" 2 "${lines[3]:-}"
expect "memfd_noexec" none "${lines[4]:-}"
expect "modules on demand" "table inet self_test" "${lines[5]:-}"
expect "user" 0 "${lines[6]:-}"
expect "files can be written" written "${lines[7]:-}"
expect "the machine's file" untouched "$([ -e "$witness" ] && echo changed || echo untouched)"
expect "error stream, whole" "${lines[8]:-}" "$(sha256sum <"$TMPDIR/errors")"
rm "$TMPDIR"/{output,errors}

code=0
output=$("$here/run.sh" --timeout 300 --user kernel-tester -- bash -c 'id -un; echo ~; exit 7') || code=$?
expect "exit code 7" 7 "$code"
expect "ordinary user" $'kernel-tester\n/home/kernel-tester' "$output"

code=0
"$here/run.sh" --timeout 20 -- sleep 600 2>"$TMPDIR/errors" || code=$?
rm "$TMPDIR/errors"
expect "exit code when out of time" 124 "$code"
expect "emulators left when out of time" '' "$(emulators)"
expect "files left" '' "$(ls "$TMPDIR")"

"$here/run.sh" -- sleep 600 2>/dev/null &
runner=$!
for _ in $(seq 100); do
    [ -z "$(emulators)" ] || break
    sleep 0.1
done
expect "an emulator runs" yes "$([ -n "$(emulators)" ] && echo yes || echo no)"
disown "$runner"
kill -KILL "$runner"
wait_until_gone
expect "emulators left when run.sh was killed" '' "$(emulators)"
exit $((problems > 0))
