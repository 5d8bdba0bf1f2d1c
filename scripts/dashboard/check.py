#!/usr/bin/env python3
"""Looks at the dashboard as its users do: whether it is right, quick, quiet, and can be used with a keyboard.

Prints one line for each thing that it looked at, and fails with the first that is not as it must be.
"""

import argparse
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, Failure  # noqa: E402

PREFIXES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "m": 1e-3}
FIRST_PAINT_MILLISECONDS = 1000
LONGEST_TASK_MILLISECONDS = 200
LONGEST_LAG_SECONDS = 1.0
ANALYSIS = """(async () => {
  const { changePoint, course, median, moved, ranks, stretches } = await import("/dashboard/analysis.js");
  const { EventReader } = await import("/dashboard/live.js");
  const { digits, duration, withUnit, percent, factor } = await import("/dashboard/format.js");
  const steps = (...parts) => parts.flatMap(([count, level]) => Array.from({ length: count }, (_, i) => level * (1 + 0.02 * ((i * 7) % 5 - 2))));
  const found = {};
  found.median = [median([]), median([3]), median([4, 1, 3]), median([4, 1, 3, 2])];
  found.ranks = [...ranks([5, 1, 5, 3])];
  found.few = changePoint([1, 2, 3]) === undefined;
  found.flat = stretches(steps([200, 1]));
  found.one = stretches(steps([60, 0.8], [40, 1.3]));
  found.three = stretches(steps([60, 0.8], [40, 1.3], [60, 0.8]));
  found.outliers = stretches(steps([100, 1]).map((value, i) => (i % 25 === 3 ? value * 9 : value)));
  const quotients = [...steps([30, 0.8]), ...new Array(30).fill(undefined)];
  const requests = quotients.map((quotient, i) => ({ quotient, latencySeconds: quotient && quotient * 10, targetSeconds: 10, writtenAtUnixSeconds: i }));
  const failed = course(requests);
  found.failed = [failed.now.from, failed.now.beganAt, failed.now.latency === undefined, failed.now.quotient > 1];
  found.moved = moved([1, 1.1, 0.9, 1], [3, 3.1, 2.9]).moved > 10 && moved([1, 1], [2, 2]) === undefined;
  const reader = new EventReader();
  found.events = [...reader.read("event: a\\nda"), ...reader.read("ta: 1\\n\\n: still here\\n\\nevent: b\\ndata: 2\\n"), ...reader.read("\\n")];
  found.texts = [digits(undefined), digits(0), digits(0.01234), withUnit(999.9e6, "B/s"), withUnit(NaN, "B/s"), percent(0.5), duration(0.0012), duration(59.7),
    duration(3600), duration(90061), duration(undefined), factor(0, 1), factor(2, 3)];
  return found;
})()"""
ANALYSIS_EXPECTED = {
    "median": [None, 3, 3, 2.5], "ranks": [3.5, 1, 3.5, 2], "few": True, "flat": [0], "one": [0, 60], "three": [0, 60, 100],
    "outliers": [0], "failed": [30, 29, True, True], "moved": True,
    "events": [{"topic": "a", "data": "1"}, {"topic": "b", "data": "2"}],
    "texts": ["–", "0", "0.0123", "1.00 GB/s", "–", "50 %", "1.20 ms", "1 min", "1 h", "1 d 1 h", "–", "–", "×1.50"],
}


def require(holds, what):
    """Says what holds, and fails where it does not."""
    if not holds:
        raise Failure(what)
    print(f"ok: {what}", flush=True)


def number(text):
    """The value that a text of the page stands for, such as "1.23 GB/s" or "45.6 %"; None for an en dash."""
    if text == "–":
        return None
    match = re.match(r"^([−-]?[0-9.]+) ?(%|[kMGTm]?)", text)
    if not match:
        raise Failure(f"{text!r} is no number")
    value = float(match[1].replace("−", "-"))
    return value / 100 if match[2] == "%" else value * PREFIXES[match[2]]


def is_same(shown, value):
    """Whether a text says the value, to the digits that it has: three, or a tenth of a percent."""
    if value is None or shown is None:
        return shown is None and value is None
    return math.isclose(shown, value, rel_tol=0.006, abs_tol=0.0006)


