// The panel that answers why a workflow is slow: its latency against its target, when that changed, and what coincides.

import { byId, element, fillTable, setText, show } from "./elements.js";
import { ABSENT, clock, duration, factor, metricLabel, metricText, percent, quotient } from "./format.js";
import { course } from "./analysis.js";
import * as answer from "./answer.js";
import { colour, grid, onTheme, prepare, timeAxis } from "./drawing.js";
import { explain } from "./decision.js";

/// Requests before which nothing is said about changes.
const FEWEST_REQUESTS = 10;
/// A chart shows quotients up to here at most; what is beyond stands at its upper edge.
const HIGHEST_QUOTIENT = 4;
const COURSE_MILLISECONDS = 2000;

const state = { journal: null, lines: null, hasHistory: () => false, selected: null, shown: null, cursor: null, asked: "" };

export function startWorkflows(journal, lines, hasHistory) {
  Object.assign(state, { journal, lines, hasHistory });
  byId("range").addEventListener("change", drawWorkflows);
  const chart = byId("workflow-chart");
  chart.addEventListener("keydown", (event) => {
    const last = (state.shown?.requests.length ?? 0) - 1;
    const from = state.cursor ?? last + 1;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      moveCursor(Math.min(Math.max(next, 0), last));
    } else if (event.key === "Enter") openCursor();
    else if (event.key === "Escape") moveCursor(null);
  });
  chart.addEventListener("pointermove", (event) => moveCursor(nearest(event)));
  chart.addEventListener("pointerleave", () => moveCursor(null));
  chart.addEventListener("click", openCursor);
  onTheme(drawChart);
  new ResizeObserver(drawChart).observe(chart);
}

const now = () => Date.now() / 1000;

/// What `course` found for each workflow: found anew only when there are other requests, and not at every one of many.
const courses = new Map();

function courseOf(name, requests) {
  const key = `${requests[0]?.sequence} ${requests.at(-1)?.sequence} ${requests.length}`;
  const known = courses.get(name);
  const isYoung = known && known.range === byId("range").value && performance.now() - known.foundAt < COURSE_MILLISECONDS;
  if (known?.key === key || isYoung) return known.whole;
  const whole = course(requests);
  courses.set(name, { key, whole, range: byId("range").value, foundAt: performance.now() });
  return whole;
}

function since() {
  const seconds = Number(byId("range").value);
  return seconds ? now() - seconds : 0;
}

/// One sentence about what the latency did.
export function verdict(requests, { now: part, before }) {
  if (requests.length < FEWEST_REQUESTS) return { text: `${requests.length} requests: too few to tell a change`, state: "unknown" };
  const took = `the median request takes ${duration(part.latency)} of ${duration(part.target)}`;
  const isLate = part.quotient > 1;
  if (!before) return { text: `${isLate ? "Late" : "Within its target"} all the time: ${took}`, state: isLate ? "late" : "kept" };
  const isSlower = part.quotient > before.quotient;
  const since = `since ${clock(part.beganAt)}, for ${duration(now() - part.beganAt)}`;
  const was = `; before, ${duration(before.latency)} of ${duration(before.target)}`;
  const isMoved = Math.abs(Math.log(part.target / before.target)) > 0.01;
  // Where the target alone was changed, nothing has become slower or faster.
  const isSame = isMoved && Math.abs(Math.log(part.latency / before.latency)) < 0.1;
  const changed = isSame ? `On a ${part.target < before.target ? "tighter" : "looser"} target` : isSlower ? "Slower" : "Faster";
  const word = isLate ? (isSlower && !isSame ? "Late" : `Late; ${changed.toLowerCase()}`) : changed;
  return { text: `${word} ${since}: ${took}${was}${isMoved && !isSame ? " (the target was changed)" : ""}`, state: isLate ? "late" : "kept" };
}

