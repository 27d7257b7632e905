#!/usr/bin/env bash
# What docs/install.md says, done in mounts of its own: the files put in place, the units looked at by systemd's own
# check, set up, and every program started as its unit says: with its command and with no more capabilities than the
# unit leaves. Until an act on this machine is an alert at the hub.
#   install.sh BUILD-FOLDER
# Not seen here, for want of a running systemd: its sandboxing (ProtectSystem …), its order, its restarts.
set -euo pipefail
units=/usr/lib/systemd/system
build=$(realpath "$1")
if [ "$(id -u)" -ne 0 ]; then echo "needs root: skipped"; exit 77; fi
for needed in systemd-sysusers systemd-analyze setpriv; do
    command -v "$needed" >/dev/null || { echo "needs $needed: skipped"; exit 77; }
done
if [ -z "${SHOJI_INSTALL_INSIDE:-}" ]; then
    SHOJI_INSTALL_INSIDE=1 exec unshare --mount --propagation private "$0" "$build"
fi

scratch=/tmp
mount -t tmpfs -o mode=0755 shoji-install "$scratch"
for folder in /etc /usr/lib/systemd /var/lib; do
    mkdir -p "$scratch/$folder/upper" "$scratch/$folder/work"
    mount -t overlay -o "lowerdir=$folder,upperdir=$scratch/$folder/upper,workdir=$scratch/$folder/work" \
        shoji-install "$folder" || { echo "this kernel has no overlayfs: skipped"; exit 77; }
done
mount -t tmpfs -o mode=0755 shoji-install /opt
mount -t tmpfs -o mode=0755 shoji-install /run

wrong=0
holds() {
    if "${@:2}" >"$scratch/said" 2>&1; then echo "ok $1"; else echo "WRONG $1"; cat "$scratch/said"; wrong=1; fi
}
declare -A process_of=()
stop() {
    local unit
    for unit in shoji-sensor shoji-gateway shoji-host shoji-hub shoji-audit; do
        [ -n "${process_of[$unit]:-}" ] || continue
        kill -TERM "${process_of[$unit]}" 2>/dev/null || true
        wait "${process_of[$unit]}" || { echo "WRONG $unit ended with $?"; wrong=1; }
        unset "process_of[$unit]"
    done
}
trap stop EXIT

setting_of() { sed -n "s/^$2=//p" "$units/$1.service"; }
# begin UNIT: with the unit's command and capabilities.
begin() {
    local command bounds=()
    command=$(setting_of "$1" ExecStart)
    if [ -n "$(setting_of "$1" CapabilityBoundingSet)" ]; then
        bounds=(--no-new-privs --bounding-set
            "-all$(setting_of "$1" CapabilityBoundingSet | sed 's/CAP_//g; s/^/ /; s/ /,+/g' | tr 'A-Z' 'a-z')")
    fi
    # shellcheck disable=SC2086
    setpriv "${bounds[@]}" $command >"$scratch/$1.log" 2>&1 &
    process_of[$1]=$!
}
until_true() {
    local tries
    for tries in $(seq 600); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "$* is not so after $tries tries"
    tail -n 5 "$scratch"/*.log
    return 1
}
shoji() { /opt/shoji/bin/shoji --state /var/lib/shoji --json "$@"; }
free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}
# Its standard input is what is looked through.
has() { grep -q -- "$1"; }

holds "the files are put in place" cmake --install "$build"
verified() {
    local said
    said=$(systemd-analyze verify --man=no "$units"/shoji-{init,audit,hub,host,gateway,sensor}.service \
        "$units/shoji.target" 2>&1) && [ -z "$said" ] || { echo "$said"; return 1; }
}
holds "systemd has nothing to say against the units" verified
hub=127.0.0.1:$(free_port)
holds "the city's machine is set up" /opt/shoji/bin/shoji-setup city --listen "127.0.0.1:$(free_port)" --hub-listen "$hub"
holds "the state is completed at a start" bash -c "$(setting_of shoji-init ExecStart)"
begin shoji-audit
holds "the journal runs" until_true test -S /run/shoji/audit/audit.sock
begin shoji-hub
holds "the hub runs" until_true shoji hub status
begin shoji-host
holds "the host runs" until_true test -S /run/shoji/host/host.sock
begin shoji-gateway
holds "the gateway runs, and sees the others" until_true shoji status

holds "a sensor is enrolled" shoji sensor enrol "$(hostname)" --file "$scratch/sensor.pem"
holds "the sensor is set up" /opt/shoji/bin/shoji-setup sensor --hub "$hub" --identity "$scratch/sensor.pem"
cp /etc/shoji/sensor.toml "$scratch/before.toml"
echo '# the annex' >>/etc/shoji/sensor.toml
holds "once more" /opt/shoji/bin/shoji-setup sensor --hub 192.0.2.1:1 --identity /etc/shoji/sensor.pem
holds "and what the administrator wrote is there" has '# the annex' </etc/shoji/sensor.toml
holds "no place is left open in it" eval '! grep -q "@" /etc/shoji/sensor.toml'
if [ -r /sys/kernel/btf/vmlinux ]; then
    begin shoji-sensor
    # A machine without a log of logons is told of by the exit code.
    connected() { { shoji sensor status || true; } | has '"connected":true'; }
    holds "the sensor runs, and delivers" until_true connected
    seen() {
        /bin/true shoji-sensor-test
        shoji alerts | has 6a1c7a4e-52f7-4d0c-9a55-5c1f4b1d7e01
    }
    holds "an act is an alert" until_true seen
    holds "its parts have users of their own" eval \
        '[ "$(ps -o user:32= -C shoji-sensor | grep -c -E "^shoji-(analyst|deliver) *$")" -ge 2 ]'
    holds "reloading is what the unit says" eval 'kill -HUP "${process_of[shoji-sensor]}"'
fi
stop
holds "nothing stays in the run-time folders" eval '! find /run/shoji /run/shoji-sensor -type s | grep .'
exit "$wrong"
