#!/usr/bin/env bash
# Runs full_disk.test.mjs against an installation on a small disk of its own, which is mounted where nobody
# else sees it and goes with this script's last process.
set -euo pipefail
if [ "$(id -u)" -ne 0 ]; then
    echo "mounting a small disk needs root: skipped"
    exit 77
fi
if [ "${1:-}" != --inside ]; then exec unshare --mount --propagation private "$0" --inside; fi
source "$(dirname "$0")/../../../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"
temporary_folder=$(mktemp -d /tmp/shoji-disk.XXXXXX)
mount -t tmpfs -o size=64m,mode=755 none "$temporary_folder"
change_settings() {
    sed -i 's/^journal_reserve_megabytes = .*/journal_reserve_megabytes = 4/' "$state/shoji.toml"
}
status=0
with_temporary node "$top/tests/browser/faults/full_disk.test.mjs" || status=$?
umount --lazy "$temporary_folder"  # a log may still be open
rmdir "$temporary_folder"
exit "$status"
