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
  /// Nodes in the order of their names: {name, age, reason, values}.
  nodes = [];
  #times = new Float64Array(TICKS).fill(NaN);
  #lines = new Map();
  #head = 0;
  #ordered = null;

  /// Takes in what `values` of the API has told at `now`, in seconds since 1970.
  take(answer, now) {
    const metrics = answer.columns.map((column) => column.metric);
    if (metrics.join() !== this.metrics.join()) {
      this.metrics = metrics;
      this.#lines.clear();
    }
    this.#head = (this.#head + 1) % TICKS;
    this.#times[this.#head] = now;
    const present = new Set();
    this.nodes = answer.nodes.map((told) => {
      present.add(told.node);
      const line = this.#line(told.node);
      for (const values of line) values[this.#head] = NaN;
      return { name: told.node, age: told.ageSeconds, reason: told.reason, values: new Array(metrics.length), line };
    });
    answer.columns.forEach((column, metric) => {
      column.rows.forEach((row, place) => {
        const value = column.values[place];
        this.nodes[row].values[metric] = value;
        this.nodes[row].line[metric][this.#head] = value;
      });
    });
    for (const name of this.#lines.keys()) if (!present.has(name)) this.#lines.delete(name);
  }

  #line(name) {
    let line = this.#lines.get(name);
    if (!line) {
      line = this.metrics.map(() => new Float32Array(TICKS).fill(NaN));
      this.#lines.set(name, line);
    }
    return line;
  }

  find(name) {
    return this.nodes.find((node) => node.name === name);
  }

  /// The points of one line over the last five minutes, oldest first: {times, values}, in seconds since 1970, with NaN for a gap.
  points(node, metric) {
    const order = this.#order();
    const line = node.line[metric];
    return { times: order.times, values: order.places.map((place) => line[place]) };
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
