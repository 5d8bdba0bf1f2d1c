public import Cluster
import FoundationEssentials
public import Influx
public import Measures
public import Store
public import Telemetry
public import Topology
public import Wire
public import Workflows

/// Answers the verbs of the operator's command from the coordinator's state.
public struct CoordinatorResponder: QueryResponder {
    /// The parts that answers come from; nil for a part that is switched off.
    public struct Parts: Sendable {
        /// What agents send.
        public var hub: TelemetryHub?
        /// What is decided.
        public var placement: PlacementControl?
        /// What was decided.
        public var journal: DecisionJournal?
        /// What was measured and decided over time.
        public var history: History?
        /// Where the functions run.
        public var cluster: (any ClusterControl)?
        /// Who may act; nil where nobody else could.
        public var leadership: Leadership?
        /// What puts functions back as they were found.
        public var release: ReleaseDesk?
        /// What runs workflows.
        public var workflows: WorkflowService?
        /// What is harvested.
        public var harvest: HarvestBoard?
        /// What routes invocations.
        public var routing: RoutingAdmin?
        /// Puts back limits that outlive their leases; returns why that was not possible for all, nil where it was.
        public var restoreLimits: (@Sendable () async -> String?)?
        /// What writes points for InfluxDB.
        public var influx: InfluxWriter?
        /// What puts pressure on nodes.
        public var interference: (any InterferenceControl)?

        /// No part at all; set what there is.
        public init() {}

        /// The sections behind the parts that there are.
        var names: [String] {
            let sections: [(name: String, isOn: Bool)] = [
                ("telemetry", hub != nil), ("placement", placement != nil), ("store", journal != nil),
                ("cluster", cluster != nil), ("interference", interference != nil), ("workflows", workflows != nil),
                ("harvesting", harvest != nil), ("routing", routing != nil), ("history", history != nil),
            ]
            return sections.filter(\.isOn).map(\.name)
        }
    }

    let parts: Parts
    private let version: String
    let time: any TimeSource
    private let startedAt: MonotonicInstant
    /// The wall clock, in seconds since 1970.
    let unixSeconds: @Sendable () -> Double
    /// Draws the number of a new lease.
    let drawLease: @Sendable () -> LeaseID

    /// A responder over `parts` of a coordinator of `version` that starts now. `drawLease` draws the numbers of new leases;
    /// `unixSeconds` is the wall clock, the machine's unless another is given.
    public init(
        parts: Parts, version: String, time: any TimeSource,
        drawLease: @escaping @Sendable () -> LeaseID = { LeaseID(rawValue: .random(in: .min ... .max)) },
        unixSeconds: (@Sendable () -> Double)? = nil
    ) {
        self.parts = parts
        self.version = version
        self.time = time
        startedAt = time.now
        self.unixSeconds = unixSeconds ?? { Date().timeIntervalSince1970 }
        self.drawLease = drawLease
    }

    /// The verbs there are.
    static let verbs: Set = [
        "status", "nodes", "values", "counters", "interval", "containers", "leases", "lease-take", "lease-end", "harvest",
        "harvest-history", "functions",
        "decisions", "requests", "timeline", "explain", "policy", "policy-start", "policy-evaluate", "pause", "resume", "release",
        "run-submit", "run-list", "run-result", "run-cancel", "interfere", "interference", "interference-stop",
        "routes", "route-functions", "route-add", "route-remove", "route-drain", "route-reload", "orders", "history",
    ]

    /// The answer to `query`; an unknown verb is answered with the known ones.
    public func answer(_ query: Query) async -> Reply.Outcome {
        var arguments = QueryArguments(query)
        do {
            switch query.verb {
            case "status": return try json(status(), arguments)
            case "nodes": return try json(nodes(&arguments), arguments)
            case "values": return try json(values(&arguments), arguments)
            case "counters": return try json(counters(&arguments), arguments)
            case "interval": return try json(interval(&arguments), arguments)
            case "containers": return try json(containers(&arguments), arguments)
            case "leases": return try json(leases(&arguments), arguments)
            case "lease-take": return try json(await carryOut(try takeLease(&arguments)), arguments)
            case "lease-end": return try json(await carryOut(try endLease(&arguments)), arguments)
            case "harvest": return try json(harvest(&arguments), arguments)
            case "harvest-history": return try json(harvestHistory(&arguments), arguments)
            case "history": return try json(history(&arguments), arguments)
            case "functions": return try json(await functions(), arguments)
            case "orders": return try json(orders(&arguments), arguments)
            case "decisions": return try json(decisions(&arguments), arguments)
            case "requests": return try json(requests(&arguments), arguments)
            case "timeline": return try json(timeline(&arguments), arguments)
            case "explain": return try json(explain(&arguments), arguments)
            case "policy": return try json(PolicyAnswer(try placement().status), arguments)
            case "policy-start", "policy-evaluate": return try json(start(query.verb, &arguments), arguments)
            case "pause": return try json(change { $0.pause() }, arguments)
            case "resume": return try json(resume(), arguments)
            case "release": return try json(await release(&arguments), arguments)
            case "run-submit": return try json(await submitRun(&arguments), arguments)
            case "run-list": return try json(runs(&arguments), arguments)
            case "run-result": return try json(runResult(&arguments), arguments)
            case "run-cancel": return try json(cancelRun(&arguments), arguments)
            case "interfere": return try json(await interfere(&arguments), arguments)
            case "interference": return try json(await pressures(&arguments), arguments)
            case "interference-stop": return try json(await relieve(&arguments), arguments)
            case "routes": return try json(await routes(&arguments), arguments)
            case "route-functions": return try json(routeFunctions(&arguments), arguments)
            case "route-add": return try json(await addRoute(&arguments), arguments)
            case "route-remove": return try json(await removeRoute(&arguments), arguments)
            case "route-drain": return try json(await drainRoute(&arguments), arguments)
            case "route-reload": return try json(await reloadRoutes(&arguments), arguments)
            default:
                return .failure(
                    .badRequest, "unknown verb \(query.verb): allowed is \(Self.verbs.sorted().joined(separator: ", "))")
            }
        } catch let error as QueryArguments.BadArgument {
            return .failure(.badRequest, error.sentence)
        } catch let error as NotThere {
            return .failure(.notFound, error.sentence)
        } catch {
            return .failure(.failed, "\(error)")
        }
    }

