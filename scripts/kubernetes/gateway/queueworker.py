"""Asynchronous calls: a queue and the workers that take from it, as OpenFaaS' queue worker does."""
import http.client
import queue
import threading
import time
import urllib.parse

# Calls that wait; NATS Streaming keeps 1 000 000, a test bed needs less.
LONGEST_QUEUE = 10_000
CALLBACK_SECONDS = 10


class Queue:
    """Calls that `workers` threads work off, each first come first served."""

    def __init__(self, workers):
        self.waiting = queue.Queue(LONGEST_QUEUE)
        for _ in range(workers):
            threading.Thread(target=self._work, daemon=True).start()

    def add(self, call):
        """Takes in a call, a function without arguments; False when the queue is full."""
        try:
            self.waiting.put_nowait(call)
            return True
        except queue.Full:
            return False

    def _work(self):
        while True:
            self.waiting.get()()


def bring(callback, name, call_id, call):
    """Carries out `call` and brings its answer to the address `callback`, once: what does not arrive is lost."""
    started = time.monotonic()
    answer = call()
    # A function that cannot be reached is a 503 to the worker.
    reached = "x-duration-seconds" in {key.lower() for key, _ in answer.headers}
    if not callback:
        return
    address = urllib.parse.urlsplit(callback)
    headers = {"Content-Type": "application/octet-stream", "X-Call-Id": call_id, "X-Function-Name": name,
               "X-Function-Status": str(answer.status if reached else 503),
               "X-Duration-Seconds": f"{time.monotonic() - started:.6f}"}
    connection = http.client.HTTPConnection(address.netloc, timeout=CALLBACK_SECONDS)
    try:
        connection.request("POST", address.path, answer.body, headers)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        print(f"the callback of {name} was not taken: {error!r}", flush=True)
    finally:
        connection.close()
