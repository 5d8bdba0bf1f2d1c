"""metrics.k8s.io as a metrics server would fill it: invented usage in proportion to what pods request."""
import time

from api import MERGE, Unreachable
from common import log, requested, time_now

PERIOD_SECONDS = 5
API = "/apis/metrics.k8s.io/v1beta1"
# Use of an idle node; shares of its requests that a pod uses; what a pod without requests would have asked for.
IDLE_CPUS, IDLE_BYTES = 0.05, 200 * 2**20
CPU_SHARE, MEMORY_SHARE = 0.6, 0.7
UNSTATED_CPUS, UNSTATED_BYTES = 0.1, 64 * 2**20


def _usage(cpus, octets):
    return {"cpu": f"{int(cpus * 1e9)}n", "memory": f"{int(octets) // 1024}Ki"}


def _publish(api, collection, kind, name, content, owners=()):
    metrics = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": kind,
               "metadata": {"name": name, "ownerReferences": list(owners)},
               "timestamp": time_now(), "window": "15s", **content}
    status, _ = api.call("PATCH", f"{API}/{collection}/{name}", metrics, MERGE)
    if status == 404:
        api.call("POST", f"{API}/{collection}", metrics)


def _round(api, nodes, pods):
    used = {name: [IDLE_CPUS, IDLE_BYTES] for name in nodes}
    for pod in pods.running():
        cpus = CPU_SHARE * (requested(pod, "cpu") or UNSTATED_CPUS)
        octets = MEMORY_SHARE * (requested(pod, "memory") or UNSTATED_BYTES)
        node = used[pod["spec"]["nodeName"]]
        node[0], node[1] = node[0] + cpus, node[1] + octets
        container = {"name": pod["spec"]["containers"][0]["name"], "usage": _usage(cpus, octets)}
        name = pod["metadata"]["name"]
        # So that they go when the pod goes.
        owner = {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": pod["metadata"]["uid"]}
        _publish(api, f"namespaces/{pod['metadata']['namespace']}/pods", "PodMetrics", name,
                 {"containers": [container]}, [owner])
    for name, (cpus, octets) in used.items():
        _publish(api, "nodes", "NodeMetrics", name, {"usage": _usage(cpus, octets)})


def publish_for_ever(api, nodes, pods):
    while True:
        try:
            _round(api, nodes, pods)
        except Unreachable as error:
            log(error)
        time.sleep(PERIOD_SECONDS)
