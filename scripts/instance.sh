# Starting, watching and stopping one installation's programs. Sourced after common.sh; expects $state.

declare -A process_of=()   # program -> process id
declare -A command_of=()   # program -> shell-quoted command line
bin=$top/build/release/bin

setting() { sed -n "s/^$1 = ['\"]\{0,1\}\([^'\"]*\)['\"]\{0,1\}\$/\1/p" "$state/shoji.toml" | head -n 1; }

# Processes that a run killed without warning has left: their ids stand in $state/pids with the start
# time that tells them from a later process of the same id.
end_leftovers() {
    local file=$state/pids program id start
    [ -f "$file" ] || return 0
    while read -r program id start; do
        if [ "$(start_time "$id")" = "$start" ]; then
            kill -TERM "$id" 2>/dev/null || true
            wait_until_gone "$id"
        fi
    done <"$file"
    rm -f "$file"
}

start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

wait_until_gone() {
    local tries=0
    while kill -0 "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -eq 150 ] && kill -KILL "$1" 2>/dev/null
        sleep 0.1
    done
    return 0
}

# launch PROGRAM COMMAND…: in the background, in a session of its own so that Ctrl-C reaches only this
# script, which then stops the programs in order. Its log has a bounded size and ends with the last process
# that writes to it.
launch() {
    local program=$1 log
    shift
    command_of[$program]=$(printf '%q ' "$@")
    exec {log}> >(exec setsid "$bin/shoji-log" "$state/logs/$program.log" >/dev/null {lock}>&-)
    setsid "$@" >&"$log" 2>&1 </dev/null {lock}>&- {log}>&- &
    process_of[$program]=$!
    exec {log}>&-
    printf '%s %s %s\n' "$program" "${process_of[$program]}" "$(start_time "${process_of[$program]}")" >>"$state/pids"
}

# wait_for PROGRAM TEST…: until the test holds, as long as the program lives.
wait_for() {
    local program=$1 tries=0
    shift
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "${process_of[$program]}" 2>/dev/null; then
            tail -n 20 "$state/logs/$program.log" >&2
            fail run.did_not_start program "$program" log "$state/logs/$program.log"
        fi
        sleep 0.05
    done
}

listens() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# Whatever user the programs drop to must be able to pass through to the state folder.
check_traversable() {
    local folder
    [ "$(id -u)" -eq 0 ] || return 0
    folder=$(realpath "$state")
    while [ "$folder" != / ]; do
        folder=$(dirname "$folder")
        case $(stat -c %A "$folder") in *x | *t) ;; *) fail run.not_traversable folder "$folder" ;; esac
    done
}

# prepare_state [ADDRESS:PORT [HUB-ADDRESS:PORT]]: the folder, its keys and its lock. Listeners and zone of an
# installation that is there already are the administrator's: they change only when an address is given.
prepare_state() {
    local wishes=()
    [ -z "${1:-}" ] || wishes=(--listen "$1")
    [ -z "${2:-}" ] || wishes+=(--hub-listen "$2")
    [ -f "$state/shoji.toml" ] || wishes+=(--zone my-number)
    mkdir -p "$state"
    check_traversable
    exec {lock}>"$state/run.lock"
    flock -n "$lock" || fail run.already state "$state"
    end_leftovers
    step run.step_state "$bin/shoji" init --state "$state" "${wishes[@]}"
    mkdir -p "$state/logs"
    chmod 700 "$state/logs"
    find "$state/logs" -name '*.log' -exec mv -f {} {}.before \;
}

start_programs() {
    local runtime address
    runtime=$(setting runtime)
    address=$(setting address)
    case $address in 0.0.0.0 | ::) address=localhost ;; esac
    launch shoji-audit "$bin/shoji-audit" --state "$state"
    wait_for shoji-audit test -S "$runtime/audit/audit.sock"
    launch shoji-host "$bin/shoji-host" --state "$state"
    wait_for shoji-host test -S "$runtime/host/host.sock"
    launch shoji-gateway "$bin/shoji-gateway" --state "$state"
    wait_for shoji-gateway test -S "$runtime/gateway/admin.sock"
    wait_for shoji-gateway listens "$address" "$(setting port)"
}

# start_demo PORT FORBIDDEN-PORT: as a user of its own; it reads nothing but its own folder.
start_demo() {
    local node base as_demo=()
    node=$(command -v node)
    rm -rf "$state/demo"
    cp -r "$top/demo" "$state/demo"
    chmod -R a+rX "$state/demo"
    if [ "$(setting separate_users)" = true ]; then
        base=$(($(setting user_base) + 3))
        as_demo=(setpriv --reuid "$base" --regid "$base" --clear-groups --no-new-privs --bounding-set=-all)
    fi
    launch demo "${as_demo[@]}" "$node" "$state/demo/server.mjs" --port "$1" --forbidden-port "$2"
    wait_for demo listens 127.0.0.1 "$1"
}

