"""Times and quantities as Kubernetes writes them, and the log."""
import datetime

UNITS = {
    "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}


def _now(form):
    return datetime.datetime.now(datetime.timezone.utc).strftime(form)


def time_now():
    """The present time, in seconds (metav1.Time)."""
    return _now("%Y-%m-%dT%H:%M:%SZ")


def micro_time_now():
    """The present time, in microseconds (metav1.MicroTime)."""
    return _now("%Y-%m-%dT%H:%M:%S.%fZ")


def quantity(text):
    """The number that a quantity such as "250m" or "1.5Gi" stands for."""
    text = str(text)
    unit = text.lstrip("0123456789.")
    return float(text[:len(text) - len(unit)]) * UNITS[unit]


def requested(pod, resource):
    """What the pod's containers request of `resource` together."""
    requests = ((container.get("resources") or {}).get("requests") or {} for container in pod["spec"]["containers"])
    return sum(quantity(request.get(resource, 0)) for request in requests)


def log(*words):
    print(time_now(), *words, flush=True)
