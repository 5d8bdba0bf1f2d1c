"""The end of the workflow: one text about all frames."""
from watchdog import BadInput


class Outputer:
    """Gathers what was seen in the frames, leaves it as a text in the store and answers with a summary."""

    def __init__(self, store):
        self.store = store

    def __call__(self, seen, call):
        frames = [_frame(entry) for entry in (seen["frames"] if isinstance(seen, dict) and "frames" in seen else seen)]
        name = f"{call.run}/result.txt"
        self.store.put(name, "".join(_line(frame) for frame in frames).encode())
        return {
            "text": name, "frames": len(frames), "withFaces": sum(bool(frame["faces"]) for frame in frames),
            "smiling": sum(any(frame.get("smiles", ())) for frame in frames),
            "objects": sum(len(frame.get("objects", ())) for frame in frames)}


def _frame(entry):
    # Where steps branch, what they made of a frame stands under the name of the step that was taken.
    while isinstance(entry, dict) and "frame" not in entry and len(entry) == 1:
        entry = next(iter(entry.values()))
    if not isinstance(entry, dict) or "frame" not in entry or "faces" not in entry:
        raise BadInput("the input is no list of frames with their faces")
    return entry


def _line(frame):
    faces = len(frame["faces"])
    if faces:
        what = f"{faces} faces, {sum(frame.get('smiles', ()))} of them smiling"
    else:
        what = ", ".join(thing["label"] for thing in frame.get("objects", ())) or "nothing known"
    return f"{frame['frame']} at {frame.get('seconds')} s: {what}\n"
