import ControlAPI
import HTTPTypes
import Store

/// What can be asked.
extension RouteTable {
    static let node = Field("node", .text(most: 253), "The node's name.")
    private static let everyNode = Field("node", .text(most: 253), "One node; without it all of them.")

    private static func after(_ what: String) -> Field {
        Field("after", .text(most: 253), "Begins after \(what) of that name: the last one of the page before.")
    }

    private static func limit(_ most: Int64, _ standard: Int) -> Field {
        Field("limit", .integer(1...most), "The most that are told; \(standard) without it.")
    }

    private static func laterThan(_ what: String) -> Field {
        Field(
            "after", .integer(0...Int64.max),
            "Begins after \(what) of that number, the oldest first; without it the newest are told.")
    }

    /// Whether the coordinator lives, and what it shows to monitoring.
    static let monitoring: [Route] = [
        Route(
            .get, "/healthz", "getHealth", .open, .health, answer: .json(.object([.init("isAlive", .boolean)])),
            "Whether the coordinator lives: it answers, or it does not."),
        Route(
            .get, "/readyz", "getReadiness", .open, .readiness, answer: .json(Readiness.schema),
            "Whether each part of the coordinator is ready; 503 while one is not."),
        Route(
            .get, "/metrics", "getMetrics", .read, .metrics, answer: .text(mediaType: "text/plain"),
            "All metrics in Prometheus' text format."),
        Route(
            .get, "/api/v1/openapi.json", "getDocument", .read, .document, answer: .json(.any), "This document."),
        Route(
            .get, "/api/v1/events", "getEvents", .read, .events,
            query: [
                Field(
                    "topics", .names(most: LiveTopic.allCases.count),
                    "Which topics are told, with commas between: \(LiveTopic.list); without it all that there are."),
                Field("interval", .integer(200...60_000), "Milliseconds between two looks; 1000 without it."),
            ], answer: .text(mediaType: "text/event-stream"),
            "Live values as server-sent events, each named after its topic: what GET has of it, whenever that has changed."),
    ]

