# What tests could leave on a machine; the same before and after, or ./test fails.
machine_snapshot() {
    find /sys/fs/cgroup -maxdepth 4 -name 'shoji*' -type d 2>/dev/null | sort
    if [ "$(id -u)" -eq 0 ] && command -v nft >/dev/null; then nft list tables 2>/dev/null | grep shoji; fi
    grep shoji /proc/self/mounts | sort
    find /tmp /run /var/lib -maxdepth 1 -name 'shoji*' 2>/dev/null | sort
    ps -eo comm= | grep -E '^(shoji|chromium)' | sort | uniq -c
    return 0
}
