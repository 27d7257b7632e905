# The guest's first process once it sees the machine's files: what an installed system would have set up
# by then, the ordered command, its exit code, the end.
port() { echo "/dev/$(basename "$(dirname "$(grep -lx "$1" /sys/class/virtio-ports/*/name)")")"; }
ln -s /proc/self/fd /dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "/dev/${number#*:}"; done
# Pipes, since the ports themselves cannot be opened a second time, as by way of /dev/stderr.
exec </dev/null > >(exec cat >"$(port output)" 2>/dev/null)
output=$!
exec 2> >(exec cat >"$(port errors)" 2>/dev/null)
errors=$!
modules=$1
shared=/run/shoji-guest
source "$shared/order" # user, folder, command

mount --make-rshared /
hostname guest
mkdir -p /lib/modules
ln -sfn "$modules"/lib/modules/* /lib/modules/
ulimit -Hn 524288
# Like systemd: these two controllers are handed down, and no process stays in the topmost group.
mkdir /sys/fs/cgroup/command
echo $$ >/sys/fs/cgroup/command/cgroup.procs
echo '+memory +pids' >/sys/fs/cgroup/cgroup.subtree_control

if ! id "$user" >/dev/null 2>&1; then
    echo "$user:x:4001:4001::/home/$user:/bin/bash" >>/etc/passwd
    echo "$user:x:4001:" >>/etc/group
    mkdir -p "/home/$user"
    chown 4001:4001 "/home/$user"
    chmod 700 "/home/$user"
fi
home=$(getent passwd "$user" | cut -d: -f6)
runtime=/run/user/$(id -u "$user")
mkdir -p "$runtime"
chown "$user:" "$runtime"
chmod 700 "$runtime"

cd "$folder" 2>/dev/null || cd /
become=(setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups)
[ "$user" != root ] || become=()
# Tests wait ten times longer for what must come than where nothing is emulated.
env -i SHOJI_TEST_SLOWNESS=10 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    HOME="$home" USER="$user" LOGNAME="$user" XDG_RUNTIME_DIR="$runtime" "${become[@]}" "${command[@]}"
code=$?
# All that was said goes out, but a process left behind that keeps a stream open does not hold up the end.
exec >/dev/null 2>&1
for _ in $(seq 50); do
    kill -0 "$output" 2>/dev/null || kill -0 "$errors" 2>/dev/null || break
    sleep 0.1
done
echo "$code" >"$shared/status"
echo o >/proc/sysrq-trigger
while :; do sleep 60; done
