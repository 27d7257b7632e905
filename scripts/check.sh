# The main job by itself, in a fresh temporary state. Sourced by run.

free_port() {
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 20000))
        listens 127.0.0.1 "$candidate" || { printf '%s\n' "$candidate"; return; }
    done
}

main_job_check() {
    local port demo_port password status=0 left
    npm_install "$top/tests"
    state=$(mktemp -d /tmp/shoji-check.XXXXXX)
    chmod 755 "$state"
    trap 'stop_programs; rm -rf "$state"' EXIT
    trap 'exit 130' INT TERM
    port=$(free_port)
    demo_port=$(free_port)
    prepare_state 127.0.0.1 "$port"
    start_programs 127.0.0.1 "$port"
    start_demo "$demo_port" $((demo_port + 1))
    describe_demo "$demo_port"
    password=$("$bin/shoji" --state "$state" user add staff --role staff --json |
        sed -n 's/.*"oneTimePassword": *"\([^"]*\)".*/\1/p')
    # The password goes in by standard input: a command line or environment could be read by others.
    printf '%s\n' "$password" |
        node "$top/tests/browser/check.mjs" --address "https://localhost:$port/" --user staff "$@" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 15 "$state"/logs/*.log >&2
    fi
    stop_programs
    left=$(leftovers)
    rm -rf "$state"
    trap - EXIT
    if [ -n "$left" ]; then
        say run.left_behind what "$left" >&2
        status=1
    fi
    return "$status"
}
