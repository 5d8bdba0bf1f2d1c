// Begins everything: who follows which topic, and how often what is drawn.

import { byId, setText, whileSeen } from "./elements.js";
import { duration } from "./format.js";
import { follow, get } from "./live.js";
import { Journal, NodeLines } from "./state.js";
import { drawWorkflows, startWorkflows } from "./workflows.js";
import { drawNodes, startNodes, takeFunctions } from "./nodes.js";
import { drawNode, startNode } from "./node.js";
import { drawDecisions, drawInterference, drawRoutes, drawTimeline, followLoans } from "./lists.js";

/// The most requests and events that are asked for at the beginning, and in one go where the stream has a gap.
const MOST_REQUESTS = 5000;
const MOST_EVENTS = 500;
/// Times on the page move on even where nothing new is told.
const CLOCK_MILLISECONDS = 5000;

const lines = new NodeLines();
const journal = new Journal();
const parts = new Set();
const has = (part) => parts.has(part);

/// What has changed since the last picture. Each frame draws one thing, so that typing and scrolling come in between.
const dirty = new Set();

function soon(draw) {
  if (!dirty.size) requestAnimationFrame(drawNext);
  dirty.add(draw);
}

function drawNext() {
  const [draw] = dirty;
  dirty.delete(draw);
  draw();
  if (dirty.size) requestAnimationFrame(drawNext);
}

const decisions = whileSeen(byId("decisions"), () => drawDecisions(journal));
const timeline = whileSeen(byId("interference"), () => drawTimeline(journal));
const workflows = whileSeen(byId("workflows"), drawWorkflows);
const nodes = whileSeen(byId("nodes"), () => drawNodes());

function status(answer) {
  for (const part of answer.parts) parts.add(part);
  const who = answer.leadership ? `${answer.leadership.isLeading ? "leads" : `stands by for ${answer.leadership.holder ?? "nobody"}`}; ` : "";
  const known = answer.heardNodes === undefined ? "" : `; ${answer.knownNodes} of ${answer.heardNodes} nodes known`;
  const session = answer.placement?.session;
  const placement = answer.placement ? `; placement ${answer.placement.state}${session ? `, ${session.scheduler} ${session.mode}` : ""}` : "";
  setText(byId("summary"), `${answer.version}; ${who}up ${duration(answer.uptimeSeconds)}${known}${placement}`);
  if (!asked) begin();
}

let asked = false;

/// Asks for the journal's past once; the stream goes on from there.
async function begin() {
  asked = true;
  if (!has("store")) return;
  await Promise.all([fill("requests", MOST_REQUESTS), fill("timeline", MOST_EVENTS)]);
}

async function fill(topic, limit) {
  try {
    take(topic, await get(`/api/v1/${topic}?limit=${limit}`), false);
  } catch (error) {
    console.warn(`${topic}: ${error.message}`);
  }
}

let isFilling = false;

/// Takes in entries of the journal. Where the stream's newest ones do not reach back to the last one that is known, those
/// between are asked for.
function take(topic, answer, isLive = true) {
  const entries = topic === "requests" ? journal.requests : journal.events;
  const told = topic === "requests" ? answer.requests : answer.events;
  const last = entries.newest;
  if (isLive && last && told[0]?.sequence > last && !isFilling) {
    isFilling = true;
    get(`/api/v1/${topic}?after=${last}&limit=${MOST_REQUESTS}`)
      .then((between) => take(topic, between, false))
      .catch((error) => console.warn(`${topic}: ${error.message}`))
      .finally(() => (isFilling = false));
    return;
  }
  if (!entries.add(told)) return;
  soon(workflows);
  soon(topic === "requests" ? decisions : timeline);
}

const topics = {
  status,
  values(answer) {
    lines.take(answer, Date.now() / 1000);
    soon(nodes);
    soon(drawNode);
  },
  functions: takeFunctions,
  requests: (answer) => take("requests", answer),
  timeline: (answer) => take("timeline", answer),
  interference: drawInterference,
  routes: drawRoutes,
};

startWorkflows(journal, lines, () => has("history"));
startNodes(lines);
startNode(lines, has);
followLoans(has);
byId("decisions-all").addEventListener("change", decisions);
setInterval(() => soon(workflows), CLOCK_MILLISECONDS);

follow(
  (topic, answer) => topics[topic]?.(answer),
  (state, sentence) => {
    byId("connection").dataset.state = state;
    setText(byId("connection"), sentence);
  },
);
