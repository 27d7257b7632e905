#!/usr/bin/env bash
# clang-tidy over every source of the Clang build in folder $1; results of unchanged files are kept there.
set -euo pipefail
build=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
cache=$build/tidy
mkdir -p "$cache"
# A change of a header, of the rules or of the flags can change any result, so all of them are in the key.
common=$(cat .clang-tidy "$build/compile_commands.json" $(find src -name '*.h' | sort) | sha256sum)
tidy_one() {
    local source=$1 key
    key=$(printf '%s %s' "$common" "$(sha256sum <"$source")" | sha256sum | cut -d' ' -f1)
    [ -f "$cache/$key" ] && return 0
    clang-tidy-16 -p "$build" --quiet "$source" 2>/dev/null || { echo "clang-tidy: $source"; return 1; }
    touch "$cache/$key"
}
export -f tidy_one
export build cache common
jq -r '.[].file' "$build/compile_commands.json" | grep "^$top/src/" | sort -u |
    xargs -P 2 -I{} bash -c 'tidy_one "$1"' _ {}
