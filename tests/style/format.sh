#!/usr/bin/env bash
# Every C++ file and every program for the kernel stands as .clang-format has it.
set -euo pipefail
cd "$(dirname "$0")/../.."
find src cmake -name '*.h' -o -name '*.cpp' -o -name '*.bpf.c' | xargs clang-format --dry-run -Werror
