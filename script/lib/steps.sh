# steps.sh - a script that shows what it does and how long that takes; sourced after common.sh.
# shellcheck shell=sh

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

now_ms() {
    date +%s%3N
}

# step TITLE COMMAND...: say what is done, do it, say how long it took.
step() {
    echo "$bold==> $1$plain"
    shift
    began=$(now_ms)
    "$@"
    echo "    $(($(now_ms) - began)) ms"
}

# await SECONDS COMMAND...: until the command succeeds; false: it did not within that time.
await() {
    deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(now_ms)" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}
