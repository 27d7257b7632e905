#!/usr/bin/env bash
# What the sensor costs where its programs sit on the kernel's own functions (backend `fentry`): under Debian's own
# kernel, emulated, so that only ratios say something. Prints the load's CPU time over bare, medians of pairs, as JSON.
#   benchmarks/sensor_emulated.sh [PAIRS]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
programs=$here/../build/release/bin

if [ "${1:-}" != --inside ]; then
    exec "$here/../tests/kernel/run.sh" --timeout 1500 -- "$here/sensor_emulated.sh" --inside "${1:-5}"
fi

folder=$(mktemp -d)
sensor=
trap '[ -z "$sensor" ] || kill "$sensor"; rm -rf "$folder"' EXIT
cp "$programs/bench-sensor-nothing" "$folder/nothing"
printf 'runtime = "%s/run"\n' "$folder" >"$folder/policy.toml"
declare -A ratios

# CPU nanoseconds of one operation, the least of five: whoever emulates does other things at times.
cost() {
    for _ in 1 2 3 4 5; do "$programs/bench-sensor-load" "$1" "$folder" --seconds 0.6; done |
        sed 's/.*"operations":\([0-9]*\).*"cpu":\([0-9.e+-]*\).*/\1 \2/' |
        awk '{ one = $2 * 1e9 / $1; if (!least || one < least) least = one } END { printf "%.1f", least }'
}

for ((pair = 0; pair < $2; ++pair)); do
    declare -A bare=()
    for load in getppid open_read open_write; do bare[$load]=$(cost "$load"); done
    "$programs/shoji-sensor" --policy "$folder/policy.toml" --state "$folder/state" 2>"$folder/log" &
    sensor=$!
    until [ -s "$folder/state" ]; do
        kill -0 "$sensor" 2>/dev/null || { cat "$folder/log" >&2; sensor=; exit 1; }
        sleep 0.5
    done
    sleep 5 # it walks through what runs
    for load in getppid open_read open_write; do
        ratios[$load]+="$(awk -v a="$(cost "$load")" -v b="${bare[$load]}" 'BEGIN { printf "%.3f", a / b }') "
    done
    backend=$(sed 's/.*"family":"file","backend":"\([^"]*\)".*/\1/' "$folder/state" | head -n 1)
    kill "$sensor"
    wait "$sensor" || true
    sensor=
    rm -f "$folder/state"
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
printf '{"kernel":"%s","emulated":true,"backend":"%s","pairs":%d' "$(uname -r)" "$backend" "$2"
for load in getppid open_read open_write; do printf ',"%s_cpu_over_bare":%s' "$load" "$(median "${ratios[$load]}")"; done
printf '}\n'
