#!/usr/bin/env bash
# Runs a browser test against a temporary installation of the release build. Where a test needs other
# settings than an installation begins with, the file of its name with .sed makes them from shoji.toml.
set -euo pipefail
source "$(dirname "$0")/../../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"
edits=$top/tests/browser/${1%.test.mjs}.sed
[ ! -f "$edits" ] || change_settings() { sed -i -f "$edits" "$state/shoji.toml"; }
with_temporary node "$top/tests/browser/$1" "${@:2}"
