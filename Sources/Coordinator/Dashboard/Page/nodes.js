// The table of nodes. Only rows that can be seen are there, so that a thousand nodes cost no more than twenty.

import { byId, element, setText, show } from "./elements.js";
import { ABSENT, duration, metricLabel, metricLimit, metricText } from "./format.js";
import { onTheme, sparkline } from "./drawing.js";
import { openNode } from "./node.js";

const ROW_HEIGHT = 36;
const ROWS_BEYOND = 3;
/// As in the style sheet.
const [LINE_WIDTH, LINE_HEIGHT] = [68, 24];
/// Rows are put in order anew no more often than this, so that they can be read while values move.
const ORDER_MILLISECONDS = 5000;
/// A line of five minutes has not moved by a pixel before that.
const LINE_MILLISECONDS = 1500;
/// Lines are drawn some rows at a time: a browser needs longer to show a canvas that has changed than this page to draw on it.
const ROWS_PER_FRAME = 4;
/// Older values than this are called stale; agents sample ten times a second or more unless they are told otherwise.
const STALE_SECONDS = 2;

const state = { lines: null, functions: new Map(), sort: { key: "node", isFalling: false }, order: [], orderedAt: -Infinity, rows: [], waiting: new Set(), metrics: "", focused: null };

export function startNodes(lines) {
  state.lines = lines;
  const scroll = byId("nodes-scroll");
  scroll.addEventListener("scroll", () => drawRows(), { passive: true });
  scroll.addEventListener("keydown", onKey);
  byId("nodes-filter").addEventListener("input", () => drawNodes(true));
  onTheme(() => {
    for (const row of state.rows) row.drawn = null;
    drawRows();
  });
  new ResizeObserver(() => drawRows()).observe(scroll);
  new IntersectionObserver(() => drawRows()).observe(scroll);
}

/// Takes in where functions run.
export function takeFunctions(answer) {
  const places = new Map();
  for (const row of answer.functions) {
    if (!row.node) continue;
    const ready = row.readyReplicas !== undefined && row.readyReplicas !== row.replicas ? ` (${row.readyReplicas} of ${row.replicas ?? ABSENT} serve)` : row.replicas > 1 ? ` ×${row.replicas}` : "";
    places.set(row.node, [...(places.get(row.node) ?? []), `${row.function}${ready}`]);
  }
  state.functions = places;
  drawNodes();
}

export const functionsOn = (name) => state.functions.get(name) ?? [];

function onKey(event) {
  const page = Math.max(1, Math.floor(byId("nodes-scroll").clientHeight / ROW_HEIGHT) - 2);
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined || !event.target.closest("tbody")) return;
  event.preventDefault();
  const at = state.order.indexOf(state.focused);
  focusRow(Math.min(Math.max(at + step, 0), state.order.length - 1));
}

function focusRow(index) {
  const scroll = byId("nodes-scroll");
  const head = byId("nodes-table").tHead.offsetHeight + byId("nodes-table").caption.offsetHeight;
  const top = index * ROW_HEIGHT;
  const room = scroll.clientHeight - byId("nodes-table").tHead.offsetHeight;
  if (top < scroll.scrollTop - (head - byId("nodes-table").tHead.offsetHeight)) scroll.scrollTop = top;
  else if (top + ROW_HEIGHT * 2 > scroll.scrollTop + room) scroll.scrollTop = top + ROW_HEIGHT * 2 - room + head;
  state.focused = state.order[index];
  drawRows();
  state.rows.find((row) => row.name === state.focused)?.button.focus({ preventScroll: true });
}

/// Draws what has changed; `isAsked` puts the rows in order at once.
export function drawNodes(isAsked = false) {
  const { nodes } = state.lines;
  show(byId("nodes-empty"), !nodes.length);
  show(byId("nodes-scroll"), nodes.length > 0);
  if (!nodes.length) return;
  drawHead();
  const known = nodes.filter((node) => !node.reason).length;
  if (isAsked || performance.now() - state.orderedAt > ORDER_MILLISECONDS || state.count !== nodes.length) putInOrder();
  const shown = state.order.length === nodes.length ? "" : `, ${state.order.length} shown`;
  setText(byId("nodes-count"), `${known} of ${nodes.length} known${shown}`);
  drawRows();
}

function putInOrder() {
  const { nodes, metrics } = state.lines;
  const { key, isFalling } = state.sort;
  const wanted = byId("nodes-filter").value.trim().toLowerCase();
  const found = nodes.filter((node) => !wanted || node.name.toLowerCase().includes(wanted) || functionsOn(node.name).some((name) => name.toLowerCase().includes(wanted)));
  const place = metrics.indexOf(key);
  const value = (node) => (key === "functions" ? functionsOn(node.name).length : key === "state" ? (node.reason ? Infinity : (node.age ?? Infinity)) : node.values[place]);
  if (key !== "node") {
    // What is absent stands at the end, however it is sorted.
    found.sort((left, right) => {
      const [one, other] = [value(left), value(right)];
      if (one === undefined || other === undefined) return (one === undefined) - (other === undefined);
      return isFalling ? other - one : one - other;
    });
  } else if (isFalling) found.reverse();
  state.order = found.map((node) => node.name);
  state.orderedAt = performance.now();
  state.count = nodes.length;
}

function drawHead() {
  const { metrics } = state.lines;
  if (state.metrics === metrics.join()) return;
  state.metrics = metrics.join();
  state.rows = [];
  state.waiting.clear();
  const columns = [["node", "Node"], ["functions", "Functions"], ["state", "Newest sample"], ...metrics.map((metric) => [metric, metricLabel(metric)])];
  byId("nodes-table").tHead.rows[0].replaceChildren(...columns.map(([key, label]) => {
    const button = element("button", { type: "button", class: "sort" }, label);
    const cell = element("th", { scope: "col", data: { key } }, button);
    button.addEventListener("click", () => {
      const isFalling = state.sort.key === key ? !state.sort.isFalling : !["node", "instructions_per_cycle"].includes(key);
      state.sort = { key, isFalling };
      markSort();
      drawNodes(true);
    });
    return cell;
  }));
  markSort();
}

