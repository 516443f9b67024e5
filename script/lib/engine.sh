# engine.sh - a container engine's API by curl; sourced after common.sh.
# shellcheck shell=sh

# The engine that answers, as DOCKER_HOST names one, becomes $engine; false: none does. Looked for where docs/engines.md says.
find_engine() {
    if [ -n "${DOCKER_HOST-}" ]; then
        engine=$DOCKER_HOST
        case $engine in
        unix:///* | tcp://*) ;;
        *) die "DOCKER_HOST '$engine' is not for this script: write unix:///path, or tcp://127.0.0.1:PORT" ;;
        esac
        ask_engine /_ping -m 5 >/dev/null 2>&1
        return
    fi
    runtime=${XDG_RUNTIME_DIR-/nonexistent}
    for socket in /var/run/docker.sock "$runtime/docker.sock" /run/podman/podman.sock "$runtime/podman/podman.sock"; do
        engine=unix://$socket
        if ask_engine /_ping -m 5 >/dev/null 2>&1; then return; fi
    done
    return 1
}

# ask_engine PATH [FLAG...]: what $engine answers; FLAGs are curl's.
ask_engine() {
    path=$1
    shift
    case $engine in
    unix://*) curl -sS --fail-with-body --noproxy '*' --unix-socket "${engine#unix://}" "$@" "http://docker$path" ;;
    tcp://*) curl -sS --fail-with-body --noproxy '*' "$@" "http://${engine#tcp://}$path" ;;
    esac
}

# load_image FILE: into $engine, which tells a failure in an answer that begins well.
load_image() {
    answer=$(ask_engine /images/load -X POST -H 'Content-Type: application/x-tar' -H 'Expect:' -T "$1") ||
        die "'$engine' does not take '$1': $answer"
    case $answer in
    *'"errorDetail"'*) die "'$engine' does not take '$1': $answer" ;;
    esac
}
