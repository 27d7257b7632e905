#!/bin/busybox sh
# The guest's first process, in its initrd: puts the machine's files under a layer that is lost in the end,
# and goes over to guest.sh there.
set -e
busybox=/bin/busybox
$busybox mount -t proc -o nosuid,nodev,noexec proc /proc
$busybox mount -t sysfs -o nosuid,nodev,noexec sys /sys
$busybox mount -t devtmpfs -o nosuid dev /dev
while read -r module; do $busybox insmod "/modules/$module"; done </modules/order
share=trans=virtio,version=9p2000.L,msize=1048576
$busybox mount -t 9p -o "$share" shared /shared-folder
{ read -r top && read -r here && read -r modules; } </shared-folder/paths

$busybox mount -t 9p -o "$share,ro,cache=loose" root /host
$busybox mount -t tmpfs writable /writable
$busybox mkdir /writable/upper /writable/aside
$busybox mount -t overlay -o lowerdir=/host,upperdir=/writable/upper,workdir=/writable/aside overlay /new
# The project stays in sight when it stands in a folder that is empty in the guest.
case $top in /tmp/* | /run/*) $busybox mount -o bind "/new$top" /host ;; esac

$busybox mount -t tmpfs -o mode=1777,nosuid,nodev tmp /new/tmp
$busybox mount -t tmpfs -o mode=755,nosuid,nodev run /new/run
case $top in /tmp/* | /run/*)
    $busybox mkdir -p "/new$top"
    $busybox mount --move /host "/new$top"
    ;;
esac
for folder in dev proc sys; do $busybox mount --move "/$folder" "/new/$folder"; done
$busybox mkdir /new/dev/shm /new/dev/pts /new/run/shoji-guest
$busybox mount -t tmpfs -o mode=1777,nosuid,nodev shm /new/dev/shm
$busybox mount -t devpts -o nosuid,noexec,mode=620,ptmxmode=666 devpts /new/dev/pts
$busybox mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /new/sys/fs/cgroup
$busybox mount --move /shared-folder /new/run/shoji-guest
$busybox ip link set lo up
exec $busybox switch_root /new /bin/bash "$here/guest.sh" "$modules"
