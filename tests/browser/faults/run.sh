#!/usr/bin/env bash
# Runs one of the tests of what goes wrong against a temporary installation of the release build.
set -euo pipefail
source "$(dirname "$0")/../../../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"
# Small enough that a test reaches them.
change_settings() {
    sed -i 's/^grace_seconds = .*/grace_seconds = 5/; s/^memory_megabytes = .*/memory_megabytes = 700/' \
        "$state/shoji.toml"
}
with_temporary node "$top/tests/browser/faults/$1" "${@:2}"
