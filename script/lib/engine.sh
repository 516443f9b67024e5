# engine.sh - a container engine, found, asked by curl, or started; sourced after common.sh and, to start one, steps.sh.
# shellcheck shell=sh

# The engine that answers, as DOCKER_HOST names one, becomes $engine; false: none does. Looked for where docs/engines.md says.
find_engine() {
    if [ -n "${DOCKER_HOST-}" ]; then
        engine=$DOCKER_HOST
        case $engine in
        unix:///* | tcp://*) ;;
        *) die "DOCKER_HOST '$engine' is not for this script: write unix:///path, or tcp://127.0.0.1:PORT" ;;
        esac
        engine_answers
        return
    fi
    runtime=${XDG_RUNTIME_DIR-/nonexistent}
    for socket in /var/run/docker.sock "$runtime/docker.sock" /run/podman/podman.sock "$runtime/podman/podman.sock"; do
        engine=unix://$socket
        if engine_answers; then return; fi
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

engine_answers() {
    ask_engine /_ping -m 5 >/dev/null 2>&1
}

# load_image FILE: into $engine, which tells a failure in an answer that begins well.
load_image() {
    answer=$(ask_engine /images/load -X POST -H 'Content-Type: application/x-tar' -H 'Expect:' -T "$1") ||
        die "'$engine' does not take '$1': $answer"
    case $answer in
    *'"errorDetail"'*) die "'$engine' does not take '$1': $answer" ;;
    esac
}

# list_in_docker NAME: what $engine has of a deployment, a line each: containers, networks, volumes.
list_in_docker() {
    for kind in containers/json networks volumes; do
        ask_engine "/$kind" -G -d all=1 \
            --data-urlencode "filters={\"label\":[\"app.kubernetes.io/instance=$1\"]}" |
            grep -o '"Names\{0,1\}":[^,]*' || true
    done
}

# start_docker LOG: a Docker of one's own as $engine, process $docker, which leaves the network of this machine as it is and does
# not hear a Ctrl-C; false: none can run here.
start_docker() {
    [ "$(id -u)" -eq 0 ] && [ -w /sys/fs/cgroup ] && command -v dockerd >/dev/null || return 1
    docker_dir=$(mktemp -d /tmp/pd-docker.XXXXXX) # a socket's path is short
    engine=unix://$docker_dir/s
    setsid dockerd -H "$engine" --data-root "$docker_dir/d" --exec-root "$docker_dir/e" -p "$docker_dir/pid" \
        --bridge none --iptables=false >"$1" 2>&1 &
    docker=$!
    await 20 docker_answers_or_ended && kill -0 "$docker" 2>/dev/null
}

docker_answers_or_ended() {
    engine_answers || ! kill -0 "$docker" 2>/dev/null
}

# With all that it runs.
end_docker() {
    kill "$docker" 2>/dev/null || true
    wait "$docker" || true # it failed to start, and its log says why
    docker=
    # where mounts are private, as in a chroot, dockerd mounts its folder on itself and leaves that behind
    ! mountpoint -q "$docker_dir/d" || umount "$docker_dir/d"
    rm -rf "$docker_dir"
}
