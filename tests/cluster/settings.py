"""What each program of the cluster is told.

The kubelet runs where cgroups are of version 1 and no process may raise its limits, as in many a
sandbox; what looks odd is for that: KubeletInUserNamespace, failCgroupV1, cgroupsPerQOS, and the
OOM score that containerd leaves alone.
"""

import json
import socket
from dataclasses import dataclass, field
from pathlib import Path

PODS = "10.244.0.0/16"
POD_RANGE = "10.244.0.0/24"  # of the one node
SERVICES = "10.96.0.0/16"
FIRST_SERVICE = "10.96.0.1"  # the API server's own
DNS = "169.254.96.53"  # an address of the loopback interface, so that port 53 is free
NODE = "node1"
BRIDGE = "pdcluster0"
PAUSE = "localhost/pause:1"  # holds the namespaces of a pod


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _own_address() -> str:
    """Where this machine would send from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("198.51.100.1", 9))
        return sock.getsockname()[0]


@dataclass
class Settings:
    state: Path
    programs: Path
    address: str = field(default_factory=_own_address)

    def __post_init__(self):
        self.api, self.etcd, self.etcd_peer, self.kubelet = _free_ports(4)
        self.pki = self.state / "pki"
        self.socket = self.state / "containerd.sock"
        self.admin = self.state / "admin.conf"

    def kubeconfig(self, user: str) -> str:
        """JSON is YAML, too."""
        cluster = {
            "server": f"https://{self.address}:{self.api}",
            "certificate-authority": str(self.pki / "ca.crt"),
        }
        me = {
            "client-certificate": str(self.pki / f"{user}.crt"),
            "client-key": str(self.pki / f"{user}.key"),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": user, "user": me}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
            "current-context": "test",
        }
        return json.dumps(config, indent=2)

    def etcd_flags(self) -> list[str]:
        clients = f"http://127.0.0.1:{self.etcd}"
        peers = f"http://127.0.0.1:{self.etcd_peer}"
        return [
            f"--data-dir={self.state / 'etcd'}",
            *(f"--listen-client-urls={clients}", f"--advertise-client-urls={clients}"),
            *(f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}"),
            *(f"--initial-cluster=default={peers}", "--unsafe-no-fsync"),
        ]

    def apiserver_flags(self) -> list[str]:
        pki = self.pki
        return [
            *(f"--etcd-servers=http://127.0.0.1:{self.etcd}", f"--secure-port={self.api}"),
            *(f"--bind-address={self.address}", f"--advertise-address={self.address}"),
            f"--tls-cert-file={pki / 'apiserver.crt'}",
            f"--tls-private-key-file={pki / 'apiserver.key'}",
            f"--client-ca-file={pki / 'ca.crt'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={pki / 'accounts.pub'}",
            f"--service-account-signing-key-file={pki / 'accounts.key'}",
            f"--kubelet-client-certificate={pki / 'admin.crt'}",
            f"--kubelet-client-key={pki / 'admin.key'}",
            "--kubelet-preferred-address-types=InternalIP",
            *(f"--service-cluster-ip-range={SERVICES}", "--authorization-mode=Node,RBAC"),
        ]

    def controllers_flags(self) -> list[str]:
        return [
            *(f"--kubeconfig={self.admin}", "--secure-port=0", "--leader-elect=false"),
            f"--service-account-private-key-file={self.pki / 'accounts.key'}",
            f"--root-ca-file={self.pki / 'ca.crt'}",
            *("--use-service-account-credentials", "--allocate-node-cidrs"),
            *(f"--cluster-cidr={PODS}", f"--service-cluster-ip-range={SERVICES}"),
        ]

    def scheduler_flags(self) -> list[str]:
        return [f"--kubeconfig={self.admin}", "--secure-port=0", "--leader-elect=false"]

    def proxy_flags(self) -> list[str]:
        return [
            *(f"--kubeconfig={self.admin}", f"--hostname-override={NODE}"),
            *(f"--cluster-cidr={PODS}", "--conntrack-max-per-core=0"),
            *("--healthz-bind-address=", "--metrics-bind-address="),
        ]

    def kubelet_flags(self) -> list[str]:
        return [
            f"--config={self.state / 'kubelet.json'}",
            f"--kubeconfig={self.state / 'node.conf'}",
            *(f"--hostname-override={NODE}", f"--node-ip={self.address}"),
            *(f"--root-dir={self.state / 'kubelet'}", f"--cert-dir={self.pki / 'kubelet'}"),
        ]

    def kubelet_config(self) -> str:
        config = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": False},
                "x509": {"clientCAFile": str(self.pki / "ca.crt")},
            },
            "authorization": {"mode": "AlwaysAllow"},
            "tlsCertFile": str(self.pki / "node.crt"),
            "tlsPrivateKeyFile": str(self.pki / "node.key"),
            "address": self.address,
            "port": self.kubelet,
            "healthzPort": 0,
            "containerRuntimeEndpoint": f"unix://{self.socket}",
            "cgroupDriver": "cgroupfs",
            "cgroupsPerQOS": False,
            "enforceNodeAllocatable": [],
            "failCgroupV1": False,
            "failSwapOn": False,
            "localStorageCapacityIsolation": False,
            "makeIPTablesUtilChains": False,
            "featureGates": {"KubeletInUserNamespace": True},
            "clusterDNS": [DNS],
            "clusterDomain": "cluster.local",
            "resolvConf": str(self.state / "resolv.conf"),
            # A full disk and little memory are no matter for tests.
            "evictionHard": {
                "memory.available": "10Mi",
                "nodefs.available": "0%",
                "imagefs.available": "0%",
            },
            "imageGCHighThresholdPercent": 100,
        }
        return json.dumps(config, indent=2)

    def containerd_config(self) -> str:
        """TOML. The network namespaces lie in the state, so that they go with it."""
        return f"""version = 3
root = "{self.state}/containerd"
state = "{self.state}/run"
[grpc]
  address = "{self.socket}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["{self.programs}"]
  conf_dir = "{self.state}/cni"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "{PAUSE}"
"""

    def network(self) -> str:
        addresses = {
            "type": "host-local",
            "dataDir": str(self.state / "leases"),
            "ranges": [[{"subnet": POD_RANGE}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        }
        bridge = {
            "type": "bridge",
            "bridge": BRIDGE,
            "isGateway": True,
            "hairpinMode": True,
            "ipam": addresses,
        }
        return json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge]}, indent=2)

    def names(self) -> str:
        """CoreDNS's Corefile."""
        return f""".:53 {{
  bind {DNS}
  errors
  kubernetes cluster.local {{
    kubeconfig {self.admin}
  }}
}}
"""
