# common.sh - how every script begins; sourced, not run. Afterwards the current folder is the root of the project.
# shellcheck shell=sh
set -eu

# shellcheck disable=SC2034 # for the scripts that take paths
started_in=$PWD
cd "$(dirname -- "$0")/.."
root=$PWD

die() {
    echo "$(basename -- "$0"): $*" >&2
    exit 1
}

# The comment at the top of the script is its help.
usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$root/script/$(basename -- "$0")" >&2
    exit 64
}