class Check:
    def __init__(self, browser, options):
        self.browser = browser
        self.options = options
        self.url = options.url

    def api(self, path):
        """What the coordinator says: by HTTP, which answers with the query socket's verbs."""
        request = urllib.request.Request(self.url + path.lstrip("/"))
        if self.options.token:
            request.add_header("Authorization", f"Bearer {self.options.token}")
        return json.load(urllib.request.urlopen(request, timeout=30))

    def socket(self, *arguments):
        """What the coordinator says by the query socket, as the operator's command shows it."""
        command = [self.options.reeve, *arguments, "--socket", self.options.socket, "--output", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)

    def picture(self, name, whole=False):
        if self.options.pictures:
            os.makedirs(self.options.pictures, exist_ok=True)
            self.browser.picture(f"{self.options.pictures}/{self.options.name}-{name}.png", whole)

    def text(self, selector):
        return self.browser.value(f"document.querySelector({json.dumps(selector)})?.textContent ?? null")

    def opens(self):
        self.browser.open(self.url)
        if self.options.token:
            self.browser.wait("the page asks for the token", "document.getElementById('token')?.open")
            require(self.browser.value("document.querySelectorAll('#nodes-table tbody tr').length") == 0, "nothing is shown before")
            self.browser.value(f"document.getElementById('token-value').value = {json.dumps(self.options.token)}")
            self.browser.value("document.querySelector('#token button').click()")
        self.browser.wait("live values", "document.getElementById('connection')?.dataset.state === 'live'")
        self.browser.wait("the nodes", "document.querySelectorAll('#nodes-table tbody tr:not(.spacer)').length >= 4 || "
                          "document.getElementById('nodes').scrollIntoView()")
        # Neighbours on the machine make a load slower, and nothing makes it quicker: of three, the quickest tells.
        paints = []
        while True:
            paints.append(self.browser.value("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            if paints[-1] < FIRST_PAINT_MILLISECONDS or len(paints) == 3:
                break
            self.browser.call("Page.reload", ignoreCache=True)
            self.browser.wait("live values", "document.getElementById('connection')?.dataset.state === 'live'")
        paint = min(paints)
        require(paint < FIRST_PAINT_MILLISECONDS, f"first paint after {paint:.0f} ms")

    def is_quiet(self):
        # The one question that is answered with 401 is how the page learns that a token is needed.
        complaints = [text for text in self.browser.complaints() if not (self.options.token and "401" in text)]
        require(not complaints, f"no complaint on the console {complaints[:3]}")
        away = [url for url in self.browser.requested() if not url.startswith(self.url)]
        require(not away, f"{len(self.browser.requested())} requests, none to another place {away[:3]}")

    def shows_values(self):
        """The rows that can be seen against what the coordinator says at the same moment."""
        self.browser.value("document.getElementById('nodes').scrollIntoView()")
        read = """JSON.stringify([...document.querySelectorAll('#nodes-table tbody tr:not(.spacer)')].map((row) =>
          [...row.cells].map((cell) => (cell.querySelector('.value') ?? cell).textContent)))"""
        columns = None
        for _ in range(60):
            rows = json.loads(self.browser.value(read))
            nodes = {node["node"]: node for node in self.values()}
            columns = columns or [column["metric"] for column in self.api("api/v1/values")["columns"]]
            # Values move while they are compared; a moment is looked for in which they did not.
            wrong = [(row, nodes[row[0]]["metrics"]) for row in rows if not self.row_is_right(row, nodes[row[0]], columns)]
            if not wrong and rows:
                break
            time.sleep(0.07)
        require(rows and not wrong, f"{len(rows)} rows of {len(columns)} counters are what the coordinator says {wrong[:1]}")

    def values(self):
        return (self.socket("nodes") if self.options.socket else self.api("api/v1/nodes"))["nodes"]

    def row_is_right(self, row, node, columns):
        if node["node"] == "w0001" and columns[0] == "instructions_per_cycle" and not self.options.socket:
            return True  # It is the clock that `is_live` reads.
        return all(is_same(number(text), node["metrics"].get(metric)) for text, metric in zip(row[3:], columns))

    def is_live(self):
        """The first node's counter is a clock: what is shown may be no older than a second."""
        lags = json.loads(self.browser.value("""new Promise((resolve) => {
          document.getElementById("nodes-scroll").scrollTop = 0;
          const lags = [];
          const timer = setInterval(() => {
            const text = document.querySelector("#nodes-table tbody tr:not(.spacer) .value").textContent;
            const now = Math.floor((Date.now() / 100) % 900) + 100;
            lags.push(((now - Number(text) + 900) % 900) / 10);
            if (lags.length === 100) { clearInterval(timer); resolve(JSON.stringify(lags)); }
          }, 50);
        })"""))
        lags.sort()
        require(lags[-1] <= LONGEST_LAG_SECONDS, f"values on the page are {lags[50]:.1f} s old, {lags[-1]:.1f} s at most")

    def answers_why(self):
        """The question that an operator asks, on the page alone."""
        browser = self.browser
        browser.value("scrollTo(0, 0)")
        browser.wait("counters around the change", "document.querySelector('#coincident-counters tbody td') !== null")
        verdict = self.text("#verdict")
        require(re.match(r"^Late since [^:]*[0-9:]{8}, for .*: the median request takes 13.* s of 10.0 s; before, 8.* s of 10.0 s$", verdict),
                f"why: {verdict}")
        events = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#coincident-events tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        require(events[0][1:] == ["pressure of 80 % on memory for 3600 s", "w0003"], f"what coincides: {events[0]}")
        functions = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#coincident-functions tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        require(functions[0] == ["detector", "w0003", "3.50 s", "8.50 s", "×2.43"], f"where: {functions[0]}")
        counters = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#coincident-counters tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        require(counters == [["w0003", "Memory reads", "400 MB/s", "9.00 GB/s", "×22.50"], ["w0003", "Instructions per cycle", "1.60", "0.400", "×0.25"]],
                f"what moved on its node, from the store: {counters}")
        kept = self.text("#workflows-table tbody td:nth-child(6)")
        require(kept == "67 %", f"80 of 120 requests kept their target: {kept}")
        requests = self.api("api/v1/requests?limit=1")["requests"]
        row = [self.text(f"#workflows-table tbody td:nth-child({place})") for place in (2, 3, 4)]
        shown = [number(text) for text in row]
        require(is_same(shown[0], requests[0]["targetSeconds"]) and is_same(shown[1], requests[0]["latencySeconds"])
                and is_same(shown[2], requests[0]["quotient"]), f"target, latency and quotient are the newest request's: {row}")

    def shows_loans(self):
        """Who lends to whom, and what went back."""
        browser = self.browser
        browser.value("document.getElementById('loans').scrollIntoView()")
        browser.wait("the loans", "document.querySelector('#loans-table tbody td') !== null")
        loan = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#loans-table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        require(len(loan) == 1 and loan[0][:4] == ["w0002", "framer", "detector", "2.00 cores"], f"who lends what to whom: {loan}")
        returned = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#returned-table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        require(len(returned) == 1 and returned[0][1:] == ["w0002", "framer", "detector", "128 MiB", "12.0 s", "owner needs it"], f"what went back: {returned}")
        self.picture("loans")

    def shows_states(self):
        """Stale and absent values say so."""
        count = self.options.nodes
        require(self.text("#nodes-count") == f"{count} of {count} known", f"all {count} nodes are known")
        self.filter(f"w{count:04}")
        self.browser.wait("the last node is stale", "/^stale, .* ago$/.test(document.querySelector('#nodes-table tbody tr:not(.spacer) td:nth-child(3)')?.textContent)")
        print("ok: a node that is not heard of is stale, with its age")
        self.filter(f"w{count - 1:04}")
        writes = "document.querySelectorAll('#nodes-table tbody tr:not(.spacer) .value')[2].textContent === '–'"
        self.browser.wait("a counter that a node has not is an en dash", f"document.querySelectorAll('#nodes-table tbody tr:not(.spacer)').length === 1 && {writes}")
        self.filter("detector")
        self.browser.wait("a function finds its node", "document.querySelector('#nodes-table tbody tr:not(.spacer) button')?.textContent === 'w0003'")
        self.filter("")
        print("ok: what is absent is an en dash; nodes are found by name and function")

    def filter(self, text):
        self.browser.value(f"(() => {{ const field = document.getElementById('nodes-filter'); field.value = {json.dumps(text)}; field.dispatchEvent(new Event('input')); }})()")

    def works_by_keyboard(self):
        browser = self.browser
        focus = "document.activeElement.textContent"
        browser.value("scrollTo(0, 0); document.activeElement.blur()")
        browser.press("Tab")
        require(browser.value("document.activeElement.className") == "skip", "the first stop is the skip link")
        browser.press("Enter")
        browser.wait("the skip link leads to the workflows", "document.activeElement.id === 'workflows'")
        browser.value("document.getElementById('workflow-chart').focus()")
        browser.press("End")
        browser.press("ArrowLeft")
        require(self.text("#workflow-readout"), f"arrow keys read requests: {self.text('#workflow-readout')}")
        browser.press("Enter")
        browser.wait("Enter explains the decision", "document.querySelector('#detail[open] dl') && /^Decision [0-9]+$/.test(document.getElementById('detail-title').textContent)")
        self.decision_is_right()
        self.picture("decision")
        browser.press("Escape")
        browser.wait("Escape closes it, and the chart has the focus again", "!document.getElementById('detail').open && document.activeElement.id === 'workflow-chart'")
        browser.value("document.getElementById('nodes').scrollIntoView(); document.querySelector('#nodes-table tbody button').focus()")
        first = browser.value(focus)
        browser.press("ArrowDown")
        require(browser.value(focus) > first, "the arrow goes to the next node")
        browser.press("End")
        last = self.values()[-1]["node"]
        browser.wait(f"End goes to {last}", f"{focus} === {json.dumps(last)}")
        self.picture("nodes-end")
        browser.press("Enter")
        browser.wait("Enter opens the node", f"document.getElementById('detail').open && document.getElementById('detail-title').textContent === {json.dumps(last)}")
        browser.wait("its counters", "document.querySelector('#detail-body table') !== null")
        self.picture("node")
        browser.press("Escape")
        browser.wait("Escape closes it, and the node has the focus again", f"!document.getElementById('detail').open && {focus} === {json.dumps(last)}")
        browser.press("Home")
        browser.wait("Home goes back", f"{focus} === {json.dumps(first)}")
        print("ok: requests, decisions and nodes can be reached and left with keys")

    def decision_is_right(self):
        sequence = int(self.text("#detail-title").split()[1])
        told = self.socket("explain", str(sequence)) if self.options.socket else self.api(f"api/v1/decisions/{sequence}")
        record = told["record"]
        shown = self.text("#detail-body .verdict")
        latency, target = re.search(r": ([0-9.]+ .*) of ([0-9.]+ .*), QoS quotient ([0-9.]+)$", shown).group(1, 2)
        require(is_same(number(latency), record["latencySeconds"]) and is_same(number(target), record["targetSeconds"]),
                f"decision {sequence} is what the coordinator has: {shown}")
        require(self.browser.value("[...document.querySelectorAll('#detail-body dd')].map((cell) => cell.textContent)")[3]
                == record["decision"]["actions"][record["decision"]["chosen"]], "the chosen action is explained")

    def stays_quick(self):
        """Scrolling, sorting and searching among all nodes while values come."""
        browser = self.browser
        browser.value("document.getElementById('nodes').scrollIntoView(); window.longTasks.length = 0")
        for turn in range(12):
            browser.value(f"document.getElementById('nodes-scroll').scrollTop = {turn * 3001}")
            time.sleep(0.25)
        for place in range(1, 10):
            browser.value(f"document.querySelector('#nodes-table thead th:nth-child({place}) button').click()")
            time.sleep(0.25)
        for text in ("w0", "w00", "w000", ""):
            self.filter(text)
            time.sleep(0.25)
        browser.value("scrollTo(0, 0)")
        time.sleep(4)
        tasks = json.loads(browser.value("JSON.stringify(window.longTasks)"))
        longest = max((duration for _, duration in tasks), default=0)
        require(longest <= LONGEST_TASK_MILLISECONDS, f"{len(tasks)} tasks beyond 50 ms in 12 s, the longest {longest} ms")
        browser.value("document.querySelector('#nodes-table thead th button').click()")
        size = len(json.dumps(self.api("api/v1/values"), separators=(",", ":")))
        whole = len(json.dumps(self.api("api/v1/nodes"), separators=(",", ":")))
        require(size < 200 * self.options.nodes, f"values are {size / 1000:.1f} kB; everything of the nodes would be {whole / 1000:.1f} kB")
        rows = browser.value("document.querySelectorAll('#nodes-table tbody tr:not(.spacer)').length")
        require(rows < 60, f"{rows} rows of {self.options.nodes} are drawn")

    def begins_quickly(self):
        tasks = json.loads(self.browser.value("JSON.stringify(window.longTasks)"))
        longest = max((duration for _, duration in tasks), default=0)
        require(longest <= LONGEST_TASK_MILLISECONDS, f"the longest task of the beginning took {longest} ms")

    def fits(self):
        """Wide and narrow, light and dark: nothing hangs over the edge, and text can be read."""
        browser = self.browser
        browser.value("scrollTo(0, 0)")
        for dark in (False, True):
            browser.look(dark)
            for name, width in (("wide", 1400), ("narrow", 390)):
                browser.resize(width, 900)
                time.sleep(1.5)
                over = browser.value("document.documentElement.scrollWidth - innerWidth")
                require(over <= 0, f"{'dark' if dark else 'light'} and {name}: nothing hangs over the edge")
                self.picture(f"{'dark' if dark else 'light'}-{name}", whole=True)
            least = browser.value(CONTRAST)
            require(least >= 4.5, f"{'dark' if dark else 'light'}: text has a contrast of at least {least:.1f} : 1")
        browser.look(False)
        browser.resize(1400, 1000)

    def notices_loss(self):
        """When the coordinator stands still the page says how old its values are, and when it has ended, that it is lost."""
        processes = json.load(open(os.path.join(os.path.dirname(self.options.socket), "processes.json")))
        coordinator = next(process["pid"] for process in processes if process["name"] == "coordinator")
        state = "document.getElementById('connection').dataset.state"
        os.kill(coordinator, signal.SIGSTOP)
        try:
            self.browser.wait("silence is told", f"{state} === 'stale'", 30)
            text = self.text("#connection")
        finally:
            os.kill(coordinator, signal.SIGCONT)
        require(re.match(r"^no news for [0-9]+ s", text), f"stale: {text}")
        self.browser.wait("it goes on", f"{state} === 'live'", 30)
        self.picture("before-loss")
        os.kill(coordinator, signal.SIGKILL)
        self.browser.wait("the loss is told", f"{state} === 'lost'", 30)
        require("trying again in" in self.text("#connection"), f"lost: {self.text('#connection')}")

    def is_demo(self):
        """A demo with real agents and decisions: what the page shows against the query socket."""
        browser = self.browser
        browser.wait("decisions come in", "document.getElementById('workflows-table').hidden === false", 120)
        processes = json.load(open(os.path.join(os.path.dirname(self.options.socket), "processes.json")))
        agents = [process["pid"] for process in processes if re.match(r"^w[0-9]+$", process["name"])]
        require(len(agents) == self.options.nodes, f"{len(agents)} agents")
        # What moves a hundred times a second holds still while it is compared, for less time than makes a node unknown.
        for _ in range(10):
            for pid in agents:
                os.kill(pid, signal.SIGSTOP)
            try:
                time.sleep(1.2)
                read = """JSON.stringify([...document.querySelectorAll('#nodes-table tbody tr:not(.spacer)')].map((row) =>
                  [...row.cells].map((cell) => (cell.querySelector('.value') ?? cell).textContent)))"""
                rows = json.loads(browser.value(read))
                nodes = {node["node"]: node for node in self.values()}
            finally:
                for pid in agents:
                    os.kill(pid, signal.SIGCONT)
            if all(node["state"] == "known" for node in nodes.values()):
                break
            time.sleep(2)
        columns = [column["metric"] for column in self.api("api/v1/values")["columns"]]
        wrong = [(row, nodes[row[0]]["metrics"]) for row in rows if not self.row_is_right(row, nodes[row[0]], columns)]
        require(len(rows) == self.options.nodes and not wrong, f"{len(rows)} nodes' counters are the query socket's {wrong[:1]}")
        browser.value("document.getElementById('decisions-all').click(); document.getElementById('decisions').scrollIntoView()")
        browser.wait("decisions", "document.querySelectorAll('#decisions-table tbody tr').length > 3")
        rows = json.loads(browser.value("JSON.stringify([...document.querySelectorAll('#decisions-table tbody tr')].slice(0, 5).map((row) => [...row.cells].map((cell) => cell.textContent)))"))
        for row in rows:
            record = self.socket("explain", row[0])["record"]
            change = record.get("change") or next(iter(record["failures"]), "nothing")
            right = row[2] == record["workflow"] and row[3] == change and (row[4] == "failed") == ("latencySeconds" not in record)
            values = [(place, name) for place, name in [(4, "latencySeconds"), (5, "targetSeconds"), (6, "quotient")] if row[place] != "failed"]
            # Quotients have two digits behind the point.
            right = right and all(abs(number(row[place]) - record[name]) <= max(0.006 * record[name], 0.0051) if name in record
                                  else row[place] == "–" for place, name in values)
            require(right, f"decision {row[0]} is the query socket's: {row[3:]}" + ("" if right else f" is not {record}"))
        browser.value("document.querySelector('#decisions-table tbody button').click()")
        browser.wait("its explanation", "document.querySelector('#detail[open] dl') !== null")
        self.decision_is_right()
        browser.press("Escape")
        browser.value("scrollTo(0, 0)")
        time.sleep(12)
        for name, dark in (("light", False), ("dark", True)):
            browser.look(dark)
            time.sleep(1.5)
            self.picture(name)
        self.is_live_with_decisions()

    def is_live_with_decisions(self):
        """From a decision's being written down to its standing on the page."""
        lags = []
        browser = self.browser
        browser.value("document.getElementById('decisions').scrollIntoView()")
        for _ in range(10):
            newest = self.api("api/v1/requests?limit=1")["requests"][-1]["sequence"]
            asked = time.monotonic()
            browser.wait(f"decision {newest} stands on the page", f"Number(document.querySelector('#decisions-table tbody button').textContent) >= {newest}", 10)
            lags.append(time.monotonic() - asked)
        require(max(lags) <= LONGEST_LAG_SECONDS, f"decisions stand on the page after {sorted(lags)[5]:.2f} s, {max(lags):.2f} s at most")

    def analyses(self):
        found = self.browser.value(ANALYSIS)
        for name, expected in ANALYSIS_EXPECTED.items():
            require(found[name] == expected, f"{name}: {found[name]}")


CONTRAST = """(() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(--${name})`;
    const parts = getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    probe.remove();
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const page = light("page");
  const ratio = (name) => (Math.max(page, light(name)) + 0.05) / (Math.min(page, light(name)) + 0.05);
  return Math.min(...["ink", "faint", "link", "late"].map(ratio));
})()"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--token", help="the readers' token that the page must ask for")
    parser.add_argument("--pictures", help="a folder for screenshots")
    parser.add_argument("--name", default=None, help="what the screenshots begin with")
    parser.add_argument("--reeve", help="the operator's command, to compare with the query socket")
    parser.add_argument("--socket", help="the query socket of a running demo")
    options = parser.parse_args()
    options.name = options.name or str(options.nodes)
    with Browser() as browser:
        check = Check(browser, options)
        try:
            check.opens()
            if options.token:
                browser.wait("the nodes", "document.querySelectorAll('#nodes-table tbody tr:not(.spacer)').length > 0")
            elif options.socket:
                check.is_demo()
            else:
                time.sleep(3)
                check.begins_quickly()
                check.answers_why()
                check.shows_values()
                check.is_live()
                check.shows_loans()
                check.shows_states()
                check.works_by_keyboard()
                check.stays_quick()
                check.fits()
                check.analyses()
            check.is_quiet()
            if options.socket:
                check.notices_loss()
        except Failure as failure:
            check.picture("failure")
            sys.exit(f"failed: {failure}; the console: {browser.complaints()[:5]}")


if __name__ == "__main__":
    main()
