"""The pods bound to the nodes: brought to Ready, served for, and taken away when they are to end."""
import heapq
import http.client
import itertools
import threading
import time

from api import STRATEGIC, Unreachable
from common import log, time_now
from machine import Machine, PodProcess, command
from watchdog import Watchdog

# From being bound to Ready, and from being told to end to being gone, in seconds.
START_SECONDS, STOP_SECONDS = 0.3, 0.2
RETRY_SECONDS = 0.2
# Annotations by which a test makes a pod slow to start or slow to answer.
START_ANNOTATION, WORK_ANNOTATION = "test.reeve/start-seconds", "test.reeve/work-seconds"


class Agenda:
    """What is to be done when: each piece of work stands in it at most once."""

    def __init__(self):
        self.heap, self.standing, self.order = [], set(), itertools.count()
        self.changed = threading.Condition()

    def add(self, seconds, work):
        with self.changed:
            if work not in self.standing:
                self.standing.add(work)
                heapq.heappush(self.heap, (time.monotonic() + seconds, next(self.order), work))
                self.changed.notify()

    def next(self):
        """Waits for the next piece of work to be due and takes it out."""
        with self.changed:
            while True:
                wait = self.heap[0][0] - time.monotonic() if self.heap else None
                if wait is not None and wait <= 0:
                    work = heapq.heappop(self.heap)[2]
                    self.standing.discard(work)
                    return work
                self.changed.wait(wait)


