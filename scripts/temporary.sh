# An installation in a fresh temporary state, for checks, tests and measurements. Sourced after
# instance.sh and watch.sh; sets $state, $port, $demo_port and $password (of the user 'staff'). Where $watched is
# set, the hub runs too, and the sensor where this machine can have one: $sensor_left_out says why not.
temporary_folder=/tmp   # the state stands below it

free_port() {
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 20000))
        if ! listens 127.0.0.1 "$candidate" && ! listens 127.0.0.1 $((candidate + 1)); then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

# A caller may define it anew: it changes shoji.toml before the programs start.
change_settings() { :; }

start_temporary() {
    state=$(mktemp -d "$temporary_folder/shoji-check.XXXXXX")
    chmod 755 "$state"
    trap 'stop_programs; rm -rf "$state"' EXIT
    trap 'exit 130' INT TERM
    port=$(free_port)
    demo_port=$(free_port)
    prepare_state "127.0.0.1:$port" "127.0.0.1:$(free_port)"
    change_settings
    start_programs
    if [ -n "${watched:-}" ]; then
        start_hub
        sensor_left_out=$(sensor_left_out)
        [ -n "$sensor_left_out" ] || start_sensor || say run.sensor_did_not_start log "$state/logs/shoji-sensor.log" >&2
    fi
    start_demo "$demo_port" $((demo_port + 1))
    describe_demo "$demo_port"
    password=$(add_user staff)
}

# add_user NAME: prints the one-time password.
add_user() {
    "$bin/shoji" --state "$state" --json user add "$1" --role staff |
        sed -n 's/.*"oneTimePassword": *"\([^"]*\)".*/\1/p'
}

# Stops it and says what it left behind; the result is 1 when that is anything.
stop_temporary() {
    local left
    stop_programs
    left=$(leftovers)
    rm -rf "$state"
    trap - EXIT INT TERM
    [ -z "$left" ] || { say run.left_behind what "$left" >&2; return 1; }
}

# with_temporary COMMAND…: runs it with the one-time password on its standard input, because a command
# line or an environment could be read by others. Shows the programs' logs when it fails.
with_temporary() {
    local status=0 watch=()
    start_temporary
    [ -z "${watched:-}" ] || watch=(--sensor-left-out "$sensor_left_out")
    printf '%s\n' "$password" | "$@" --address "https://localhost:$port/" --demo-port "$demo_port" \
        --state "$state" "${watch[@]}" || status=$?
    [ "$status" -eq 0 ] || tail -n 15 "$state"/logs/*.log >&2
    stop_temporary || status=1
    return "$status"
}
