#!/usr/bin/env bash
# Holds ARCHITECTURE.md's table of rooms against the includes: a room includes itself and the rooms that
# its line lists, and every room of the source has a line.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
declare -A uses
while IFS='|' read -r _ room may _; do
    room=$(tr -d ' `' <<<"$room")
    uses[$room]=$(tr -d '`,' <<<"$may")
done < <(grep -E '^\| `(core|screen|access|watch|govern|hub|cli)[a-z/]*` \|' "${1:-$top/ARCHITECTURE.md}")
[ ${#uses[@]} -gt 0 ] || { echo "ARCHITECTURE.md has no table of rooms"; exit 1; }

problems=0
problem() { echo "$1"; problems=$((problems + 1)); }
while read -r file; do
    room=$(dirname "${file#"$top/src/"}")
    while [ -z "${uses[$room]+x}" ] && [ "$room" != . ]; do room=$(dirname "$room"); done
    if [ "$room" = . ]; then
        problem "$file is in no room of ARCHITECTURE.md"
        continue
    fi
    while read -r included; do
        case "$included" in "$room"/*) continue ;; esac
        target=$(dirname "$included")
        while [ -z "${uses[$target]+x}" ] && [ "$target" != . ]; do target=$(dirname "$target"); done
        case " ${uses[$room]} " in *" $target "*) ;; *)
            problem "${file#"$top/"} includes $included: '$room' may not use '$target'"
            ;;
        esac
    done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$file" | grep -E '^(core|screen|access|watch|govern|hub|cli)/')
done < <(find "$top/src" -name '*.h' -o -name '*.cpp' | sort)
[ "$problems" -eq 0 ] || exit 1
echo "${#uses[@]} rooms keep to their lines"
