"""What is seen in a frame: OpenCV's own models, as Debian ships them (opencv-data, python3-opencv)."""
import threading

import cv2
import numpy

from store import is_name
from watchdog import BadInput

# What detecting faces leaves in a frame's description.
FACES = "faces"
CASCADES = "/usr/share/opencv4/haarcascades"


class _Model:
    """Reads frames; each thread has a model of its own, for OpenCV's are not to be shared."""

    def __init__(self, store):
        self.store, self.threads = store, threading.local()

    def __call__(self, frame, _):
        if not isinstance(frame, dict) or not is_name(frame.get("frame")):
            raise BadInput('the input names no frame: it must be such as {"frame": "RUN/frames/0001.jpg"}')
        data = self.store.get(frame["frame"])
        if data is None:
            raise BadInput(f"the store has no frame {frame['frame']}")
        image = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise BadInput(f"frame {frame['frame']} is no picture")
        if not hasattr(self.threads, "model"):
            self.threads.model = self.make()
        return frame | self.see(self.threads.model, image, frame)


def faces_of(frame):
    """The boxes of the frame's faces. Raises `BadInput` when nobody has looked for any."""
    boxes = frame.get(FACES) if isinstance(frame, dict) else None
    if not isinstance(boxes, list) or not all(isinstance(box, list) and len(box) == 4 for box in boxes):
        raise BadInput("the input does not say where the frame's faces are")
    return boxes


class FaceDetector(_Model):
    """Where faces are, as [left, top, width, height] in pixels."""

    def make(self):
        return cv2.CascadeClassifier(f"{CASCADES}/haarcascade_frontalface_default.xml")

    def see(self, model, image, _):
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        # Larger neighbourhoods than OpenCV's standard 3: test patterns have edges that look like faces to it.
        found = model.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=6, minSize=(40, 40))
        return {FACES: [[int(value) for value in box] for box in found]}


class FaceAnalyzer(_Model):
    """Which of the faces smile."""

    def make(self):
        return cv2.CascadeClassifier(f"{CASCADES}/haarcascade_smile.xml")

    def see(self, model, image, frame):
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        smiles = []
        for left, top, width, height in faces_of(frame):
            # Mouths are in the lower half of faces.
            mouth = grey[top + height // 2:top + height, left:left + width]
            smiles.append(len(model.detectMultiScale(mouth, scaleFactor=1.1, minNeighbors=10)) > 0)
        return {"smiles": smiles}


class MobileNet(_Model):
    """What else is there. Stands in for the thesis' object classifier: Debian has no weights of a neural network, so
    what is looked for is people, with OpenCV's histogram of oriented gradients."""

    def make(self):
        model = cv2.HOGDescriptor()
        model.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
        return model

    def see(self, model, image, _):
        boxes, weights = model.detectMultiScale(image)
        return {"objects": [
            {"label": "person", "box": [int(value) for value in box], "score": round(float(weight), 3)}
            for box, weight in zip(boxes, weights)]}
