#!/usr/bin/env bash
# Every C++ file stands as .clang-format has it.
set -euo pipefail
cd "$(dirname "$0")/../.."
find src cmake -name '*.h' -o -name '*.cpp' | xargs clang-format --dry-run -Werror
