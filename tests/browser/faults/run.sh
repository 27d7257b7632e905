#!/usr/bin/env bash
# Runs one of the tests of what goes wrong against a temporary installation of the release build.
set -euo pipefail
source "$(dirname "$0")/../../../scripts/common.sh"
source "$top/scripts/instance.sh"
source "$top/scripts/temporary.sh"
# An authority that Chromium does not know, and a site's certificate by it.
make_authority() {
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    mkdir "$1"
    openssl req -x509 "${key[@]}" -subj '/CN=Test authority' -days 2 -addext keyUsage=keyCertSign \
        -keyout "$1/authority.key" -out "$1/authority.pem"
    openssl req -x509 "${key[@]}" -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2 \
        -addext basicConstraints=CA:FALSE -CA "$1/authority.pem" -CAkey "$1/authority.key" \
        -keyout "$1/site.key" -out "$1/site.pem"
}
# Limits small enough that a test reaches them.
change_settings() {
    make_authority "$state/site" 2>/dev/null
    sed -i -e 's/^grace_seconds = .*/grace_seconds = 5/; s/^memory_megabytes = .*/memory_megabytes = 700/' \
        -e "s|^destination_authorities = .*|destination_authorities = ['$state/site/authority.pem']|" \
        "$state/shoji.toml"
}
with_temporary node "$top/tests/browser/faults/$1" "${@:2}"
