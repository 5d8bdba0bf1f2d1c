"""HTTP as OpenFaaS' function watchdog speaks it, in front of one function of this process."""
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Requests that are worked on at once; further ones are answered 429. 0, as the watchdog has it: any number.
MAX_INFLIGHT = int(os.environ.get("max_inflight", 0))
# What a gateway's queue takes is less; frames travel through the store.
LARGEST_BODY = 8 << 20


class BadInput(Exception):
    """What the caller sent cannot be worked on; its text says why."""


class Call:
    """What a function is told beside its input."""

    def __init__(self, headers):
        self.id = headers.get("X-Call-Id", "")
        # Where frames are kept: the run's folder, and for calls that belong to no run one that they share.
        self.run = headers.get("X-Reeve-Run", "") or "by-hand"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body in one segment: two would wait for the peer's delayed acknowledgement, 40 ms.
    wbufsize = 65536
    disable_nagle_algorithm = True
    # A connection kept open and idle is closed after as many seconds.
    timeout = 120

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/_/health":
            self.answer(200, b"OK", "text/plain")
        else:
            self.fail(405, "functions are called with POST")

    def do_POST(self):
        started = time.monotonic()
        try:
            body = self.body()
        except (BadInput, ValueError) as error:
            self.close_connection = True
            return self.fail(400, str(error))
        if not self.server.enter():
            return self.fail(429, f"{self.server.name} has {MAX_INFLIGHT} requests to work on")
        try:
            output = self.server.function(json.loads(body or b"null"), Call(self.headers))
            self.answer(200, json.dumps(output).encode(), "application/json", started)
        except json.JSONDecodeError as error:
            self.fail(400, f"the input of {self.server.name} is no JSON: {error}", started)
        except BadInput as error:
            self.fail(400, f"{self.server.name}: {error}", started)
        except ConnectionError:
            self.close_connection = True
        except Exception as error:
            self.fail(500, f"{self.server.name} failed: {error!r}", started)
        finally:
            self.server.leave()

    def body(self):
        # The gateway forwards bodies in chunks, whatever the client sent.
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                raise BadInput(f"the input has {length} bytes: allowed are {LARGEST_BODY}")
            return self.rfile.read(length)
        body = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            if len(body) + length > LARGEST_BODY:
                raise BadInput(f"the input has more than the {LARGEST_BODY} bytes that are allowed")
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def fail(self, status, sentence, started=None):
        self.answer(status, sentence.encode(), "text/plain; charset=utf-8", started)

    def answer(self, status, body, kind, started=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if started is not None:
            self.send_header("X-Duration-Seconds", f"{time.monotonic() - started:.6f}")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Watchdog(ThreadingHTTPServer):
    """Answers with what `function` makes of an input and a `Call`, on a thread for each connection."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address, name, function):
        self.name, self.function = name, function
        self.inflight, self.changed = 0, threading.Condition()
        super().__init__(address, Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def enter(self):
        with self.changed:
            if MAX_INFLIGHT and self.inflight >= MAX_INFLIGHT:
                return False
            self.inflight += 1
            return True

    def leave(self):
        with self.changed:
            self.inflight -= 1
            self.changed.notify_all()

    def drain(self):
        """Takes no more connections and returns once nothing is worked on."""
        self.shutdown()
        with self.changed:
            self.changed.wait_for(lambda: not self.inflight)