/// Draws everything anew from what is known.
export function drawWorkflows() {
  const names = state.journal.workflows;
  show(byId("workflows-empty"), !names.length);
  show(byId("workflows-table"), names.length > 0);
  show(byId("workflow"), names.length > 0);
  if (!names.length) return;
  if (!names.includes(state.selected)) state.selected = names[0];
  const from = since();
  const rows = names.map((name) => {
    const requests = state.journal.requestsOf(name, from);
    const whole = courseOf(name, requests);
    const newest = requests.at(-1);
    const kept = requests.filter((request) => request.quotient <= 1).length;
    const said = verdict(requests, whole);
    if (name === state.selected) showSelected(name, requests, whole, said);
    const button = element("button", { type: "button", class: "link", ariaPressed: String(name === state.selected) }, name);
    button.addEventListener("click", () => {
      state.selected = name;
      state.asked = "";
      drawWorkflows();
    });
    return [
      { node: button, key: `${name}${name === state.selected}` },
      duration(newest?.targetSeconds),
      newest?.failure && newest.latencySeconds === undefined ? { text: "failed", class: "late" } : duration(newest?.latencySeconds),
      { text: quotient(newest?.quotient), class: newest?.quotient > 1 ? "late" : "" },
      { text: quotient(whole.now?.quotient), class: whole.now?.quotient > 1 ? "late" : "" },
      requests.length ? percent(kept / requests.length) : ABSENT,
      String(requests.length),
      { text: said.text, class: `wrap ${said.state === "late" ? "late" : ""}` },
    ];
  });
  fillTable(byId("workflows-table"), rows);
}

function showSelected(name, requests, whole, said) {
  const isNew = state.shown?.name !== name;
  if (isNew) state.cursor = null;
  state.shown = { name, requests, whole };
  setText(byId("workflow-title"), name);
  setText(byId("verdict"), said.text);
  byId("verdict").dataset.state = said.state;
  byId("workflow-chart").ariaLabel = `QoS quotient of ${name} over time. ${said.text}`;
  drawChart();
  showCoincidences(whole);
}

/// The chart's measures: where times and quotients lie.
function scales(width, height) {
  const { requests } = state.shown;
  const box = { left: 44, top: 18, width: width - 52, height: height - 56 };
  const range = Number(byId("range").value);
  const to = now();
  const first = requests[0]?.writtenAtUnixSeconds ?? to - 60;
  // As far as requests reach back, so that a young coordinator's chart is not empty.
  const from = Math.min(Math.max(range ? to - range : 0, first - 1), to - 10);
  const sorted = requests.map((request) => request.quotient ?? 0).sort((left, right) => left - right);
  const most = Math.min(HIGHEST_QUOTIENT, Math.max(1.25, (sorted[Math.floor(sorted.length * 0.99)] ?? 1) * 1.15));
  return {
    box, from, to, most,
    x: (time) => box.left + ((time - from) / (to - from)) * box.width,
    y: (value) => box.top + box.height - (Math.min(value, most) / most) * box.height,
  };
}

function drawChart() {
  if (!state.shown) return;
  const canvas = byId("workflow-chart").firstElementChild;
  const area = prepare(canvas);
  if (!area) return;
  const { context, width, height } = area;
  const scale = scales(width, height);
  const { box, from, to, most, x, y } = scale;
  context.font = "11px system-ui, sans-serif";
  drawPressure(context, scale);
  grid(context, box, [0, most], (value) => String(Number(value.toPrecision(2))));
  timeAxis(context, box, [from, to], clock);
  drawMarks(context, scale);
  drawRequests(context, scale);
  drawStretches(context, scale);
  context.strokeStyle = colour("ink");
  context.lineWidth = 1;
  context.setLineDash([5, 3]);
  context.strokeRect(box.left, y(1), box.width, 0);
  context.setLineDash([]);
  context.fillStyle = colour("ink");
  context.textAlign = "left";
  context.fillText("latency / target", 4, 11);
  context.textAlign = "right";
  context.fillText("target", box.left + box.width - 2, y(1) - 4);
  const request = state.shown.requests[state.cursor];
  if (!request) return;
  context.strokeStyle = colour("ink");
  context.strokeRect(Math.round(x(request.writtenAtUnixSeconds)) + 0.5, box.top, 0, box.height);
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x(request.writtenAtUnixSeconds), y(request.quotient ?? most), 5, 0, 2 * Math.PI);
  context.stroke();
}

