#!/usr/bin/env bash
# ./run --check as a user without privileges, made for this test and removed after it: the main job works in
# namespaces, seccomp and Landlock, and what falls away is said aloud. The user works on a copy that brings
# what is built already.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
if [ "$(id -u)" -ne 0 ]; then
    echo "making a user needs root: skipped"
    exit 77
fi
user=shojitest$$
log=$(mktemp)
useradd --create-home --shell /bin/bash "$user"
cleanup() {
    local id tries
    rm -f "$log"
    for tries in {1..50}; do
        for id in $(ps -o pid= -u "$user" || true); do kill -KILL "$id" 2>/dev/null || true; done
        # What has just ended is counted until the machine's first process has taken note.
        if userdel --remove "$user" 2>/dev/null; then return 0; fi
        sleep 0.2
    done
    echo "the user $user could not be removed"
    return 1
}
trap cleanup EXIT
trap 'exit 130' INT TERM

copy=/home/$user/shoji
install -d -o "$user" "$copy"
(cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$copy"
mkdir -p "$copy/build/release"
cp -r "$top/build/release/bin" "$top/build/release/share" "$copy/build/release/"
chown -R "$user:" "$copy"

# What is built is taken as it is: whether it can be built is another test's question.
as_user() {
    setpriv --reuid "$user" --regid "$user" --clear-groups env -i HOME="/home/$user" PATH="$PATH" LC_ALL=C.UTF-8 \
        bash -euo pipefail -c "cd '$copy'; $1"
}
as_user 'source scripts/common.sh; source scripts/instance.sh; source scripts/watch.sh
    source scripts/temporary.sh
    watched=1
    start_temporary
    status=0
    printf "%s\n" "$password" | node tests/browser/check.mjs --address "https://localhost:$port/" \
        --demo-port "$demo_port" --state "$state" --sensor-left-out "$sensor_left_out" || status=$?
    cat "$state"/logs/*.log
    stop_temporary || status=1
    exit $status' >"$log" 2>&1 || { cat "$log"; exit 1; }

expect() {
    grep -q "$1" "$log" || { cat "$log"; echo "not said: $1"; exit 1; }
}
expect 'without users of its own each program can reach the files of the others'
expect 'missing: separate users'
expect 'missing: control groups'
expect 'missing: packet rules'
expect 'left out: run.sensor_needs_root'
# Nothing else is missing; without namespaces or a seccomp filter no session starts at all.
[ "$(grep -c 'missing: ' "$log")" -eq 3 ] || { cat "$log"; exit 1; }
cat "$log"
