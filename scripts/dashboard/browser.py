"""Debian's Chromium without a screen, driven by the DevTools protocol over a pipe: no port, no driver, no package beside it."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time


class Failure(Exception):
    """What the page, or the browser, did wrong."""


class Browser:
    """A browser with one page, which ends with the `with` block."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="reeve-chromium-")
        # Chromium reads commands from descriptor 3 and writes answers and events to 4, each ended by a NUL.
        command_read, self.command = os.pipe()
        self.answer, answer_write = os.pipe()
        plumbing = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        arguments = [
            "chromium", "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check",
            "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars",
            # Pages of the browser's own, behind an address bar that nobody sees, begin together with ours and take its processor.
            "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
            f"--user-data-dir={self.folder}/profile", "about:blank",
        ]
        if os.geteuid() == 0:
            # The sandbox refuses root. What is measured is the page: neighbours on the machine are to wait for it.
            arguments = ["nice", "-n", "-10", arguments[0], "--no-sandbox"] + arguments[1:]
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen(
            ["bash", "-c", plumbing, "bash", str(command_read), str(answer_write)] + arguments,
            pass_fds=(command_read, answer_write), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, "HOME": self.folder}, start_new_session=True)
        os.close(command_read)
        os.close(answer_write)
        self.rest = b""
        self.number = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _message(self):
        while b"\0" not in self.rest:
            more = os.read(self.answer, 1 << 20)
            if not more:
                raise Failure(f"chromium has ended: {open(f'{self.folder}/log').read()[-2000:]}")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        """The answer to a command of the protocol."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        bytes_left = json.dumps(command).encode() + b"\0"
        while bytes_left:
            bytes_left = bytes_left[os.write(self.command, bytes_left):]
        while True:
            message = self._message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise Failure(f"{method}: {message['error']['message']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def value(self, expression):
        """What a JavaScript expression, or what it promises, comes to."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(f"{expression[:200]}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def wait(self, what, expression, seconds=60):
        """Waits until `expression` holds; returns what it came to."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.value(expression)
            if found:
                return found
            time.sleep(0.05)
        raise Failure(f"{what}: not within {seconds} s")

    def open(self, url, width=1400, height=1000, dark=False, reduced_motion=True):
        """Shows `url` in a window of that size. What the page did is noted from here on."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.look(dark, reduced_motion)
        self.call("Page.addScriptToEvaluateOnNewDocument", source=OBSERVE)
        self.events.clear()
        self.call("Page.navigate", url=url)

    def look(self, dark, reduced_motion=True):
        """Light or dark, as the reader's system would ask for."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"},
        ])

    def resize(self, width, height):
        """Another size of the window."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def picture(self, path, whole=False):
        """Writes a PNG of the window, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def press(self, key):
        """Presses a key that has a name."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                 "ArrowDown": 40, "PageDown": 34, "PageUp": 33}
        text = {"text": "\r"} if key == "Enter" else {}
        shared = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **shared, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **shared)

    def complaints(self):
        """Errors and warnings on the console, exceptions, and requests that failed or left for another place."""
        found = []
        for event in self.events:
            method, parameters = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
                found.append(" ".join(str(argument.get("value", argument.get("description"))) for argument in parameters["args"]))
            elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        return found

    def requested(self):
        """The addresses that the page has asked."""
        return [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]


OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longTasks.push([Math.round(entry.startTime), Math.round(entry.duration)]);
}).observe({ type: "longtask", buffered: true });
"""
