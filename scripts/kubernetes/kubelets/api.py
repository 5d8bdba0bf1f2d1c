"""The API server as the kubelets' stand-in sees it: JSON over one kept connection per thread."""
import http.client
import json
import ssl
import threading

JSON = "application/json"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"


class Unreachable(Exception):
    """The API server did not answer."""


class Api:
    """Calls `server`, an https address, with a client certificate."""

    def __init__(self, server, authority, certificate, key):
        self.host, self.port = server.removeprefix("https://").split(":")
        self.tls = ssl.create_default_context(cafile=authority)
        self.tls.load_cert_chain(certificate, key)
        self.kept = threading.local()

    def _connect(self, seconds):
        return http.client.HTTPSConnection(self.host, int(self.port), context=self.tls, timeout=seconds)

    def call(self, method, path, body=None, content_type=JSON):
        """The status and the answer, decoded if it is JSON. A kept connection may have died: one more try."""
        text = None if body is None else json.dumps(body)
        for last in (False, True):
            connection = getattr(self.kept, "connection", None) or self._connect(seconds=10)
            self.kept.connection = connection
            try:
                connection.request(method, path, text, {"Content-Type": content_type, "Accept": JSON})
                response = connection.getresponse()
                data = response.read()
                return response.status, json.loads(data) if data[:1] in (b"{", b"[") else data
            except (http.client.HTTPException, OSError, ValueError) as error:
                connection.close()
                self.kept.connection = None
                if last:
                    raise Unreachable(f"{method} {path}: {error!r}") from error

    def watch(self, path, version):
        """Yields the events after `version` until the server ends the watch or says that it cannot go on."""
        connection = self._connect(seconds=100)
        try:
            query = f"watch=1&allowWatchBookmarks=true&timeoutSeconds=90&resourceVersion={version}"
            connection.request("GET", f"{path}?{query}", headers={"Accept": JSON})
            response = connection.getresponse()
            for line in response if response.status == 200 else ():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                yield event
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise Unreachable(f"watch {path}: {error!r}") from error
        finally:
            connection.close()
