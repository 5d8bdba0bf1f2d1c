"""Which functions there are and where each can be called."""
import random
import threading
import time


class Function:
    """A function as it stands: how many replicas are wanted, and at which addresses it answers."""

    def __init__(self, image, wanted, addresses):
        self.image, self.wanted, self.addresses = image, wanted, addresses

    def status(self, name, namespace):
        """As GET /system/function/NAME describes it: numbers that are zero are left out."""
        numbers = {"replicas": self.wanted, "availableReplicas": len(self.addresses)}
        return {"name": name, "namespace": namespace, "image": self.image, "labels": {"faas_function": name}} | {
            key: number for key, number in numbers.items() if number}

    def choose(self):
        """One of the addresses, by chance as the provider chooses; None when there is none."""
        return random.choice(self.addresses) if self.addresses else None


class FileProvider:
    """The functions that a file names, each with its URL."""

    namespace = "openfaas-fn"

    def __init__(self, path):
        with open(path) as file:
            pairs = [line.split() for line in file if line.strip()]
        self.known = {name: Function("local", 1, [url.removeprefix("http://")]) for name, url in pairs}

    def functions(self):
        return self.known


class KubernetesProvider:
    """The Deployments of a namespace with their ready pods, kept up to date by watching both."""

    # A pod of a function listens here, as OpenFaaS has it.
    PORT = 8080
    RETRY_SECONDS = 0.2

    def __init__(self, api, namespace):
        self.api, self.namespace = api, namespace
        self.lock, self.deployments, self.pods = threading.Lock(), {}, {}
        self.cached = None

    def functions(self):
        with self.lock:
            if self.cached is None:
                self.cached = {name: self._function(found) for name, found in self.deployments.items()}
            return self.cached

    def _function(self, deployment):
        wanted = deployment["spec"]["selector"].get("matchLabels") or {}
        addresses = [
            f"{pod['status']['podIP']}:{self.PORT}" for pod in self.pods.values()
            if wanted.items() <= (pod["metadata"].get("labels") or {}).items() and _is_ready(pod)]
        image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
        return Function(image, deployment["spec"].get("replicas", 1), addresses)

    def watch_for_ever(self):
        pods = threading.Thread(
            target=self._follow, args=(f"/api/v1/namespaces/{self.namespace}/pods", self.pods), daemon=True)
        pods.start()
        self._follow(f"/apis/apps/v1/namespaces/{self.namespace}/deployments", self.deployments)

    def _follow(self, path, known):
        from api import Unreachable
        while True:
            try:
                status, answer = self.api.call("GET", path)
                if status != 200:
                    raise Unreachable(f"GET {path}: {status} {answer}")
                with self.lock:
                    known.clear()
                    known.update({item["metadata"]["name"]: item for item in answer["items"]})
                    self.cached = None
                self._watch(path, known, answer["metadata"]["resourceVersion"])
            except Unreachable as error:
                print(error, flush=True)
                time.sleep(self.RETRY_SECONDS)

    def _watch(self, path, known, version):
        while True:
            before = version
            for event in self.api.watch(path, version):
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] == "BOOKMARK":
                    continue
                with self.lock:
                    self.cached = None
                    if event["type"] == "DELETED":
                        known.pop(event["object"]["metadata"]["name"], None)
                    else:
                        known[event["object"]["metadata"]["name"]] = event["object"]
            if version == before:
                return


def _is_ready(pod):
    conditions = (pod.get("status") or {}).get("conditions") or []
    return "deletionTimestamp" not in pod["metadata"] and any(
        condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
