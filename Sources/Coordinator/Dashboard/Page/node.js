// One node in the dialog: its functions, its lines in large, what its containers use, and every column of its agent.

import { byId, element, makeTable, onDetailClosed, openDetail, setText } from "./elements.js";
import { ABSENT, axisText, clock, digits, duration, metricLabel, metricLimit, metricText, withUnit } from "./format.js";
import { lineChart, onTheme } from "./drawing.js";
import { get } from "./live.js";
import { freshness, functionsOn } from "./nodes.js";

const state = { lines: null, has: () => false, open: null };

export function startNode(lines, has) {
  Object.assign(state, { lines, has });
  onTheme(drawNode);
}

/// Opens the dialog about node `name`.
export async function openNode(name) {
  const note = element("p", { class: "help" });
  const charts = state.lines.metrics.map((metric) => {
    const value = element("strong");
    const canvas = element("canvas", { "aria-hidden": "true" });
    return { metric, value, canvas, figure: element("figure", {}, element("figcaption", {}, metricLabel(metric), " ", value), canvas), past: [] };
  });
  const rest = element("div");
  state.open = { name, note, charts };
  openDetail(name, note, element("div", { class: "figures" }, ...charts.map(({ figure }) => figure)), rest);
  onDetailClosed(() => {
    if (state.open?.name === name) state.open = null;
  });
  drawNode();
  const [past, containers, counters] = await Promise.allSettled([readPast(name, charts), readContainers(name), readCounters(name)]);
  if (state.open?.name !== name) return;
  const parts = [containers, counters].map((part) => (part.status === "fulfilled" ? part.value : element("p", { class: "notice" }, part.reason.message)));
  rest.replaceChildren(...parts.filter(Boolean));
  if (past.status === "rejected") rest.prepend(element("p", { class: "notice" }, past.reason.message));
  drawNode();
}

/// Draws the open node's lines anew.
export function drawNode() {
  if (!state.open || !byId("detail").open) return;
  const node = state.lines.find(state.open.name);
  if (!node) return setText(state.open.note, "This node is not there any more.");
  const functions = functionsOn(node.name);
  const fresh = node.reason ?? (node.age === undefined ? "no sample yet" : `newest sample ${duration(node.age)} ago${freshness(node).state === "stale" ? ", stale" : ""}`);
  setText(state.open.note, `${functions.length ? `Runs ${functions.join(", ")}` : "Runs no function that is known here"}; ${fresh}.`);
  for (const chart of state.open.charts) {
    const place = state.lines.metrics.indexOf(chart.metric);
    setText(chart.value, metricText(chart.metric, node.values[place]));
    const live = state.lines.points(node, place);
    const before = chart.past.filter(([time]) => time < live.times[0]);
    const points = {
      times: [...before.map(([time]) => time), ...live.times], values: [...before.map(([, value]) => value), ...live.values],
    };
    lineChart(chart.canvas, points, {
      limit: metricLimit(chart.metric), label: (value) => axisText(chart.metric, value), time: clock, seconds: chart.past.length ? 3600 : undefined,
    });
  }
}

/// The last hour from the store, where there is one.
async function readPast(name, charts) {
  if (!state.has("history")) return;
  const to = Math.floor(Date.now() / 1000);
  await Promise.all(charts.map(async (chart) => {
    const query = new URLSearchParams({ metric: chart.metric, node: name, scope: "system", from: to - 3600, to, points: 360 });
    const answer = await get(`/api/v1/history?${query}`);
    chart.past = (answer.series[0]?.points ?? []).map(([time, mean]) => [time, mean]);
  }));
}

async function readContainers(name) {
  if (!state.has("telemetry")) return undefined;
  const answer = await get(`/api/v1/containers?${new URLSearchParams({ node: name })}`);
  const told = answer.nodes[0];
  if (!told) return undefined;
  if (told.state !== "known") return element("p", { class: "notice" }, `Containers: ${told.reason}`);
  return makeTable(
    `Containers, as reported ${duration(told.ageSeconds)} ago`, ["Container", "Function", "#Processors, mean", "#Limit", "#Memory, peak", "#Limit", "#Throttled"],
    told.containers.map((one) => [
      one.pod ?? one.containerID.slice(0, 12), one.function ?? ABSENT, digits(one.cpuCoresMean),
      one.isCPUUnlimited ? "none" : digits(one.cpuLimitCores), withUnit(one.memoryPeakBytes, "B"),
      one.isMemoryUnlimited ? "none" : withUnit(one.memoryLimitBytes, "B"), one.throttledWindows === undefined ? ABSENT : `${one.throttledWindows} of ${one.windows}`,
    ]));
}

async function readCounters(name) {
  const answer = await get(`/api/v1/nodes/${encodeURIComponent(name)}/counters`);
  const system = answer.rows.filter((row) => row.scope === "system");
  return makeTable(
    `Every counter of the node as a whole, when this was opened; ${answer.rows.length - system.length} more of its parts`,
    ["Counter", "#Value", "#Age", "Quality", "Source", "Detail"],
    system.map((row) => [
      row.metric, metricText(row.metric, row.value), duration(row.ageSeconds), row.quality, row.source, { text: row.detail ?? "", class: "wrap" },
    ]));
}
