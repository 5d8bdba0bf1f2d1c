"""What runs in every pod: a server that answers as OpenFaaS' function watchdog does and says who answered.

A query of `sleep=SECONDS` makes an answer take its time, `code=STATUS` chooses its status.
"""
import json
import socket
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body in one segment: two would wait for the peer's delayed acknowledgement, 40 ms.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def _body(self):
        # The gateway forwards bodies in chunks, whatever the client sent.
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self):
        with self.server.lock:
            self.server.busy += 1
        try:
            self._answer()
        finally:
            with self.server.lock:
                self.server.busy -= 1

    def _answer(self):
        started = time.monotonic()
        body = self._body()
        path, _, query = self.path.partition("?")
        wishes = dict(urllib.parse.parse_qsl(query))
        status = 200
        if path == "/_/health":
            answer = b"OK"
        else:
            time.sleep(float(wishes.get("sleep", self.server.work_seconds)))
            status = int(wishes.get("code", 200))
            answer = json.dumps({
                "pod": self.server.pod, "node": self.server.node, "method": self.command, "path": self.path,
                "bytes": len(body), "headers": dict(self.headers)}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Duration-Seconds", f"{time.monotonic() - started:.6f}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer


class Watchdog(ThreadingHTTPServer):
    """Serves for `pod` on port 8080 of `address`; each answer takes `work_seconds`."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address, pod, node, work_seconds):
        self.pod, self.node, self.work_seconds = pod, node, work_seconds
        # Requests being answered, and connections, kept ones included.
        self.busy, self.connections, self.lock = 0, set(), threading.Lock()
        super().__init__((address, 8080), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def process_request(self, request, client_address):
        with self.lock:
            self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.lock:
            self.connections.discard(request)
        super().shutdown_request(request)

    def end(self):
        """Cuts every connection, as the end of a process does. Returns at once; the address is free a moment later."""
        threading.Thread(target=self._end, daemon=True).start()

    def _end(self):
        self.shutdown()
        self.server_close()
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The peer was faster.
