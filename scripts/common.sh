# Functions that run, test and bench share. Sourced, never executed.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
language=en
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in ja*) language=ja ;; esac

# A second clone finds what a first one compiled: paths and times of files are no part of the key.
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# say KEY [NAME VALUE]…: a message of the catalogue, before anything is built that could tell it.
say() {
    local key=$1 text
    shift
    text=$(sed -n "s/^ *\"$key\": *{ *\"ja\": *\"\(.*\)\", *\"en\": *\"\(.*\)\" *},\{0,1\}\$/\1\n\2/p" \
        "$top/src/core/text/catalogue/run.json")
    if [ "$language" = ja ]; then text=${text%%$'\n'*}; else text=${text#*$'\n'}; fi
    [ -n "$text" ] || text=$key
    while [ $# -ge 2 ]; do
        text=${text//"{$1}"/"$2"}
        shift 2
    done
    printf '%s\n' "$text"
}

fail() {
    say "$@" >&2
    exit 1
}

# step KEY COMMAND…: runs a command that may take long; its output goes to a log that is shown when it
# fails. A counter of seconds moves on a terminal meanwhile.
step() {
    local key=$1 log started pid status
    shift
    log=$(mktemp)
    started=$SECONDS
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    if [ -t 2 ]; then
        while kill -0 "$pid" 2>/dev/null; do
            printf '\r… %s %ds ' "$(say "$key")" $((SECONDS - started)) >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    fi
    status=0
    wait "$pid" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$log" >&2
        rm -f "$log"
        fail run.step_failed step "$(say "$key")"
    fi
    rm -f "$log"
    printf '✓ %s (%ds)\n' "$(say "$key")" $((SECONDS - started)) >&2
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs the Debian packages of the lists that are not there yet.
install_packages() {
    local wanted missing=()
    wanted=$(cat "$@" | sed 's/#.*//' | tr -s ' \n' ' ')
    for package in $wanted; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    # A Node.js of 18 or later serves; otherwise Debian's.
    if ! node_is_usable; then missing+=(nodejs npm); fi
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail run.packages_need_root packages "${missing[*]}"
    fi
    step run.step_packages as_root sh -c \
        'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"' \
        sh "${missing[@]}"
}

node_is_usable() {
    local version
    version=$(node --version 2>/dev/null) || return 1
    command -v npm >/dev/null || return 1
    version=${version#v}
    [ "${version%%.*}" -ge 18 ]
}

# npm_install FOLDER: what the folder's lock file lists, when it is not there yet. Not 'npm ci': it refuses a
# lock file without the optional packages of other platforms.
npm_install() {
    local stamp=$1/node_modules/.shoji-lock
    cmp -s "$1/package-lock.json" "$stamp" && return 0
    step run.step_npm npm --prefix "$1" install --no-save --no-audit --no-fund
    cp "$1/package-lock.json" "$stamp"
}

build_web() {
    local target=$top/build/release/share/web stamp=$top/build/release/share/web.stamp sources
    npm_install "$top/web"
    sources=$(cd "$top" && find web src/core/text/catalogue -type f -not -path '*/node_modules/*' \
        -not -path '*/dist/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
    [ -d "$target" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ] && return 0
    step run.step_web npm --prefix "$top/web" run build
    mkdir -p "$top/build/release/share"
    rm -rf "$target"
    cp -r "$top/web/dist" "$target"
    printf '%s\n' "$sources" >"$stamp"
}

# build_release TARGET…
build_release() {
    (cd "$top" && step run.step_configure cmake --preset release)
    step run.step_build ninja -C "$top/build/release" "$@"
}
programs=(shoji shoji-log shoji-audit shoji-host shoji-gateway shoji-session shoji-egress shoji-hub shoji-sensor)
