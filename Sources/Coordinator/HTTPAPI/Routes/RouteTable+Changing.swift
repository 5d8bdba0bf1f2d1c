import ControlAPI
import HTTPTypes
import Placement
import Routing

/// What can be ordered.
extension RouteTable {
    private static let requiredNode = Field("node", .text(most: 253), required: true, "The node's name.")
    private static let lease = Field("lease", .hexadecimal(16...16), "The lease's number.")
    private static let policyFields = [
        Field("scheduler", .choice(Scheduler.allCases.map(\.rawValue)), "Who decides; without it as now."),
        Field("preset", .choice(PlacementPreset.all.map(\.name)), "How the learner learns; without it as now."),
        Field("seed", .integer(0...Int64.max), "Of the learner's random numbers; without it as now."),
        Field("steps", .integer(1...10_000_000), "Requests over which exploration is spread; without it as now."),
    ]

    /// What changes something.
    static let changing: [Route] = [
        Route(
            .post, "/api/v1/leases", "takeLease", .change, .verb("lease-take"),
            body: .init(
                fields: [
                    requiredNode,
                    Field(
                        "container", .hexadecimal(8...64), required: true,
                        "The container's id, or as many of its first digits as tell it from others."),
                    Field("cpuCores", .number(0.001...4_096), "The CPU limit in cores."),
                    Field("memoryBytes", .integer(1...(1 << 60)), "The memory limit in bytes."),
                    Field("milliseconds", .integer(1...86_400_000), required: true, "How long the lease lasts."),
                    Field("lease", .hexadecimal(16...16), "Of the lease that is renewed; without it a new one is taken."),
                ], atLeastOne: ["cpuCores", "memoryBytes"]),
            answer: .json(.of(LeaseAnswer.self)), "Takes or renews a lease on a container's limits."),
        Route(
            .delete, "/api/v1/leases/{lease}", "endLease", .change, .verb("lease-end"), in: [lease],
            query: [Field("node", .text(most: 253), "The node that holds it; without it the one that is known to.")],
            answer: .json(.of(LeaseAnswer.self)), "Ends a lease: the container's limits are its user's again."),
        Route(
            .post, "/api/v1/intervals", "orderInterval", .change, .verb("interval"),
            body: .init(fields: [
                Field("milliseconds", .integer(10...60_000), required: true, "Between two samples."),
                Field("node", .text(most: 253), "One node; without it all, and those to come."),
            ]), answer: .json(.of(IntervalAnswer.self)), "Orders how often nodes are sampled."),
        Route(
            .post, "/api/v1/policy/train", "trainPolicy", .change, .verb("policy-start"),
            body: .init(fields: policyFields), answer: .json(.of(PolicyAnswer.self)),
            "Begins a session that explores and learns."),
        Route(
            .post, "/api/v1/policy/evaluate", "evaluatePolicy", .change, .verb("policy-evaluate"),
            body: .init(fields: policyFields), answer: .json(.of(PolicyAnswer.self)),
            "Begins a session that acts by what was learnt."),
        Route(
            .post, "/api/v1/policy/pause", "pausePolicy", .change, .verb("pause"), answer: .json(.of(PolicyAnswer.self)),
            "Takes no more decisions until it is resumed."),
        Route(
            .post, "/api/v1/policy/resume", "resumePolicy", .change, .verb("resume"),
            answer: .json(.of(PolicyAnswer.self)), "Goes on after a pause."),
        Route(
            .post, "/api/v1/release", "release", .change, .verb("release"),
            body: .init(fields: [
                Field("functions", .names(most: 1_000), "Those to release; without it all that reeve manages.")
            ]), answer: .json(.of(ReleaseAnswer.self)),
            "Puts functions back as they were found, and pauses placement."),
        Route(
            .post, "/api/v1/runs", "submitRun", .change, .verb("run-submit"),
            body: .init(fields: [
                Field("workflow", .text(most: 253), required: true, "The workflow's name."),
                Field("qosSeconds", .number(0.001...86_400), required: true, "The latency that the run should stay within."),
                Field("input", .text(most: 1 << 20), "The run's input; empty without it."),
            ]), answer: .json(.of(RunSubmittedAnswer.self)), "Submits a run of a workflow."),
        Route(
            .delete, "/api/v1/runs/{run}", "cancelRun", .change, .verb("run-cancel"), in: [run],
            answer: .json(.of(RunResultAnswer.self)), "Ends a run."),
        Route(
            .post, "/api/v1/interference", "interfere", .change, .verb("interfere"),
            body: .init(
                fields: [
                    requiredNode, Field("cpu", .number(0.01...100), "Pressure on the processors, in percent of them."),
                    Field("cache", .number(0.01...100), "Pressure on the last-level cache, in percent of the cores."),
                    Field("memory", .number(0.01...100), "Pressure on memory traffic, in percent of the cores."),
                    Field("seconds", .integer(1...86_400), required: true, "How long it lasts."),
                ], atLeastOne: ["cpu", "cache", "memory"]),
            answer: .json(.of(InterferenceAnswer.self)), "Puts pressure on a node, in place of what was there."),
        Route(
            .delete, "/api/v1/interference", "stopInterference", .change, .verb("interference-stop"),
            query: [Field("node", .text(most: 253), "One node; without it all.")],
            answer: .json(.of(RelievedAnswer.self)), "Takes pressure away."),
    ]

    private static let worker = Field("url", .workerURL, required: true, "Where the worker is reached: http://HOST:PORT.")

    /// What changes the workers that invocations are routed to.
    static let changingRoutes: [Route] = [
        Route(
            .post, "/api/v1/routes", "addRoute", .change, .verb("route-add"),
            body: .init(fields: [
                worker, Field("kind", .choice(WorkerKind.allCases.map(\.rawValue)), "What it speaks; any without it."),
                Field(
                    "weight", .integer(0...Int64(WorkerSpecification.greatestWeight)),
                    "Its share of requests beside other workers'; 1 without it."),
                Field("capacity", .integer(1...1_000_000), "The most requests it may have at once."),
                Field("cores", .number(0.001...4_096), "The cores it may use; without it they are learnt."),
                Field("node", .text(most: 253), "The node it runs on."),
            ]), answer: .json(.of(RouteChangeAnswer.self)), "Adds a worker, or changes the one at its address."),
        Route(
            .delete, "/api/v1/routes", "removeRoute", .change, .verb("route-remove"), query: [worker],
            answer: .json(.of(RouteChangeAnswer.self)),
            "Gives a worker nothing more, and forgets it when its last request has ended."),
        Route(
            .post, "/api/v1/routes/drain", "drainRoute", .change, .verb("route-drain"), body: .init(fields: [worker]),
            answer: .json(.of(RouteChangeAnswer.self)), "Gives a worker nothing more, but keeps it in the list."),
        Route(
            .post, "/api/v1/routes/reload", "reloadRoutes", .change, .verb("route-reload"),
            answer: .json(.of(RouteReloadAnswer.self)), "Reads workers, registry and balancer anew."),
    ]

    /// Everything there is.
    static let all = RouteTable(dashboard + monitoring + reading + changing + changingRoutes)
}
