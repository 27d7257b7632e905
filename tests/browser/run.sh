#!/usr/bin/env bash
# Runs a browser test against a temporary installation of the release build.
set -euo pipefail
source "$(dirname "$0")/../../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"
with_temporary node "$top/tests/browser/$1" "${@:2}"
