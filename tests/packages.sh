#!/usr/bin/env bash
# What ./run builds with comes from the packages that ./run installs: it is configured without what only ./test
# installs, and every file that this finds and every header that the build in folder $1 read belongs to a listed package or to
# what one depends on.
set -euo pipefail
build=$1
top=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d /tmp/shoji-packages-XXXXXX)
trap 'rm -rf "$folder"' EXIT

if ! cmake -G Ninja -S "$top" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON >"$folder/log" 2>&1; then
    tail -20 "$folder/log"
    echo "The build cannot be prepared with the packages of ./run alone."
    exit 1
fi

grep -v '^#' "$top/scripts/packages-run.txt" >"$folder/listed"
xargs apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances <"$folder/listed" | grep -E '^[a-z0-9]' | sort -u >"$folder/installed"
[ -s "$folder/installed" ] || { echo "The packages' dependencies are not known here (apt-cache)."; exit 1; }
ninja -C "$build" -t deps | grep -oE '/usr/include/[^ ]+' | sort -u >"$folder/headers"
[ -s "$folder/headers" ] || { echo "$build has read no headers."; exit 1; }
grep -oE '=/usr/(lib/[^/]+|share)/.+' "$folder/build/CMakeCache.txt" | cut -c2- | tr ';' '\n' |
    grep -E '/[^/]+/[^/]+/[^/]+/' | sort -u >"$folder/found"
[ -s "$folder/found" ] || { echo "CMake has found nothing."; exit 1; }
packages_of() { xargs dpkg -S | cut -d: -f1 | tr ',' '\n' | tr -d ' '; }
{
    # GoogleTest and Google Benchmark are for what ./run does not build.
    packages_of <"$folder/headers" | grep -vxE 'libgtest-dev|libgmock-dev|libbenchmark-dev'
    packages_of <"$folder/found"
} | sort -u >"$folder/needed"
if missing=$(grep -vxFf "$folder/installed" "$folder/needed"); then
    echo "scripts/packages-run.txt lacks:"
    echo "$missing"
    exit 1
fi
echo "$(wc -l <"$folder/needed") packages, all of them installed by ./run"
