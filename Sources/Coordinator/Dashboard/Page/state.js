// What the page knows, in bounded memory: five minutes of every node's counters, and the requests and events of the journal.

const TICKS = 600;
const LINE_SECONDS = 300;
const MOST_REQUESTS = 20000;
const MOST_EVENTS = 2000;

/// The newest values of nodes and their lines. All nodes are told of in one answer, so they share one time line; a node
/// without a value in an answer has a gap there.
export class NodeLines {
  /// Names of the metrics, in the coordinator's order.
  metrics = [];
  /// Nodes in the order of their names: {name, age, reason, values, slot}.
  nodes = [];
  #times = new Float64Array(TICKS).fill(NaN);
  /// For each metric the lines of all slots, one behind the other.
  #lines = [];
  #slots = new Map();
  #capacity = 0;
  #head = 0;
  #ordered = null;

  /// Takes in what `values` of the API has told at `now`, in seconds since 1970.
  take(answer, now) {
    const metrics = answer.columns.map((column) => column.metric);
    if (metrics.join() !== this.metrics.join()) {
      this.metrics = metrics;
      this.#capacity = 0;
    }
    const names = answer.nodes.map((told) => told.node);
    if (names.length > this.#capacity || names.some((name) => !this.#slots.has(name))) this.#makeRoom(names);
    this.#head = (this.#head + 1) % TICKS;
    this.#times[this.#head] = now;
    for (const lines of this.#lines) for (let place = this.#head; place < lines.length; place += TICKS) lines[place] = NaN;
    this.nodes = answer.nodes.map((told) => ({
      name: told.node, age: told.ageSeconds, reason: told.reason, values: new Array(metrics.length), slot: this.#slots.get(told.node),
    }));
    answer.columns.forEach((column, metric) => {
      const lines = this.#lines[metric];
      column.rows.forEach((row, place) => {
        const node = this.nodes[row];
        node.values[metric] = lines[node.slot * TICKS + this.#head] = column.values[place];
      });
    });
  }

  /// Gives each of `names` a slot; nodes that are not told of any more lose theirs, and their lines.
  #makeRoom(names) {
    const before = this.#slots;
    const old = this.#capacity ? this.#lines : [];
    this.#capacity = Math.max(16, 2 ** Math.ceil(Math.log2(names.length)));
    this.#lines = this.metrics.map(() => new Float32Array(this.#capacity * TICKS).fill(NaN));
    this.#slots = new Map(names.map((name, slot) => [name, slot]));
    for (const [name, slot] of this.#slots) {
      const from = before.get(name);
      if (from === undefined) continue;
      old.forEach((lines, metric) => this.#lines[metric].set(lines.subarray(from * TICKS, (from + 1) * TICKS), slot * TICKS));
    }
  }

  find(name) {
    return this.nodes.find((node) => node.name === name);
  }

  /// The points of one line over the last five minutes, oldest first: {times, values}, in seconds since 1970, with NaN for a gap.
  points(node, metric) {
    const order = this.#order();
    const lines = this.#lines[metric];
    const first = node.slot * TICKS;
    return { times: order.times, values: order.places.map((place) => lines[first + place]) };
  }

  /// Where the last five minutes stand, found once for each answer.
  #order() {
    if (this.#ordered?.head === this.#head) return this.#ordered;
    const places = [];
    const since = this.#times[this.#head] - LINE_SECONDS;
    for (let step = 1; step <= TICKS; step += 1) {
      const place = (this.#head + step) % TICKS;
      if (this.#times[place] >= since) places.push(place);
    }
    this.#ordered = { head: this.#head, places, times: places.map((place) => this.#times[place]) };
    return this.#ordered;
  }
}

/// Entries of the journal by their sequence, without doubles, the newest so many.
class Entries {
  all = [];
  #most;

  constructor(most) {
    this.#most = most;
  }

  get newest() {
    return this.all.at(-1)?.sequence ?? 0;
  }

  /// Adds what is not there yet; says whether there was something.
  add(entries) {
    const last = this.newest;
    const fresh = entries.filter((entry) => entry.sequence > last);
    const older = entries.filter((entry) => entry.sequence < (this.all[0]?.sequence ?? 0));
    if (!fresh.length && !older.length) return false;
    this.all = [...older, ...this.all, ...fresh].slice(-this.#most);
    return true;
  }
}

/// Everything but the nodes' lines.
export class Journal {
  requests = new Entries(MOST_REQUESTS);
  events = new Entries(MOST_EVENTS);

  /// The requests of `workflow` since `since`, oldest first. A workflow that is placed has a decision for each of its runs,
  /// which tells more than the run.
  requestsOf(workflow, since) {
    const found = this.requests.all.filter((request) => request.workflow === workflow && request.writtenAtUnixSeconds >= since);
    return found.some((request) => request.kind === "decision") ? found.filter((request) => request.kind === "decision") : found;
  }

  get workflows() {
    return [...new Set(this.requests.all.map((request) => request.workflow))].sort();
  }
}