    struct NotThere: Error {
        let sentence: String
    }

    private func json(_ answer: some Encodable, _ arguments: QueryArguments) throws -> Reply.Outcome {
        try arguments.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return .json(Array(try encoder.encode(answer)))
    }

    func part<Part>(_ part: Part?, _ section: String) throws(NotThere) -> Part {
        guard let part else {
            throw NotThere(sentence: "this coordinator does not do that: its configuration has no section \(section)")
        }
        return part
    }

    func hub() throws(NotThere) -> TelemetryHub { try part(parts.hub, "telemetry") }

    func placement() throws(NotThere) -> PlacementControl { try part(parts.placement, "placement") }

    func interference() throws(NotThere) -> any InterferenceControl { try part(parts.interference, "cluster") }

    func routing() throws(NotThere) -> RoutingAdmin { try part(parts.routing, "routing") }

    var journal: DecisionJournal? { parts.journal }

    func history() throws(NotThere) -> History { try part(parts.history, "store.history") }

    func workflows() throws(NotThere) -> WorkflowService { try part(parts.workflows, "workflows") }

    private func status() -> StatusAnswer {
        let now = time.now
        let state = parts.hub?.snapshot().state
        let known = state.map { state in
            state.knownNodes.count { $0.present(at: now, settings: state.settings).isKnown }
        }
        return StatusAnswer(
            version: version, uptimeSeconds: now.seconds(since: startedAt), knownNodes: known,
            heardNodes: state?.knownNodes.count, telemetry: state?.counts,
            leadership: parts.leadership.map { LeadershipAnswer($0) }, placement: parts.placement?.status,
            parts: parts.names, store: parts.journal.map { StoreAnswer($0, parts.history) })
    }

    private func nodes(_ arguments: inout QueryArguments) throws -> NodesAnswer {
        let (state, now) = try part(parts.hub, "telemetry").snapshot()
        var answer = NodesAnswer(state: state, at: now)
        answer.nodes = try ListPage(&arguments).of(answer.nodes, name: \.node)
        return answer
    }

    private func counters(_ arguments: inout QueryArguments) throws -> CountersAnswer {
        let name = try arguments.string("node")
        let (state, now) = try part(parts.hub, "telemetry").snapshot()
        return CountersAnswer(try node(name, in: state), at: now)
    }

    func node(_ name: String, in state: TelemetryState) throws(NotThere) -> NodeTelemetry {
        guard let telemetry = state[NodeName(name)] else {
            let heard = state.knownNodes.map(\.node.rawValue).joined(separator: ", ")
            throw NotThere(sentence: "node \(name) has never said hello: heard so far is \(heard.isEmpty ? "none" : heard)")
        }
        return telemetry
    }

    private func interval(_ arguments: inout QueryArguments) throws -> IntervalAnswer {
        let hub = try part(parts.hub, "telemetry")
        let allowed = WireLimits.intervalMilliseconds
        let milliseconds = try arguments.integer(
            "milliseconds", in: Int64(allowed.lowerBound)...Int64(allowed.upperBound), default: nil)
        let name = arguments.optionalString("node")
        try arguments.finish()
        let named = try name.map { name in try node(name, in: hub.snapshot().state).node }
        if let milliseconds { hub.order(intervalMilliseconds: UInt32(milliseconds), of: named) }
        return IntervalAnswer(hub.snapshot().state, of: named)
    }

    private func functions() async throws -> FunctionsAnswer {
        let snapshot = try await part(parts.cluster, "cluster").observe()
        let names = Set(snapshot.assignment.keys).union(snapshot.replicas.keys).sorted()
        return FunctionsAnswer(
            functions: names.map { name in
                FunctionsAnswer.Row(
                    function: name.rawValue, node: snapshot.assignment[name]?.rawValue, replicas: snapshot.replicas[name],
                    readyReplicas: snapshot.readyReplicas[name])
            })
    }

    private func orders(_ arguments: inout QueryArguments) throws -> OrdersAnswer {
        let journal = try part(parts.journal, "store")
        let limit = Int(try arguments.integer("limit", in: 1...2_000, default: 20) ?? 20)
        let after = try arguments.integer("after", in: 0...Int64.max, default: nil)
        return OrdersAnswer(orders: try journal.orders(after: after, limit: limit))
    }
}