class Pods:
    """What is known of pods; `seen` and `lost` tell of changes, `work_for_ever` carries out what follows."""

    def __init__(self, api, nodes, pod_network):
        self.api, self.nodes, self.pod_network = api, nodes, pod_network
        self.known, self.servers, self.agenda = {}, {}, Agenda()
        self.addresses, self.ending, self.lock = {}, {}, threading.Lock()
        self.processes, self.machine = {}, None

    def seen(self, pod):
        uid = pod["metadata"]["uid"]
        self.known[uid] = pod
        if pod["spec"].get("nodeName") not in self.nodes:
            return
        if "deletionTimestamp" in pod["metadata"]:
            self.agenda.add(STOP_SECONDS, ("stop", uid))
        elif _phase(pod) == "Pending":
            self.agenda.add(float(_annotation(pod, START_ANNOTATION, START_SECONDS)), ("start", uid))

    def lost(self, uid):
        self.known.pop(uid, None)
        with self.lock:
            self.addresses.pop(uid, None)
            self.ending.pop(uid, None)
            server, process = self.servers.pop(uid, None), self.processes.pop(uid, None)
        if server:
            server.end()
        if process:
            process.end()

    def running(self):
        """The pods that run on the nodes."""
        return [pod for pod in list(self.known.values())
                if pod["spec"].get("nodeName") in self.nodes and _phase(pod) == "Running"]

    def work_for_ever(self):
        while True:
            what, uid = self.agenda.next()
            pod = self.known.get(uid)
            if not pod:
                continue
            try:
                done = {"start": self._start, "stop": self._stop, "look": self._look}[what](pod)
            except (Unreachable, OSError) as error:
                log(what, pod["metadata"]["name"], error)
                done = False
            if not done:
                self.agenda.add(RETRY_SECONDS, (what, uid))

    def watch_for_ever(self):
        while True:
            try:
                self._watch()
            except Unreachable as error:
                log(error)
                time.sleep(RETRY_SECONDS)

    def _watch(self):
        status, pods = self.api.call("GET", "/api/v1/pods?resourceVersion=0")
        if status != 200:
            raise Unreachable(f"list of pods: {status}")
        present = {pod["metadata"]["uid"] for pod in pods["items"]}
        for uid in [uid for uid in self.known if uid not in present]:
            self.lost(uid)
        for pod in pods["items"]:
            self.seen(pod)
        version = pods["metadata"]["resourceVersion"]
        while True:
            before = version
            for event in self.api.watch("/api/v1/pods", version):
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] == "DELETED":
                    self.lost(event["object"]["metadata"]["uid"])
                elif event["type"] != "BOOKMARK":
                    self.seen(event["object"])
            if version == before:
                return

    def _start(self, pod):
        if "deletionTimestamp" in pod["metadata"] or _phase(pod) != "Pending":
            return True
        name, uid, node = pod["metadata"]["name"], pod["metadata"]["uid"], pod["spec"]["nodeName"]
        address = self._address(uid, node)
        if command(pod):
            self._run(pod, address)
            if not _is_probed_well(pod, address):
                return False
            self.agenda.add(RETRY_SECONDS, ("look", uid))
        else:
            with self.lock:
                if uid not in self.servers:
                    work = float(_annotation(pod, WORK_ANNOTATION, 0))
                    self.servers[uid] = Watchdog(address, name, node, work)
        status, answer = self.api.call("PATCH", f"{_path(pod)}/status", self._running_status(pod, address), STRATEGIC)
        log("started", name, "on", node, "at", address, status, "" if status == 200 else answer)
        return status in (200, 404, 409)

    def _run(self, pod, address):
        with self.lock:
            self.machine = self.machine or Machine(self.nodes.values())
            if pod["metadata"]["uid"] not in self.processes:
                node = self.nodes[pod["spec"]["nodeName"]]
                self.processes[pod["metadata"]["uid"]] = PodProcess(pod, address, node, self.machine)

    def _look(self, pod):
        """Says how a pod's process has ended, once it has; what is restarted is none of a test bed's concern."""
        process = self.processes.get(pod["metadata"]["uid"])
        if process is None or "deletionTimestamp" in pod["metadata"]:
            return True
        code = process.exit_code()
        if code is None:
            return False
        log("process of", pod["metadata"]["name"], "ended with", code)
        status, _ = self.api.call("PATCH", f"{_path(pod)}/status", _ended_status(pod, code), STRATEGIC)
        return status in (200, 404, 409)

    def _stop(self, pod):
        # A watchdog that is told to end answers what it has begun, within the grace period.
        with self.lock:
            server, deadline = self.servers.get(pod["metadata"]["uid"]), self._deadline(pod)
            process = self.processes.get(pod["metadata"]["uid"])
        if process:
            process.terminate()
        is_busy = server and server.busy or process and process.exit_code() is None
        if is_busy and time.monotonic() < deadline:
            return False
        status, _ = self.api.call("DELETE", _path(pod), {
            "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
            "preconditions": {"uid": pod["metadata"]["uid"]}})
        log("ended", pod["metadata"]["name"], status)
        return status in (200, 404, 409)

    def _deadline(self, pod):
        grace = pod["metadata"].get("deletionGracePeriodSeconds", 0)
        return self.ending.setdefault(pod["metadata"]["uid"], time.monotonic() + grace)

    def _address(self, uid, node):
        with self.lock:
            if uid not in self.addresses:
                taken = set(self.addresses.values())
                block = self.nodes[node].number * 32
                places = itertools.product(range(block, block + 32), range(1, 255))
                free = (f"{self.pod_network}.{third}.{fourth}" for third, fourth in places)
                self.addresses[uid] = next(address for address in free if address not in taken)
            return self.addresses[uid]

    def _running_status(self, pod, address):
        now = time_now()
        containers = pod["spec"]["containers"]
        # The uid guards against a pod of the same name that came in between.
        return {"metadata": {"uid": pod["metadata"]["uid"]}, "status": {
            "phase": "Running", "startTime": now, "podIP": address, "podIPs": [{"ip": address}],
            "hostIP": self.nodes[pod["spec"]["nodeName"]].address,
            "conditions": [{"type": kind, "status": "True", "lastTransitionTime": now}
                           for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")],
            "containerStatuses": [
                {"name": container["name"], "image": container["image"], "imageID": f"none://{container['image']}",
                 "containerID": f"none://{pod['metadata']['uid']}", "ready": True, "started": True, "restartCount": 0,
                 "state": {"running": {"startedAt": now}}} for container in containers]}}


def _phase(pod):
    return (pod.get("status") or {}).get("phase", "Pending")


def _ended_status(pod, code):
    now = time_now()
    return {"metadata": {"uid": pod["metadata"]["uid"]}, "status": {
        "phase": "Failed" if code else "Succeeded",
        "conditions": [{"type": kind, "status": "False", "lastTransitionTime": now, "reason": "PodCompleted"}
                       for kind in ("ContainersReady", "Ready")],
        "containerStatuses": [
            {"name": container["name"], "image": container["image"], "imageID": f"none://{container['image']}",
             "containerID": f"none://{pod['metadata']['uid']}", "ready": False, "started": False, "restartCount": 0,
             "state": {"terminated": {"exitCode": abs(code), "finishedAt": now}}}
            for container in pod["spec"]["containers"]]}}


def _is_probed_well(pod, address):
    """Whether the pod's readiness probe, where it has one over HTTP, is answered well."""
    probe = (pod["spec"]["containers"][0].get("readinessProbe") or {}).get("httpGet")
    if not probe:
        return True
    connection = http.client.HTTPConnection(address, probe["port"], timeout=1)
    try:
        connection.request("GET", probe.get("path", "/"))
        return 200 <= connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _annotation(pod, name, otherwise):
    return (pod["metadata"].get("annotations") or {}).get(name, otherwise)


def _path(pod):
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