    /// What the coordinator knows.
    static let reading: [Route] = [
        Route(
            .get, "/api/v1/status", "getStatus", .read, .verb("status"), answer: .json(.of(StatusAnswer.self)),
            "What this coordinator runs and how it is."),
        Route(
            .get, "/api/v1/nodes", "listNodes", .read,
            .verb("nodes", pages: .init(list: "nodes", cursor: "node", standard: 2_000)),
            query: [after("the node"), limit(2_000, 2_000)], answer: .json(.of(NodesAnswer.self)),
            "The nodes that have said hello, with their newest values, by name."),
        Route(
            .get, "/api/v1/values", "listValues", .read, .verb("values"),
            query: [
                Field("metrics", .names(most: 32), "Which metrics are told, with commas between; the learners' without it.")
            ], answer: .json(.of(ValuesAnswer.self)), "The newest values of a few metrics on all nodes, by columns."),
        Route(
            .get, "/api/v1/nodes/{node}/counters", "getCounters", .read, .verb("counters"), in: [node],
            answer: .json(.of(CountersAnswer.self)), "The newest value of every column of one node."),
        Route(
            .get, "/api/v1/containers", "listContainers", .read,
            .verb("containers", pages: .init(list: "nodes", cursor: "node", standard: 2_000)),
            query: [everyNode, after("the node"), limit(2_000, 2_000)], answer: .json(.of(ContainersAnswer.self)),
            "What the containers of nodes use and may use, by node."),
        Route(
            .get, "/api/v1/leases", "listLeases", .read, .verb("leases"), query: [everyNode],
            answer: .json(.of(LeasesAnswer.self)), "The leases in force on nodes, and what became of leases lately."),
        Route(
            .get, "/api/v1/intervals", "listIntervals", .read, .verb("interval"), query: [everyNode],
            answer: .json(.of(IntervalAnswer.self)), "How often nodes are to be sampled, and how often they are."),
        Route(
            .get, "/api/v1/harvest", "getHarvest", .read, .verb("harvest"), query: [everyNode],
            answer: .json(.of(HarvestAnswer.self)), "Who lends what to whom on each node, and what has gone back and why."),
        Route(
            .get, "/api/v1/functions", "listFunctions", .read, .verb("functions"),
            answer: .json(.of(FunctionsAnswer.self)), "Where each function runs, with how many replicas."),
        Route(
            .get, "/api/v1/decisions", "listDecisions", .read,
            .verb("decisions", pages: .init(list: "decisions", cursor: "sequence", standard: 20)),
            query: [
                laterThan("the decision"), limit(2_000, 20),
                Field("session", .integer(1...Int64.max), "One session, where after is given."),
            ], answer: .json(.of(DecisionsAnswer.self)), "Decisions, oldest first."),
        Route(
            .get, "/api/v1/decisions/{decision}", "getDecision", .read, .verb("explain"),
            in: [Field("decision", .integer(1...Int64.max), "The decision's number.")],
            answer: .json(.of(DecisionJournal.Entry.self)), "One decision: what was seen, scored and done."),
        Route(
            .get, "/api/v1/requests", "listRequests", .read,
            .verb("requests", pages: .init(list: "requests", cursor: "sequence", standard: 100)),
            query: [laterThan("the request"), limit(5_000, 100)], answer: .json(.of(RequestsAnswer.self)),
            "How requests went, oldest first: latency, target and what was changed before, without what was seen."),
        Route(
            .get, "/api/v1/timeline", "listTimeline", .read,
            .verb("timeline", pages: .init(list: "events", cursor: "sequence", standard: 40)),
            query: [laterThan("what has happened"), limit(5_000, 40)], answer: .json(.of(TimelineAnswer.self)),
            "What has happened beside requests, oldest first: interference, orders, sessions, changes of limits."),
        Route(
            .get, "/api/v1/orders", "listOrders", .read,
            .verb("orders", pages: .init(list: "orders", cursor: "sequence", standard: 20)),
            query: [laterThan("the order"), limit(2_000, 20)], answer: .json(.of(OrdersAnswer.self)),
            "Who ordered what, by which way, and what came of it."),
        Route(
            .get, "/api/v1/history", "getHistory", .read, .verb("history"),
            query: [
                Field("metric", .text(most: 253), "The metric; without it the names of those that there are."),
                Field("node", .text(most: 253), "One node; without it all that have the metric."),
                Field("workflow", .text(most: 253), "One workflow."), Field("function", .text(most: 253), "One function."),
                Field("scope", .text(most: 64), "One part of nodes, such as system, socket 0 or cpu 3; without it all."),
                Field("from", .moment, "The beginning: \(HistoryMoment.allowed); -1h without it."),
                Field("to", .moment, "The end; now without it. Before the beginning there is nothing."),
                Field(
                    "points", .integer(1...Int64(HistoryQuery.mostPoints)),
                    "The most points of a series, neighbours being merged where there are more; 240 without it."),
            ], answer: .json(.of(HistoryAnswer.self)), "A metric over time, and what was decided and lent, as numbers."),
        Route(
            .get, "/api/v1/policy", "getPolicy", .read, .verb("policy"), answer: .json(.of(PolicyAnswer.self)),
            "The placement's session as it is now."),
        Route(
            .get, "/api/v1/runs", "listRuns", .read, .verb("run-list"), query: [limit(1_000, 20)],
            answer: .json(.of(RunsAnswer.self)),
            "The newest runs of workflows, the newest first; no more than 1000 are kept."),
        Route(
            .get, "/api/v1/runs/{run}", "getRun", .read, .verb("run-result"), in: [run],
            answer: .json(.of(RunResultAnswer.self)), "How a run went, or how far it is."),
        Route(
            .get, "/api/v1/routes", "listRoutes", .read, .verb("routes"), answer: .json(.of(RoutesAnswer.self)),
            "The workers that invocations are routed to, and what the proxy has done."),
        Route(
            .get, "/api/v1/routes/functions", "listRoutedFunctions", .read, .verb("route-functions"),
            answer: .json(.of(RouteFunctionsAnswer.self)), "The functions that were called, and how long they took."),
        Route(
            .get, "/api/v1/interference", "listInterference", .read, .verb("interference"),
            answer: .json(.of(InterferenceAnswer.self)), "The pressure that is on nodes for experiments."),
    ]

    static let run = Field("run", .text(most: 64), "The run's name.")
}
