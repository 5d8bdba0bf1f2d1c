"""From a request to frames: what stands before the models."""
import cv2

from store import is_name
from watchdog import BadInput

MOST_FRAMES = 1000


def _number(request, name, otherwise, least):
    value = request.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
        raise BadInput(f"{name} is {value!r}: allowed is a number from {least}")
    return value


def wrapper(request, _):
    """Takes a client's request and says in full which frames are wanted: `frames` of them, one every `interval`
    seconds from `start` on. A request may say until when (`end`) instead of how many."""
    if not isinstance(request, dict) or not is_name(request.get("video")):
        raise BadInput('the request names no video: it must be such as {"video": "videos/faces.mp4", "frames": 7}')
    start = _number(request, "start", 0, 0)
    interval = _number(request, "interval", 1, 0.001)
    if "end" in request:
        count = int((_number(request, "end", None, start) - start) / interval)
    else:
        count = _number(request, "frames", 7, 1)
    if not 1 <= count <= MOST_FRAMES:
        raise BadInput(f"{count} frames are wanted: allowed are 1 to {MOST_FRAMES}")
    return {"video": request["video"], "start": start, "interval": interval, "frames": int(count)}


class Framer:
    """Cuts frames out of a video of the store and leaves them there, each a JPEG of the run's own."""

    def __init__(self, store):
        self.store = store

    def __call__(self, request, call):
        wanted = wrapper(request, call)
        with self.store.file(wanted["video"]) as path:
            if path is None:
                raise BadInput(f"the store has no video {wanted['video']}")
            return {"frames": list(self._cut(path, wanted, call))}

    def _cut(self, path, wanted, call):
        capture = cv2.VideoCapture(path)
        try:
            for number in range(wanted["frames"]):
                seconds = wanted["start"] + number * wanted["interval"]
                capture.set(cv2.CAP_PROP_POS_MSEC, seconds * 1000)
                found, image = capture.read()
                if not found:
                    raise BadInput(f"video {wanted['video']} has no frame at {seconds} s")
                # Every attempt of a run writes the same under the same name: a repetition changes nothing.
                name = f"{call.run}/frames/{number + 1:04}.jpg"
                self.store.put(name, cv2.imencode(".jpg", image)[1].tobytes())
                yield {"frame": name, "seconds": seconds}
        finally:
            capture.release()