function markSort() {
  for (const cell of byId("nodes-table").tHead.rows[0].cells) {
    const isSorted = cell.dataset.key === state.sort.key;
    cell.ariaSort = isSorted ? (state.sort.isFalling ? "descending" : "ascending") : "none";
  }
}

function makeRow() {
  const button = element("button", { type: "button", class: "link" });
  const name = element("th", { scope: "row" }, button);
  const functions = element("td", { class: "functions" });
  const age = element("td");
  const cells = state.lines.metrics.map(() => {
    const text = element("span", { class: "value" });
    const canvas = element("canvas", { class: "line", "aria-hidden": "true" });
    return { cell: element("td", { class: "metric" }, text, canvas), text, canvas };
  });
  const row = { row: element("tr", {}, name, functions, age, ...cells.map(({ cell }) => cell)), button, functions, age, cells, name: "" };
  button.addEventListener("click", () => openNode(row.name));
  button.addEventListener("focus", () => (state.focused = row.name));
  return row;
}

function drawRows() {
  const scroll = byId("nodes-scroll");
  const table = byId("nodes-table");
  if (scroll.hidden || !state.lines.metrics.length) return;
  const above = table.caption.offsetHeight;
  // So many wherever the reader is, so that rows are filled anew and never made anew, which would lose the focus.
  const count = Math.min(Math.ceil(scroll.clientHeight / ROW_HEIGHT) + 2 * ROWS_BEYOND, state.order.length);
  const wanted = Math.floor((scroll.scrollTop - above) / ROW_HEIGHT) - ROWS_BEYOND;
  const first = Math.max(0, Math.min(wanted, state.order.length - count));
  const body = table.tBodies[0];
  const isRebuilt = state.rows.length !== count || body.rows.length === 0;
  if (isRebuilt) {
    while (state.rows.length > count) state.rows.pop();
    while (state.rows.length < count) state.rows.push(makeRow());
    state.above ??= element("tr", { class: "spacer", "aria-hidden": "true" }, element("td"));
    state.below ??= element("tr", { class: "spacer", "aria-hidden": "true" }, element("td"));
    body.replaceChildren(state.above, ...state.rows.map(({ row }) => row), state.below);
  }
  state.above.firstChild.style.height = `${first * ROW_HEIGHT}px`;
  state.below.firstChild.style.height = `${Math.max(0, state.order.length - first - count) * ROW_HEIGHT}px`;
  show(state.above, first > 0);
  show(state.below, state.order.length > first + count);
  table.ariaRowCount = String(state.order.length + 1);
  const bounds = scroll.getBoundingClientRect();
  const isSeen = bounds.bottom > 0 && bounds.top < innerHeight;
  const hadFocus = state.rows.find(({ button }) => button === document.activeElement);
  const byName = new Map(state.lines.nodes.map((node) => [node.name, node]));
  state.rows.forEach((row, place) => {
    const name = state.order[first + place];
    row.row.ariaRowIndex = String(first + place + 2);
    const node = byName.get(name);
    if (node) drawRow(row, node, isSeen);
  });
  // The focus stays with its node when rows move under it.
  if (hadFocus && hadFocus.name !== state.focused) state.rows.find((row) => row.name === state.focused)?.button.focus({ preventScroll: true });
}

/// How old a node's newest sample is, or why it is not known: {text, state}.
export function freshness(node) {
  if (node.reason) return { text: node.age === undefined ? "unknown" : `unknown, ${duration(node.age)} ago`, state: "unknown" };
  if (node.age === undefined) return { text: ABSENT, state: "unknown" };
  return node.age > STALE_SECONDS ? { text: `stale, ${duration(node.age)} ago`, state: "stale" } : { text: "now", state: "fresh" };
}

function drawRow(row, node, isSeen) {
  const focused = state.focused;
  row.name = node.name;
  state.focused = focused;
  setText(row.button, node.name);
  const functions = functionsOn(node.name).join(", ");
  setText(row.functions, functions || ABSENT);
  if (row.functions.title !== functions) row.functions.title = functions;
  const age = freshness(node);
  setText(row.age, age.text);
  row.row.dataset.state = age.state;
  const reason = node.reason ?? "";
  if (row.age.title !== reason) row.age.title = reason;
  row.cells.forEach(({ text }, place) => setText(text, metricText(state.lines.metrics[place], node.values[place])));
  const isOther = row.drawn !== node.name;
  if (isOther) row.row.dataset.lines = "waiting";
  if (isSeen && (isOther || performance.now() - row.drawnAt > LINE_MILLISECONDS)) drawLinesSoon(row);
}

function drawLinesSoon(row) {
  if (!state.waiting.size) requestAnimationFrame(drawWaiting);
  state.waiting.add(row);
}

function drawWaiting() {
  for (const row of [...state.waiting].slice(0, ROWS_PER_FRAME)) {
    state.waiting.delete(row);
    drawLines(row);
  }
  if (state.waiting.size) requestAnimationFrame(drawWaiting);
}

function drawLines(row) {
  const node = state.lines.find(row.name);
  if (!node) return;
  [row.drawn, row.drawnAt] = [node.name, performance.now()];
  delete row.row.dataset.lines;
  row.cells.forEach(({ canvas }, place) => {
    sparkline(canvas, state.lines.points(node, place), metricLimit(state.lines.metrics[place]), LINE_WIDTH, LINE_HEIGHT);
  });
}
