// Why a decision was taken: what was seen, how each action scored, what was barred, and what came of it.

import { element, makeTable, openDetail } from "./elements.js";
import { ABSENT, clock, digits, duration, percent, quotient } from "./format.js";
import { pairs } from "./answer.js";
import { get } from "./live.js";

const MOST_ACTIONS = 12;

/// Opens the dialog about the decision at `sequence` of the journal.
export async function explain(sequence) {
  openDetail(`Decision ${sequence}`, element("p", { class: "notice" }, "asking the coordinator"));
  try {
    const entry = await get(`/api/v1/decisions/${sequence}`);
    openDetail(`Decision ${sequence}`, ...told(entry));
  } catch (error) {
    openDetail(`Decision ${sequence}`, element("p", { class: "notice" }, error.message));
  }
}

function told({ writtenAtUnixSeconds, session, record }) {
  return [
    element("p", { class: "verdict", data: { state: record.quotient > 1 ? "late" : record.quotient === undefined ? "unknown" : "kept" } }, outcome(record)),
    facts(record, writtenAtUnixSeconds, session),
    ...(record.decision ? [actions(record.decision), observation(record.decision)] : []),
    places(record),
  ];
}

function outcome(record) {
  if (record.latencySeconds === undefined) return `The request failed: ${record.failures[0] ?? "why is not known"}`;
  const word = record.quotient > 1 ? "Late" : "Kept its target";
  return `${word}: ${duration(record.latencySeconds)} of ${duration(record.targetSeconds)}, QoS quotient ${quotient(record.quotient)}`;
}

function facts(record, writtenAt, session) {
  const { decision } = record;
  const rows = [
    ["Written down", clock(writtenAt)],
    ["Workflow", `${record.workflow}, request ${record.requestSequence}`],
    ["Session", `${session}, step ${record.step}`],
    ["Chosen", decision ? decision.actions[decision.chosen] : "nothing: the cluster could not be asked"],
    ["By", decision ? (decision.isRandom ? `chance, which chooses ${percent(decision.epsilon, 1)} of the time` : "the values of the actions") : ABSENT],
    ["Changed", record.change ?? "nothing"],
    ["Guard", record.verdict ?? ABSENT],
    ["Barred", decision?.barred?.join("; ") || ABSENT],
    ["Reward", digits(record.reward)],
    ["Failures", record.failures.join("; ") || "none"],
  ];
  return element("dl", {}, ...rows.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]));
}

function actions(decision) {
  const order = decision.actions.map((_, index) => index);
  if (decision.values.length) order.sort((left, right) => decision.values[right] - decision.values[left]);
  else order.sort((left, right) => (right === decision.chosen) - (left === decision.chosen));
  const shown = order.slice(0, MOST_ACTIONS);
  if (!shown.includes(decision.chosen)) shown[shown.length - 1] = decision.chosen;
  const caption = `Actions by value; ${shown.length} of ${order.length}`;
  return makeTable(caption, ["Action", "#Value", "Allowed", "Chosen"], shown.map((index) => [
    decision.actions[index], digits(decision.values[index], 4), decision.allowed[index] ? "yes" : "no", index === decision.chosen ? "chosen" : "",
  ]));
}

function observation(decision) {
  const absent = new Set(decision.absentEntries);
  const rows = decision.entryNames.map((name, index) => [name, absent.has(index) ? ABSENT : digits(decision.observation[index], 4)]);
  return element("details", {}, element("summary", {}, `What was seen: ${rows.length} numbers, each on a scale from 0 to 20`), makeTable("Entries of the observation", ["Entry", "#Value"], rows));
}

function places(record) {
  const seconds = pairs(record.functionSeconds);
  const nodes = pairs(record.assignment);
  const names = [...new Set([...nodes.keys(), ...seconds.keys()])].sort();
  return makeTable("Where functions were while the request ran, and how long they took", ["Function", "Node", "#Took"],
    names.map((name) => [name, nodes.get(name) ?? ABSENT, duration(seconds.get(name))]));
}
