// "Why is the workflow slow since noon?": what else happened when its latency changed, and where.

import { get } from "./live.js";
import { median, moved } from "./analysis.js";

/// Requests whose time in functions is compared on either side of the change.
const REQUESTS_BESIDE = 3;
/// Seconds of counters that are compared on either side.
const SECONDS_BESIDE = 120;
/// Nodes that the history is asked about.
const MOST_NODES = 8;
/// What moved by less than so many spreads is not told.
const SMALLEST_MOVE = 3;
const MOST_ROWS = 8;

/// Half a window around the change in which events count as coinciding: at least a minute, and three requests wide.
export function margin(requests, index) {
  const near = requests.slice(Math.max(0, index - 10), index + 10).map((request) => request.writtenAtUnixSeconds);
  const gaps = near.slice(1).map((time, place) => time - near[place]);
  return Math.max(60, 3 * (median(gaps) ?? 0));
}

/// When the decision before request `index` was taken: when its request began, but not before the one before it had ended.
export function decidedAt(requests, index) {
  const { writtenAtUnixSeconds: written, latencySeconds: latency } = requests[index];
  return Math.max(requests[index - 1]?.writtenAtUnixSeconds ?? -Infinity, written - (latency ?? 0));
}

/// Events and decisions around the change at request `index`, the nearest first: {seconds, what, node, sequence}.
export function events(requests, index, journal) {
  const at = decidedAt(requests, index);
  const width = margin(requests, index);
  const found = [];
  for (const event of journal.events.all) {
    const seconds = event.writtenAtUnixSeconds - at;
    if (Math.abs(seconds) <= width) found.push({ seconds, what: event.sentence, node: event.node, kind: event.kind });
  }
  for (let place = Math.max(0, index - 50); place < Math.min(requests.length, index + 50); place += 1) {
    const request = requests[place];
    const seconds = decidedAt(requests, place) - at;
    if (!request.change || Math.abs(seconds) > width) continue;
    found.push({ seconds, what: request.change, node: request.change.match(/ to (\S+)$/)?.[1], kind: "decision", sequence: request.sequence });
  }
  return found.sort((left, right) => Math.abs(left.seconds) - Math.abs(right.seconds)).slice(0, MOST_ROWS);
}

async function records(requests, from, to) {
  const wanted = requests.slice(Math.max(0, from), to).filter((request) => request.kind === "decision");
  const told = await Promise.all(wanted.map((request) => get(`/api/v1/decisions/${request.sequence}`)));
  return told.map((entry) => entry.record);
}

/// Names and values in turn, as dictionaries by names are coded.
export function pairs(list) {
  const found = new Map();
  for (let place = 0; place + 1 < list.length; place += 2) found.set(list[place], list[place + 1]);
  return found;
}

/// The functions of the requests around the change, by how much longer they took: {function, nodeBefore, node, before, after}.
export async function functions(requests, index) {
  const [before, after] = await Promise.all([
    records(requests, index - REQUESTS_BESIDE, index),
    records(requests, index, index + REQUESTS_BESIDE),
  ]);
  const seconds = (list, name) => median(list.map((record) => pairs(record.functionSeconds).get(name)).filter((value) => value !== undefined));
  const place = (list, name) => list.map((record) => pairs(record.assignment).get(name)).findLast((node) => node !== undefined);
  const names = new Set([...before, ...after].flatMap((record) => [...pairs(record.assignment).keys(), ...pairs(record.functionSeconds).keys()]));
  return [...names]
    .map((name) => ({
      name, nodeBefore: place(before, name), node: place(after, name), before: seconds(before, name), after: seconds(after, name),
    }))
    .sort((left, right) => (right.after ?? 0) - (right.before ?? 0) - ((left.after ?? 0) - (left.before ?? 0)));
}

function split({ times, values }, at) {
  const sides = [[], []];
  times.forEach((time, place) => {
    if (Math.abs(time - at) <= SECONDS_BESIDE && !Number.isNaN(values[place])) sides[time < at ? 0 : 1].push(values[place]);
  });
  return sides;
}

async function past(node, metric, at) {
  const query = new URLSearchParams({
    metric, node, scope: "system", from: Math.floor(at - SECONDS_BESIDE), to: Math.ceil(at + SECONDS_BESIDE), points: 60,
  });
  const answer = await get(`/api/v1/history?${query}`);
  const points = answer.series[0]?.points ?? [];
  return { times: points.map(([time]) => time), values: points.map(([, mean]) => mean) };
}

/// The counters of `names`' nodes that moved at the time `at`: {node, metric, before, after, moved}, the largest first; from what
/// the page has seen, and from the store where there is one. undefined where neither reaches back so far.
export async function counters(names, at, lines, hasHistory) {
  const wanted = names.slice(0, MOST_NODES).flatMap((name) => lines.metrics.map((metric, place) => ({ name, metric, place })));
  const found = await Promise.all(wanted.map(async ({ name, metric, place }) => {
    const node = lines.find(name);
    let points = node ? lines.points(node, place) : { times: [], values: [] };
    if (hasHistory && !(points.times[0] < at - SECONDS_BESIDE / 2)) points = await past(name, metric, at);
    const [before, after] = split(points, at);
    const result = moved(before, after);
    return result && { node: name, metric, ...result };
  }));
  const told = found.filter(Boolean);
  if (!told.length) return undefined;
  return told.filter((row) => row.moved >= SMALLEST_MOVE).sort((left, right) => right.moved - left.moved).slice(0, MOST_ROWS);
}
