"""Pods whose container says what to run: a local process for each, held to its node's share of this machine.

The machine's processors are divided among the nodes in proportion to their virtual CPUs, by control groups (cgroups(7),
version 1 or 2); within a node a pod has the weight of what it requests and the limit that it states, as a kubelet gives
them. So pressure on a node takes from what the node's functions have, and from nobody else. Where control groups cannot
be made, processes run without.
"""
import os
import re
import signal
import subprocess
from pathlib import Path

from common import log, quantity, requested

ROOT = Path("/sys/fs/cgroup")
# Short periods, so that a share of a tenth of a processor is had every few milliseconds and not in one piece.
PERIOD_MICROSECONDS = 20_000
LEAST_QUOTA_MICROSECONDS = 1_000
# A kubelet's own numbers: shares for a thousand millicores, and the least (kubelet/cm/helpers_linux.go).
SHARES_PER_CPU, LEAST_SHARES = 1024, 2


class Group:
    """A control group for processor time."""

    def __init__(self, path):
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.is_unified = (path / "cgroup.controllers").exists()

    def _write(self, name, value):
        (self.path / name).write_text(str(value))

    def child(self, name):
        if self.is_unified:
            self._write("cgroup.subtree_control", "+cpu")
        return Group(self.path / name)

    def limit(self, processors):
        quota = max(int(processors * PERIOD_MICROSECONDS), LEAST_QUOTA_MICROSECONDS)
        if self.is_unified:
            self._write("cpu.max", f"{quota} {PERIOD_MICROSECONDS}")
        else:
            self._write("cpu.cfs_period_us", PERIOD_MICROSECONDS)
            self._write("cpu.cfs_quota_us", quota)

    def weigh(self, processors):
        shares = max(int(processors * SHARES_PER_CPU), LEAST_SHARES)
        # As container runtimes translate version 1's shares to version 2's weight.
        self._write(*(("cpu.weight", 1 + (shares - 2) * 9999 // 262142) if self.is_unified else ("cpu.shares", shares)))

    def add_this_process(self):
        self._write("cgroup.procs", os.getpid())

    def kill_all(self):
        """Ends every process in the group; whether there is none left."""
        try:
            processes = [int(line) for line in (self.path / "cgroup.procs").read_text().split()]
        except FileNotFoundError:
            return True
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return not processes

    def remove(self):
        try:
            self.path.rmdir()
        except OSError:
            pass  # Somebody is in it, or it is gone.


class Machine:
    """This machine, divided among `nodes`."""

    def __init__(self, nodes):
        self.whole = sum(node.cpus for node in nodes)
        self.processors = len(os.sched_getaffinity(0))
        self.groups = {}
        base = ROOT / "cpu" if (ROOT / "cpu" / "cpu.shares").exists() else ROOT
        # The network namespace tells this cluster from others; groups of those that are gone are cleared away.
        own = "reeve-" + re.sub(r"\D", "", os.readlink("/proc/self/ns/net"))
        try:
            for pattern in ("reeve-*/*/*", "reeve-*/*", "reeve-*"):
                for old in filter(Path.is_dir, base.glob(pattern)):
                    Group(old).remove()
            everything = Group(base / own)
            # Against whatever else runs on this machine the nodes weigh as many processors as they say they have.
            everything.weigh(self.whole)
            for node in nodes:
                self.groups[node.name] = everything.child(node.name)
                self.groups[node.name].limit(self.share(node))
        except OSError as error:
            log("no control groups, so pressure on a node reaches every node:", error)
            self.groups = {}

    def share(self, node):
        """The processors of this machine that `node` has."""
        return self.processors * node.cpus / self.whole

    def group(self, pod, node):
        """The control group of `pod` on `node`; None without control groups."""
        if node.name not in self.groups:
            return None
        group = self.groups[node.name].child(pod["metadata"]["uid"])
        group.weigh(requested(pod, "cpu"))
        limits = [(container.get("resources") or {}).get("limits") or {} for container in pod["spec"]["containers"]]
        if all("cpu" in limit for limit in limits):
            cpus = sum(quantity(limit["cpu"]) for limit in limits)
            group.limit(min(cpus / node.cpus, 1) * self.share(node))
        return group


def command(pod):
    """What the pod's container says to run; None when it leaves that to its image."""
    container = pod["spec"]["containers"][0]
    return container.get("command") and container["command"] + container.get("args", [])


class PodProcess:
    """The process of a pod."""

    def __init__(self, pod, address, node, machine):
        container = pod["spec"]["containers"][0]
        fields = {"status.podIP": address, "spec.nodeName": node.name, "metadata.name": pod["metadata"]["name"],
                  "metadata.namespace": pod["metadata"]["namespace"]}
        stated = {}
        for entry in container.get("env", []):
            reference = (entry.get("valueFrom") or {}).get("fieldRef") or {}
            stated[entry["name"]] = fields.get(reference.get("fieldPath"), entry.get("value", ""))
        # As Kubernetes expands $(NAME) in commands; what is not stated stays as it is written.
        words = [re.sub(r"\$\((\w+)\)", lambda found: stated.get(found[1], found[0]), word) for word in command(pod)]
        self.group = machine.group(pod, node)
        self.process = subprocess.Popen(
            words, env=os.environ | stated, cwd=container.get("workingDir"), stdin=subprocess.DEVNULL,
            preexec_fn=self.group.add_this_process if self.group else None, start_new_session=True)

    def exit_code(self):
        """None while it runs."""
        return self.process.poll()

    def terminate(self):
        if self.process.poll() is None:
            self.process.terminate()

    def end(self):
        """Ends it and whatever it has started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if self.group:
            while not self.group.kill_all():
                pass
            self.group.remove()
