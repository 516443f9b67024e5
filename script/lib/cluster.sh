# cluster.sh - a Kubernetes: the one of KUBECONFIG, else that of tests/cluster; sourced after common.sh.
# shellcheck shell=sh

# shellcheck disable=SC2034 # for the script: whether find_cluster has asked for the one of tests/cluster
own_cluster=

# A cluster, as KUBECONFIG; false: none can run here.
find_cluster() {
    [ -z "${KUBECONFIG-}" ] || return 0
    [ "$(id -u)" -eq 0 ] && tests/cluster/cluster build || return 1
    KUBECONFIG=$(tests/cluster/cluster up --user $$ | tail -n 1)
    [ -n "$KUBECONFIG" ] || return 1
    export KUBECONFIG
    # shellcheck disable=SC2034 # as above
    own_cluster=yes
}

# load_into_cluster FILE...: PD_CLUSTER_LOAD is the command for a cluster that is not that of tests/cluster.
load_into_cluster() {
    for file; do
        # shellcheck disable=SC2086 # one word a word
        ${PD_CLUSTER_LOAD-tests/cluster/cluster load} "$file" >/dev/null ||
            die "'$file' is not taken; set PD_CLUSTER_LOAD to a command for it, such as 'kind load image-archive'"
    done
}

# list_in_kubernetes NAME: what there is of a deployment.
list_in_kubernetes() {
    PATH=$PATH:${CLUSTER_BIN-$HOME/.cache/playground-cluster/bin} \
        kubectl get namespaces,pods,persistentvolumes --all-namespaces -l "app.kubernetes.io/instance=$1" -o name
}

# It stays while others use it, or where somebody has started it for himself.
end_cluster() {
    tests/cluster/cluster down --user $$
}
