# The hub of one installation, and the sensor of this machine. Sourced after instance.sh; expects $state.

sensor_days=730       # that the sensor's certificate is made for
sensor_renew_days=30  # it is made anew when so many are left

# Why this machine's sensor is left out, as a key of the catalogue; empty: it is not.
sensor_left_out() {
    if [ "$(setting separate_users)" != true ]; then
        echo run.sensor_needs_root
    elif [ ! -r /sys/kernel/btf/vmlinux ]; then
        echo run.sensor_needs_btf
    fi
}

start_hub() {
    launch shoji-hub "$bin/shoji-hub" --state "$state"
    wait_for shoji-hub test -S "$(setting runtime)/hub/admin.sock"
}

# start_sensor: enrolled at the hub, which must run. The result is 1 where it does not come so far; its log says why.
start_sensor() {
    local runtime tries=0
    runtime=$(setting runtime)/sensor
    enrol_sensor || return 1
    [ -f "$state/sensor.toml" ] || sensor_policy >"$state/sensor.toml"
    rm -f "$runtime/sensor.json"
    launch shoji-sensor "$bin/shoji-sensor" --policy "$state/sensor.toml"
    # Something may be wrong that does not keep it from watching: this machine keeps no log of logons.
    until { "$bin/shoji" --json sensor status --runtime "$runtime" 2>/dev/null || true; } |
        grep -q '"connected": *true'; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "${process_of[shoji-sensor]}" 2>/dev/null; then
            stop_program shoji-sensor
            return 1
        fi
        sleep 0.1
    done
}

# Its certificate and key, where there are none that last: what was enrolled under the name before is revoked.
enrol_sensor() {
    local name left
    name=$(hostname)
    left=$("$bin/shoji" --state "$state" --json sensor list | node -e '
        const sensors = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const own = sensors.find(({ name, revoked }) => name === process.argv[1] && revoked === 0);
        console.log(own ? Math.floor(own.expires / 86400 - Date.now() / 86400000) : "none")' "$name") || return 1
    if [ "$left" != none ]; then
        [ -f "$state/sensor.pem" ] && [ "$left" -ge "$sensor_renew_days" ] && return 0
        "$bin/shoji" --state "$state" sensor revoke "$name" >/dev/null || return 1
    fi
    "$bin/shoji" --state "$state" sensor enrol "$name" --file "$state/sensor.pem" --days "$sensor_days" >/dev/null
}

# What the sensor begins with; the administrator may change it afterwards.
sensor_policy() {
    local base address
    base=$(setting user_base)
    address=$(setting sensor_address)
    case $address in *:*) address="[$address]" ;; esac
    cat <<POLICY
# docs/sensor.md says what else may stand here.
state = "$state/sensor"
runtime = "$(setting runtime)/sensor"
analyst_user = $((base + 5))
[detection]
rules = ["$top/rules"]
destinations = "$top/build/release/share/lists/destinations.txt"
intrusion_lists = "$top/build/release/share/lists/intrusion.txt"
[delivery]
hub = "$address:$(setting sensor_port)"
identity = "$state/sensor.pem"
user = $((base + 6))
POLICY
}
