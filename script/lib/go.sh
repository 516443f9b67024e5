# go.sh - the Go programs of the tests, tests/go; sourced behind common.sh.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root is of common.sh

# No other Go than the one that is there, and none of the version control.
export GOTOOLCHAIN=local GOFLAGS=-buildvcs=false

# Whether PATH has a Go that is new enough, but for the one that script/bootstrap has installed. It is Go itself that knows
# what tests/go/go.mod wants.
has_go() {
    case $(command -v go) in
    '' | "$root/build/venv/"*) return 1 ;;
    esac
    go list -C tests/go -m >/dev/null 2>&1
}

# Into build/go, and only what is not there yet. The modules come by network the first time.
build_go() {
    has_go || PATH=$root/build/venv/bin:$PATH
    go build -C tests/go -o "$root/build/go/" ./... tool >build/go.log 2>&1 || {
        cat build/go.log >&2
        die "the Go programs of the tests cannot be built; the first time that wants the network"
    }
}