/// Interference as bands, from its order for as long as it lasts or until it is taken away.
function drawPressure(context, { box, x, from, to }) {
  const events = state.journal.events.all.filter((event) => event.kind === "interference");
  context.fillStyle = colour("pressure");
  events.forEach((event, place) => {
    if (!event.seconds) return;
    const next = events.slice(place + 1).find((later) => later.node === event.node);
    const end = Math.min(event.writtenAtUnixSeconds + event.seconds, next?.writtenAtUnixSeconds ?? Infinity, to);
    const left = Math.max(x(event.writtenAtUnixSeconds), box.left);
    if (end < from) return;
    context.globalAlpha = 0.16;
    context.fillRect(left, box.top, Math.max(1, x(end) - left), box.height);
    context.globalAlpha = 1;
    context.fillRect(left, box.top, Math.max(1, x(end) - left), 3);
  });
}

/// What was moved, and what else happened, as ticks below the requests.
function drawMarks(context, { box, x, from }) {
  const bottom = box.top + box.height;
  const tick = (time, name, top, length) => {
    if (time < from) return;
    context.fillStyle = colour(name);
    context.fillRect(x(time) - 0.75, top, 1.5, length);
  };
  const { requests } = state.shown;
  requests.forEach((request, index) => {
    if (request.change) tick(answer.decidedAt(requests, index), "moved", bottom + 20, 7);
  });
  for (const event of state.journal.events.all) if (event.kind !== "interference") tick(event.writtenAtUnixSeconds, "other", bottom + 29, 7);
}

function drawRequests(context, { x, y, most, box }) {
  const { requests } = state.shown;
  const size = requests.length > 400 ? 2 : requests.length > 80 ? 3 : 5;
  context.globalAlpha = requests.length > 400 ? 0.6 : 0.9;
  for (const request of requests) {
    const left = x(request.writtenAtUnixSeconds);
    const isLate = !(request.quotient <= 1);
    context.fillStyle = context.strokeStyle = colour(isLate ? "late" : "kept");
    if (request.quotient === undefined) {
      context.beginPath();
      context.moveTo(left - 3, box.top - 3);
      context.lineTo(left + 3, box.top + 3);
      context.moveTo(left + 3, box.top - 3);
      context.lineTo(left - 3, box.top + 3);
      context.stroke();
    } else if (isLate) {
      // Late ones are triangles, so that colour is not all that tells them.
      const top = y(request.quotient);
      context.beginPath();
      context.moveTo(left, top - size);
      context.lineTo(left + size, top + size * 0.7);
      context.lineTo(left - size, top + size * 0.7);
      context.fill();
    } else {
      context.fillRect(left - size / 2, y(request.quotient) - size / 2, size, size);
    }
  }
  context.globalAlpha = 1;
}

/// The medians between lasting changes.
function drawStretches(context, { x, y, box, to }) {
  const { whole } = state.shown;
  const { requests } = whole;
  context.strokeStyle = colour("ink");
  context.lineWidth = 2;
  for (const part of whole.parts) {
    const from = Math.max(x(requests[part.from].writtenAtUnixSeconds), box.left);
    const end = part.to < requests.length ? requests[part.to].writtenAtUnixSeconds : to;
    context.strokeRect(from, y(part.quotient), Math.max(1, x(end) - from), 0);
  }
  if (!whole.before) return;
  const at = Math.round(x(requests[whole.now.from].writtenAtUnixSeconds)) + 0.5;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.strokeRect(at, box.top, 0, box.height);
  context.setLineDash([]);
  context.fillStyle = colour("ink");
  const isRight = at > box.left + box.width - 120;
  context.textAlign = isRight ? "right" : "left";
  context.fillText(`changed ${clock(whole.now.beganAt)}`, at + (isRight ? -4 : 4), 11);
}

