"""The functions of the video workflow, by the names of the Darly thesis; versions 2 to 4 merge some of them."""
from video.framing import Framer, wrapper
from video.models import FaceAnalyzer, FaceDetector, MobileNet, faces_of
from video.outputer import Outputer


def _each(frames, work):
    return {"frames": [work(frame) for frame in frames]}


def _inference(store):
    """Version 2: both models in one function; which of them a frame is given depends on whether it has faces."""
    analyse, classify = FaceAnalyzer(store), MobileNet(store)
    return lambda frame, call: (analyse if faces_of(frame) else classify)(frame, call)


def _biginference(store):
    """Version 3: the detector and both models in one function."""
    detect, infer = FaceDetector(store), _inference(store)
    return lambda frame, call: infer(detect(frame, call), call)


def _monolith(store):
    """Version 4: everything but the outputer in one function, frame after frame."""
    cut, infer = Framer(store), _biginference(store)
    return lambda request, call: _each(cut(request, call)["frames"], lambda frame: infer(frame, call))


FUNCTIONS = {
    "wrapper": lambda store: wrapper,
    "framer": Framer,
    "facedetector": FaceDetector,
    "faceanalyzer": FaceAnalyzer,
    "mobilenet": MobileNet,
    "inference": _inference,
    "biginference": _biginference,
    "monolith": _monolith,
    "outputer": Outputer,
}
