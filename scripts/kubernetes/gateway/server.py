"""The gateway's own HTTP: what is called, what is asked, and in which words it says no."""
import base64
import http.client
import json
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from queueworker import bring

# NATS takes messages of 1 MiB, the body in base64.
QUEUE_LIMIT = 750_000
LARGEST_BODY = 64 << 20
# What belongs to one connection and is not passed on (RFC 9110, section 7.6.1), and what is made anew.
OWN_HEADERS = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "host",
               "date", "server"}


class Answer:
    def __init__(self, status, body=b"", headers=()):
        self.status, self.body, self.headers = status, body, list(headers)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body in one segment: two would wait for the peer's delayed acknowledgement, 40 ms.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_request(self):
        body = self._body()
        if body is None:
            self.close_connection = True
            return self._send(Answer(413))
        path, _, query = self.path.partition("?")
        parts = path.split("/", 3)
        route, name = parts[1], parts[2].split(".")[0] if len(parts) > 2 else ""
        rest = "/" + (parts[3] if len(parts) > 3 else "") + (f"?{query}" if query else "")
        if route == "healthz":
            answer = Answer(200)
        elif route == "function" and name:
            answer = self.call(name, rest, body)
        elif route == "async-function" and name:
            answer = self.enqueue(name, rest, body)
        elif route == "system":
            answer = self.describe(parts[2:])
        else:
            answer = Answer(404)
        self._send(answer)

    def _body(self):
        """The request's body; None when it is larger than allowed."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = int(self.headers.get("Content-Length") or 0)
            return self.rfile.read(length) if length <= LARGEST_BODY else None
        body = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            if len(body) + length > LARGEST_BODY:
                return None
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, answer):
        self.send_response(answer.status)
        for key, value in answer.headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_request

    def call(self, name, rest, body):
        headers, added = self._forwarded()
        answer = self.server.invoke(name, self.command, rest, body, headers)
        return Answer(answer.status, answer.body, answer.headers + added)

    def enqueue(self, name, rest, body):
        if self.command != "POST":
            return Answer(405)
        if name not in self.server.provider.functions():
            return Answer(500, b"error with function name")
        if len(body) > QUEUE_LIMIT:
            return Answer(500, b"nats: maximum payload exceeded")
        headers, added = self._forwarded()
        callback = self.headers.get("X-Callback-Url")
        is_taken = self.server.queue.add(
            lambda: bring(callback, name, headers["X-Call-Id"],
                          lambda: self.server.invoke(name, "POST", rest, body, headers)))
        return Answer(202, headers=added) if is_taken else Answer(500, b"nats: the queue is full")

    def _forwarded(self):
        """The header fields that the function sees, and those that the caller sees beside the function's own."""
        headers = {key: value for key, value in self.headers.items() if key.lower() not in OWN_HEADERS}
        started = ("X-Start-Time", str(time.time_ns()))
        added = [started]
        if "X-Call-Id" not in self.headers:
            # It comes back only when the gateway has made it.
            added.append(("X-Call-Id", str(uuid.uuid4())))
        headers.update(added)
        headers["X-Forwarded-For"] = "%s:%d" % self.client_address[:2]
        headers["X-Forwarded-Host"] = self.headers.get("Host", "")
        return headers, added

    def describe(self, parts):
        expected = self.server.credential
        given = self.headers.get("Authorization", "")
        if expected and given != "Basic " + base64.b64encode(expected.encode()).decode():
            return Answer(401, b"invalid credentials", [("Www-Authenticate", 'Basic realm="Restricted"')])
        functions, namespace = self.server.provider.functions(), self.server.provider.namespace
        if self.command == "GET" and parts == ["functions"]:
            return _json([function.status(name, namespace) for name, function in sorted(functions.items())])
        if self.command == "GET" and parts[:1] == ["function"] and len(parts) == 2:
            name = parts[1].split(".")[0]
            return _json(functions[name].status(name, namespace)) if name in functions else Answer(404)
        return Answer(404)


def _json(value):
    return Answer(200, json.dumps(value).encode(), [("Content-Type", "application/json")])


class Gateway(ThreadingHTTPServer):
    """Calls the functions of `provider`, each within `timeout` seconds."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address, provider, queue, credential, timeout):
        self.provider, self.queue, self.credential, self.timeout = provider, queue, credential, timeout
        super().__init__(address, Handler)

    def invoke(self, name, method, path, body, headers):
        """What the function answers, or what the gateway says of one that it cannot call."""
        function = self.provider.functions().get(name)
        if function is None:
            namespace = self.provider.namespace
            return Answer(404, f'error finding function {name}.{namespace}: deployments.apps "{name}" not found'.encode())
        address = function.choose()
        if address is None:
            return Answer(503, f"No endpoints available for: {name}.".encode())
        connection = http.client.HTTPConnection(address, timeout=self.timeout)
        try:
            # In chunks, as the gateway forwards whatever the client sent.
            connection.request(method, path, iter([body] if body else []), headers, encode_chunked=True)
            response = connection.getresponse()
            passed = [(key, value) for key, value in response.getheaders() if key.lower() not in OWN_HEADERS]
            return Answer(response.status, response.read(), passed)
        except TimeoutError:
            return Answer(502)
        except (OSError, http.client.HTTPException):
            return Answer(500, f"Can't reach service for: {name}.".encode())
        finally:
            connection.close()
