#!/usr/bin/env bash
# What an administrator has set up outlives the next start, also one with the demonstration site on another port.
set -euo pipefail
source "$(dirname "$0")/../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"

wrong=0
holds() {
    if "${@:2}"; then echo "ok $1"; else echo "WRONG $1"; wrong=1; fi
}
has() { grep -q -- "$1" <<<"$2"; }
manage() { "$bin/shoji" --state "$state" --json "$@"; }

start_temporary
manage zone add lgwan --name-ja LGWAN接続系 --name-en LGWAN >/dev/null
second=$(free_port)
stop_programs
exec {lock}>&-
sed -i "s/^zone = .*/zone = 'lgwan'/" "$state/shoji.toml"
printf "# the annex\n[[listener]]\naddress = '127.0.0.2'\nport = %s\nzone = 'my-number'\n" "$second" >>"$state/shoji.toml"
settings=$(cat "$state/shoji.toml")

prepare_state
start_programs
moved=$(free_port)
start_demo "$moved" $((moved + 1))
describe_demo "$moved"
holds "the settings are as they were written" [ "$(cat "$state/shoji.toml")" = "$settings" ]
holds "the second listener serves" listens 127.0.0.2 "$second"
holds "the zone is there" has '"id": *"lgwan"' "$(manage zone list)"
destinations=$(manage destination list)
holds "the demonstration site is at its new port" has "\"port\": *$moved\\b" "$destinations"
holds "and no longer at the old one" eval '! has "\"port\": *$demo_port\\b" "$destinations"'
holds "staff may open it" has '"id": *"staff-demo"' "$(manage route list)"

manage route remove staff-demo >/dev/null
manage destination remove demo >/dev/null
describe_demo "$demo_port"
holds "what was removed stays away" [ "$(manage destination list)" = '[]' ]
stop_temporary || wrong=1
exit "$wrong"
