"""The nodes: registered once, then kept ready by their status and their leases."""
import time

from api import MERGE, STRATEGIC, Unreachable
from common import log, micro_time_now, time_now

# Names, virtual CPUs and memory of the thesis' test bed, w04's memory as its text has it.
TEST_BED = (("w01", 8, 15.6), ("w02", 8, 15.6), ("w03", 16, 31.4), ("w04", 4, 7.8))
# The controllers call a node unknown after 40 s without a beat.
BEAT_SECONDS = 8
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory"), ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID"), ("Ready", "True", "KubeletReady"))


class Node:
    def __init__(self, number, name, cpus, gibibytes, pod_network):
        self.number, self.name, self.cpus = number, name, cpus
        self.kibibytes = int(gibibytes * 2**20)
        self.address = f"{pod_network}.255.{number + 1}"
        self.since = time_now()

    def object(self):
        labels = {"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                  "node-role.kubernetes.io/worker": ""}
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name, "labels": labels}}

    def status(self):
        room = {"cpu": str(self.cpus), "memory": f"{self.kibibytes}Ki", "pods": "110"}
        return {"status": {
            "capacity": room, "allocatable": room,
            "conditions": [
                {"type": kind, "status": status, "reason": reason, "lastHeartbeatTime": time_now(),
                 "lastTransitionTime": self.since} for kind, status, reason in HEALTHY],
            "addresses": [{"type": "InternalIP", "address": self.address}, {"type": "Hostname", "address": self.name}],
            "nodeInfo": {
                "architecture": "amd64", "operatingSystem": "linux", "osImage": "none", "kernelVersion": "none",
                "kubeletVersion": "v1.20.2", "kubeProxyVersion": "v1.20.2", "containerRuntimeVersion": "none://1",
                "machineID": self.name, "systemUUID": self.name, "bootID": self.name}}}

    def lease(self):
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": {"name": self.name, "namespace": "kube-node-lease"},
                "spec": {"holderIdentity": self.name, "leaseDurationSeconds": 40, "renewTime": micro_time_now()}}


def test_bed(pod_network):
    """The nodes of the test bed by name."""
    nodes = (Node(number, *what, pod_network) for number, what in enumerate(TEST_BED))
    return {node.name: node for node in nodes}


def register(api, nodes):
    for node in nodes:
        api.call("POST", "/api/v1/nodes", node.object())
    beat(api, nodes)


def beat(api, nodes):
    for node in nodes:
        status, answer = api.call("PATCH", f"/api/v1/nodes/{node.name}/status", node.status(), STRATEGIC)
        if status != 200:
            log("status of", node.name, status, answer)
        status, _ = api.call("PATCH", f"{LEASES}/{node.name}", {"spec": node.lease()["spec"]}, MERGE)
        if status == 404:
            api.call("POST", LEASES, node.lease())


def beat_for_ever(api, nodes):
    while True:
        time.sleep(BEAT_SECONDS)
        try:
            beat(api, nodes)
        except Unreachable as error:
            log(error)
