#!/usr/bin/env bash
# What ./run says to options that it cannot use, in both languages, before it installs or builds anything.
set -euo pipefail
run=$(dirname "$0")/../run

wrong=0
# says LANGUAGE TEXT OPTION…: with exit code 1.
says() {
    local code=0 said
    said=$(env -u LC_ALL -u LC_MESSAGES "LANG=$1" "$run" "${@:3}" 2>&1 >/dev/null) || code=$?
    if [ "$code" -eq 1 ] && [ "$said" = "$2" ]; then
        echo "ok $1 ${*:3}"
    else
        echo "WRONG $1 ${*:3}: $code, $said"
        wrong=1
    fi
}

for option in --state --listen --port --demo-port; do
    says en_US.UTF-8 "$option needs a value. See ./run --help." "$option"
    says ja_JP.UTF-8 "$option には値が必要です。./run --help をご覧ください。" --check "$option"
    says en_US.UTF-8 "$option needs a value. See ./run --help." "$option" ''
done
says en_US.UTF-8 "Unknown option: --nothing. See ./run --help." --nothing
exit "$wrong"
