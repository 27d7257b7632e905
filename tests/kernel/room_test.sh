#!/usr/bin/env bash
# Runs a room's GoogleTest program in the guest: room_test.sh [run.sh's options] -- PROGRAM.
# A test may be skipped there only for one of the reasons below: what this kernel lacks, or what an ordinary user
# has not. So nothing that the kernel offers goes untested because the guest was set up wrongly.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
accepted=(
    "this kernel's Landlock is of version 2"
    "this kernel does not offer what reaches_bpf attacks" # kernel.unprivileged_bpf_disabled is 2
)
case " $* " in *" --user "*) accepted+=("needs root") ;; esac

said=$(mktemp "${TMPDIR:-/tmp}/shoji-guest-test.XXXXXX")
trap 'rm -f "$said"' EXIT
status=0
"$here/run.sh" "$@" 2>&1 | tee "$said" || status=$?

echo "Not tested under this kernel, times and reason:"
awk '/: Skipped$/ { getline; print }' "$said" | sort | uniq -c
unexpected=$(awk '/: Skipped$/ { getline; print }' "$said" | sort -u | grep -vxF -f <(printf '%s\n' "${accepted[@]}") || true)
if [ -n "$unexpected" ]; then
    printf 'WRONG not a reason to skip a test here: %s\n' "$unexpected"
    status=1
fi
if ! grep -qE '^\[  PASSED  \] [1-9]' "$said"; then
    echo "WRONG no test passed"
    status=1
fi
exit "$status"
