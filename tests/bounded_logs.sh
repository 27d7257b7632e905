#!/usr/bin/env bash
# What scripts/instance.sh starts may say what it likes: its log keeps a bounded size, and the last words.
set -euo pipefail
source "$(dirname "$0")/../scripts/common.sh"
source "$top/scripts/instance.sh"
state=$(mktemp -d /tmp/shoji-logs.XXXXXX)
trap 'rm -rf "$state"' EXIT
mkdir "$state/logs"
exec {lock}>"$state/run.lock"

wrong=0
holds() {
    if "${@:2}"; then echo "ok $1"; else echo "WRONG $1"; wrong=1; fi
}
launch talker bash -c 'yes "something long enough to count" | head -n 1200000; echo "the last words" >&2; exit 7'
code=0
wait "${process_of[talker]}" || code=$?
holds "the process id is the program's own" [ "$code" -eq 7 ]
for _ in $(seq 300); do
    said=$(tail -n 1 "$state/logs/talker.log")
    [ "$said" != "the last words" ] || break
    sleep 0.1
done
holds "the last words are there" [ "$said" = "the last words" ]
holds "forty megabytes became sixteen at most" [ "$(cat "$state"/logs/* | wc -c)" -le $((16 << 20)) ]
exec {lock}>&-
exit "$wrong"
