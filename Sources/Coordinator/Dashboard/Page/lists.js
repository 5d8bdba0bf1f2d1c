// The panels that are lists: decisions, interference, loans and routes.

import { byId, element, fillTable, setText, show } from "./elements.js";
import { ABSENT, clock, digits, duration, percent, quotient } from "./format.js";
import { explain } from "./decision.js";
import { get } from "./live.js";

const MOST_ROWS = 50;
/// Loans carry ages, so that they change with every look; they are asked for while they can be seen.
const LOANS_MILLISECONDS = 3000;

/// The newest decisions.
export function drawDecisions(journal) {
  const isAll = byId("decisions-all").checked;
  const decisions = journal.requests.all.filter((request) => request.kind === "decision");
  const found = decisions.filter((request) => isAll || request.change || request.failure);
  show(byId("decisions-empty"), !found.length);
  setText(byId("decisions-empty"), decisions.length ? `${decisions.length} decisions, none of which changed anything.` : "No decision has been taken yet.");
  show(byId("decisions-scroll"), found.length > 0);
  fillTable(byId("decisions-table"), found.slice(-MOST_ROWS).reverse().map((request) => {
    const button = element("button", { type: "button", class: "link" }, String(request.sequence));
    button.addEventListener("click", () => explain(request.sequence));
    return [
      { node: button, key: String(request.sequence) }, clock(request.writtenAtUnixSeconds), request.workflow,
      request.change ?? (request.failure ? { text: request.failure, class: "wrap" } : "nothing"),
      request.latencySeconds === undefined ? { text: "failed", class: "late" } : duration(request.latencySeconds), duration(request.targetSeconds),
      { text: quotient(request.quotient), class: request.quotient > 1 ? "late" : "" },
    ];
  }));
}

/// Pressure that is on nodes now.
export function drawInterference(answer) {
  show(byId("interference-empty"), !answer.pressures.length);
  show(byId("interference-table"), answer.pressures.length > 0);
  const share = (value) => (value > 0 ? percent(value) : ABSENT);
  fillTable(byId("interference-table"), answer.pressures.map((one) => [one.node, share(one.cpu), share(one.cache), share(one.memory), duration(one.seconds)]));
}

/// What else has happened.
export function drawTimeline(journal) {
  const events = journal.events.all.slice(-MOST_ROWS).reverse();
  show(byId("timeline-scroll"), events.length > 0);
  fillTable(byId("timeline-table"), events.map((event) => [clock(event.writtenAtUnixSeconds), event.kind, event.node ?? ABSENT, { text: event.sentence, class: "wrap" }]));
}

/// "ownerNeedsIt" as "owner needs it".
const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const plural = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;
const amount = (resource, value) => (resource === "cpu" ? `${digits(value / 1000)} cores` : `${value} MiB`);

function drawLoans(answer) {
  const functions = new Map(answer.nodes.flatMap((node) => node.containers.map((one) => [one.containerID, one.function])));
  const name = (id) => functions.get(id) ?? id.slice(0, 12);
  const loans = answer.nodes.flatMap((node) => node.loans.map((loan) => ({ node: node.node, ...loan })));
  const returned = answer.nodes.flatMap((node) => node.returned.map((one) => ({ node: node.node, ...one }))).sort((left, right) => left.ageSeconds - right.ageSeconds);
  const remarks = [...new Set(answer.nodes.map((node) => node.remark).filter(Boolean))];
  setText(byId("loans-summary"), `${answer.manager}, ${answer.mode === "act" ? "acting" : "observing only"}; ${plural(loans.length, "loan")} in force on ${plural(answer.nodes.length, "node")}${remarks.length ? `; ${remarks[0]}` : ""}`);
  show(byId("loans-empty"), !loans.length);
  setText(byId("loans-empty"), "Nothing is lent at the moment.");
  show(byId("loans-scroll"), loans.length > 0);
  fillTable(byId("loans-table"), loans.slice(0, MOST_ROWS * 4).map((loan) => [
    loan.node, name(loan.lender), name(loan.borrower), amount(loan.resource, loan.amount), duration(loan.sinceSeconds), duration(loan.remainingSeconds),
  ]));
  show(byId("returned-scroll"), returned.length > 0);
  fillTable(byId("returned-table"), returned.slice(0, MOST_ROWS).map((one) => [
    duration(one.ageSeconds), one.node, one.lender, one.borrower, amount(one.resource, one.amount), duration(one.lentSeconds), { text: words(one.reason), class: "wrap" },
  ]));
}

/// Keeps loans up to date while they can be seen.
export function followLoans(has) {
  let isSeen = false;
  let isAsking = false;
  const look = async () => {
    if (!isSeen || isAsking || document.hidden || !has("harvesting")) return;
    isAsking = true;
    try {
      drawLoans(await get("/api/v1/harvest"));
    } catch (error) {
      setText(byId("loans-summary"), error.message);
    }
    isAsking = false;
  };
  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1).isIntersecting;
    look();
  }).observe(byId("loans"));
  setInterval(look, LOANS_MILLISECONDS);
  return look;
}

/// Workers and what became of their requests.
export function drawRoutes(answer) {
  const refused = Object.values(answer.refused).reduce((sum, count) => sum + count, 0);
  setText(byId("routes-summary"), `${answer.balancer}; ${answer.waiting} waiting, ${answer.resent} sent again, ${refused} refused`);
  show(byId("routes-empty"), !answer.workers.length);
  setText(byId("routes-empty"), "No worker is known.");
  show(byId("routes-scroll"), answer.workers.length > 0);
  fillTable(byId("routes-table"), answer.workers.map((worker) => [
    worker.url, worker.node ?? ABSENT, { text: worker.state, class: worker.state === "active" ? "" : "late" }, String(worker.inFlight), String(worker.weight),
    duration(worker.latency.p50Seconds), duration(worker.latency.p99Seconds), String(worker.outcomes.succeeded),
    String(worker.outcomes.functionFailed + worker.outcomes.workerFailed),
  ]));
}