# describe_demo PORT: the demonstration site as an allowed destination, for the role 'staff' in the zone of the
# terminals. Where something is configured already, nothing but the demonstration's own port is changed.
describe_demo() {
    local configured=() kind before
    for kind in zone role destination route; do
        [ "$("$bin/shoji" --state "$state" --json "$kind" list)" = '[]' ] || configured+=("$kind")
    done
    if [ ${#configured[@]} -gt 0 ]; then
        before=$(sed -n 's/^origins = .* port = \([0-9]*\),.*/\1/p' "$state/demo.toml" 2>/dev/null) || true
        [ -n "$before" ] && [ "$before" != "$1" ] || return 0
        move_demo "$1"
        return
    fi
    sed "s/@PORT@/$1/g; s/@TODAY@/$(TZ=Asia/Tokyo date +%F)/; s/@EXPIRES@/$(TZ=Asia/Tokyo date -d '+1 year' +%F)/" \
        "$top/demo/destination.toml" >"$state/demo.toml"
    "$bin/shoji" --state "$state" apply "$state/demo.toml" --yes >/dev/null
}

# move_demo PORT: unless an administrator has removed it.
move_demo() {
    "$bin/shoji" --state "$state" --json destination list | grep -q '"id": *"demo"' || return 0
    "$bin/shoji" --state "$state" route remove staff-demo >/dev/null || true
    "$bin/shoji" --state "$state" destination remove demo >/dev/null
    "$bin/shoji" --state "$state" destination add demo --name-ja 'さくら市（デモサイト）' \
        --name-en 'Sakura City (demonstration)' --zone demonstration --origin "http://localhost:$1" --internal \
        --reason 'Part of Shoji; runs on this machine only' --approver ./run \
        --approved "$(TZ=Asia/Tokyo date +%F)" --expires "$(TZ=Asia/Tokyo date -d '+1 year' +%F)" >/dev/null
    "$bin/shoji" --state "$state" route add staff-demo --from-zone my-number --role staff \
        --destination demo >/dev/null
    sed -i "s/^\(origins = .* port = \)[0-9]*/\1$1/" "$state/demo.toml"
}

# In the order in which nothing loses what it still has to say: the journal last.
stop_programs() {
    local program
    for program in demo shoji-gateway shoji-host shoji-sensor shoji-hub shoji-audit; do stop_program "$program"; done
    process_of=()
    rm -f "$state/pids"
}

stop_program() {
    [ -n "${process_of[$1]:-}" ] || return 0
    kill -TERM "${process_of[$1]}" 2>/dev/null || true
    wait_until_gone "${process_of[$1]}"
    wait "${process_of[$1]}" 2>/dev/null || true
    unset "process_of[$1]"
}

# Starts again whatever ended by itself, until $stopping is set.
watch_programs() {
    local program dead
    while [ -z "${stopping:-}" ]; do
        dead=
        wait -n -p dead "${process_of[@]}" || true
        [ -z "${stopping:-}" ] || break
        for program in "${!process_of[@]}"; do
            [ "${process_of[$program]}" = "$dead" ] || continue
            say run.restarted program "$program" log "$state/logs/$program.log" >&2
            sleep 1
            eval "launch $program ${command_of[$program]}"
        done
    done
}

# What sessions must not leave once they have ended, while the programs run: records, control groups,
# packet rules, processes of their users.
session_leftovers() {
    local instance
    instance=$(setting instance)
    find "$(setting runtime)/host/sessions" -mindepth 1 -maxdepth 1
    find /sys/fs/cgroup -maxdepth 4 -path "*/shoji*$instance*/*" -type d
    if [ "$(setting separate_users)" = true ]; then
        nft list table inet "shoji_$instance" | grep -E 'chain slot_|goto'
        processes_from 100
    fi
    return 0
}

# processes_from OFFSET: those of the installation's users from that one on. What has ended and waits for the
# machine's first process to take note, because its parent was killed, is gone.
processes_from() {
    local base
    base=$(setting user_base)
    ps -eo uid=,pid=,stat=,comm= | awk -v low="$((base + $1))" -v high="$((base + 4000))" \
        '$1 >= low && $1 < high && $3 !~ /^Z/ {print "process " $2 " " $4}'
}

# What an installation must not leave once it has stopped.
leftovers() {
    local instance runtime
    instance=$(setting instance)
    runtime=$(setting runtime)
    find "$runtime" -type s 2>/dev/null
    find "$runtime/host/sessions" -mindepth 1 -maxdepth 1 2>/dev/null
    find /sys/fs/cgroup -maxdepth 4 -name "shoji*$instance*" -type d 2>/dev/null
    command -v nft >/dev/null && [ "$(id -u)" -eq 0 ] && nft list tables 2>/dev/null | grep -F "$instance"
    grep -F "$runtime" /proc/self/mounts
    if [ "$(setting separate_users)" = true ]; then processes_from 0; fi
    return 0
}