function nearest(event) {
  const chart = byId("workflow-chart");
  const { requests } = state.shown ?? { requests: [] };
  if (!requests.length) return null;
  const bounds = chart.getBoundingClientRect();
  const { x, y, most } = scales(bounds.width, bounds.height);
  let best = null;
  let least = 900;
  requests.forEach((request, index) => {
    const across = x(request.writtenAtUnixSeconds) - (event.clientX - bounds.left);
    const down = y(request.quotient ?? most) - (event.clientY - bounds.top);
    const distance = across * across + (down * down) / 16;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

function moveCursor(index) {
  state.cursor = index;
  const request = state.shown?.requests[index];
  const text = request
    ? `${clock(request.writtenAtUnixSeconds)}: ${duration(request.latencySeconds)} of ${duration(request.targetSeconds)}, `
      + `quotient ${quotient(request.quotient)}${request.change ? `; before it: ${request.change}` : ""}${request.failure ? `; ${request.failure}` : ""}`
    : "";
  setText(byId("workflow-readout"), text);
  drawChart();
}

function openCursor() {
  const request = state.shown?.requests[state.cursor];
  if (request?.kind === "decision") explain(request.sequence);
}

/// Asks what else happened, once for each change that is found.
async function showCoincidences({ requests, now: part, before }) {
  const block = byId("coincidences");
  if (!before || requests.length < FEWEST_REQUESTS) {
    show(block, false);
    state.asked = "";
    return;
  }
  const change = requests[part.from];
  const around = answer.events(requests, part.from, state.journal);
  fillTable(byId("coincident-events"), around.length ? around.map((event) => [
    `${event.seconds < 0 ? "−" : "+"}${duration(Math.abs(event.seconds))}`,
    event.sequence ? { node: decisionButton(event.sequence, event.what), key: event.what } : event.what,
    event.node ?? ABSENT,
  ]) : [[ABSENT, "nothing was written down", ABSENT]]);
  setText(byId("coincidences-note"), `Around ${clock(part.beganAt)}, when the median quotient went from ${quotient(before.quotient)} to ${quotient(part.quotient)}.`);
  show(block, true);
  const key = `${state.shown.name} ${change.sequence}`;
  if (state.asked === key) return;
  state.asked = key;
  try {
    const functions = await answer.functions(requests, part.from);
    if (state.asked !== key) return;
    fillTable(byId("coincident-functions"), functions.length ? functions.map((row) => [
      row.name,
      row.nodeBefore && row.node && row.nodeBefore !== row.node ? `${row.nodeBefore} → ${row.node}` : (row.node ?? row.nodeBefore ?? ABSENT),
      duration(row.before), duration(row.after),
      { text: factor(row.before, row.after), class: row.after > row.before * 1.1 ? "late" : "" },
    ]) : [[ABSENT, ABSENT, ABSENT, ABSENT, ABSENT]]);
    const nodes = [...new Set(functions.flatMap((row) => [row.node, row.nodeBefore]).filter(Boolean))];
    const counters = await answer.counters(nodes, part.beganAt, state.lines, state.hasHistory());
    if (state.asked !== key) return;
    const nothing = counters ? "no counter moved" : "the counters of that time are not kept";
    fillTable(byId("coincident-counters"), counters?.length ? counters.map((row) => [
      row.node, metricLabel(row.metric), metricText(row.metric, row.before), metricText(row.metric, row.after), factor(row.before, row.after),
    ]) : [[ABSENT, nothing, ABSENT, ABSENT, ABSENT]]);
  } catch (error) {
    if (state.asked === key) state.asked = "";
    fillTable(byId("coincident-counters"), [[ABSENT, error.message, ABSENT, ABSENT, ABSENT]]);
  }
}

function decisionButton(sequence, text) {
  const button = element("button", { type: "button", class: "link" }, text);
  button.addEventListener("click", () => explain(sequence));
  return button;
}
