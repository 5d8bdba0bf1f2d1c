import Cluster
@testable import ControlAPI
import FoundationEssentials
@testable import Harvesting
import HTTPClient
import Influx
import Logging
import Measures
import Placement
import Proxy
import Routing
import Store
import Synchronization
import Telemetry
import TestSupport
import Topology
import Wire

/// A coordinator's parts with something in each of them, and no services behind.
struct TestWorld {
    static let container = "c0ffee00" + String(repeating: "1", count: 56)
    let folder: TemporaryFolder
    let time: any TimeSource
    let hub: TelemetryHub
    let journal: DecisionJournal
    let placement = PlacementControl()
    let pressure = TestPressure()
    var parts = CoordinatorResponder.Parts()

    init(nodes: [String] = ["w01", "w02"], time: any TimeSource = SystemTime()) throws {
        folder = try TemporaryFolder()
        self.time = time
        hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        journal = DecisionJournal(try Journal(path: "\(folder.path)/journal.sqlite", durability: .normal)) { 1_700_000_000 }
        parts.hub = hub
        parts.journal = journal
        parts.placement = placement
        parts.cluster = TestCluster()
        parts.interference = pressure
        parts.leadership = Leadership(identity: "master_1", leads: { true }, leader: { "master_1" })
        parts.harvest = Self.board()
        parts.routing = try Self.routing()
        parts.influx = Self.influx(time)
        LeasingAgent.answer(for: hub)
        for node in nodes { try Self.tell(hub, of: node) }
        parts.history = try Self.history(in: folder.path, of: nodes, time: time)
    }

    /// A history with one point of each node, which is a minute old.
    private static func history(in folder: String, of nodes: [String], time: any TimeSource) throws -> History {
        let unixSeconds: @Sendable () -> Double = { Date().timeIntervalSince1970 }
        let history = try History(path: "\(folder)/history.sqlite", time: time, unixSeconds: unixSeconds)
        for node in nodes {
            let identity = SeriesIdentity(metric: Metric.instructionsPerCycle.name, subject: .node(node))
            history.append(1.25, of: identity, atUnixSeconds: unixSeconds() - 60)
        }
        var turns = HistoryTurns(history: history, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        turns.next()
        return history
    }

    /// A writer that does not run.
    private static func influx(_ time: any TimeSource) -> InfluxWriter {
        InfluxWriter(
            settings: .init(
                destination: .init(url: "http://127.0.0.1:1", place: .database("reeve", retentionPolicy: nil))),
            transport: HTTPTransport(), time: time, random: SeededRandom(seed: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, collect: { [] })
    }

    func responder() -> CoordinatorResponder { CoordinatorResponder(parts: parts, version: "1.2.3", time: time) }

    /// Has placement begin a session.
    func train() { placement.start(.init(scheduler: .custom, preset: "reeve", seed: 1, trainingSteps: 5, mode: .training)) }

    /// The interval that is ordered for `node`; nil without an order.
    func orderedMilliseconds(of node: String) -> UInt32? { hub.intervalOrders[NodeName(node)] }

    /// The orders in the journal, oldest first.
    func orders() throws -> [OrderRecord] {
        try Journal(path: "\(folder.path)/journal.sqlite", durability: .normal).newest(kind: "order", limit: 100).map {
            try JSONDecoder().decode(OrderRecord.self, from: Data($0.payload))
        }
    }

    /// Journals a decision about a request that took `seconds` of the 10 it was given.
    func decide(_ step: Int, seconds: Double? = 8, change: String? = nil) throws {
        try journal.add(try Self.decision(step, seconds: seconds, change: change), session: 1)
    }

    private static func decision(_ step: Int, seconds: Double?, change: String?) throws -> DecisionRecord {
        let latency = seconds.map { "\"latencySeconds\":\($0),\"quotient\":\($0 / 10)," } ?? ""
        let changed = change.map { "\"change\":\"\($0)\"," } ?? ""
        let json = """
            {"step":\(step),"requestSequence":\(step),"workflow":"video","targetSeconds":10,\(latency)\(changed)
            "decision":{"entryNames":["ipc w01"],"observation":[1.5],"absentEntries":[],"actions":["stay"],"values":[0.5],
            "allowed":[true],"chosen":0,"isRandom":false,"barred":["too soon"]},
            "assignment":["framer","w01"],"replicas":1,"functionSeconds":["framer",3.5],"reward":1,"failures":[],
            "verdict":"kept"}
            """
        return try JSONDecoder().decode(DecisionRecord.self, from: Data(json.utf8))
    }

    /// Has `hub` hear a hello, one sample and a report on one container of `node`.
    private static func tell(_ hub: TelemetryHub, of node: String) throws {
        let columns = [
            Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
            Column(metric: .c0Residency, scope: .core(3), source: "msr", quality: .measured, detail: "fixed counter"),
            Column(metric: Metric("package_power_watts"), scope: .socket(0), source: "powercap", quality: .estimate),
            Column(metric: Metric("agent_gaps_total"), scope: .system, source: "agent", quality: .measured),
            Column(metric: Metric("no name!"), scope: .system, source: "agent", quality: .measured),
            Column(metric: Metric("node_known"), scope: .system, source: "agent", quality: .measured),
        ]
        let name = NodeName(node)
        _ = hub.receive(
            .hello(
                Hello(
                    node: name, incarnation: 1, columns: ColumnTable(version: 1, columns: columns), agentVersion: "1.2.3",
                    intervalMilliseconds: 60_000, droppedBatches: 0, oldestSequence: 1)), from: node)
        _ = hub.receive(
            .batch(
                try Batch(
                    node: name, incarnation: 1, sequence: 1, oldestSequence: 1, tableVersion: 1, columnCount: 6,
                    ageNanoseconds: [0], values: [1.25, 0.5, 42, 7, 1, 9], presence: [0b11_1111])), from: node)
        var usage = ContainerUsage(podUID: "u", containerID: Self.container, qosClass: .burstable)
        usage.function = FunctionName("framer")
        usage.cpuLimit = .cores(1.5)
        hub.receive(
            try ContainerReport(
                node: name, incarnation: 1, number: 1, part: 0, parts: 1, ageNanoseconds: 0,
                intervalNanoseconds: 1_000_000_000, unsampled: 0, containers: [usage]), from: node)
    }

    /// A proxy that does not run, with two workers.
    private static func routing() throws -> RoutingAdmin? {
        let yaml = """
            routing:
              listen: [127.0.0.1:0]
              workers:
                - {url: "http://127.0.0.1:5000", node: w01}
                - {url: "http://127.0.0.1:5001"}
            """
        let configuration = try CoordinatorConfiguration(yaml: yaml)
        guard let routing = configuration.routing else { return nil }
        let service = try ProxyService(
            routing.settings, plan: try routing.plan().plan, time: SystemTime(), random: SeededRandom(seed: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return RoutingAdmin(control: service.control, configuration: configuration) { configuration }
    }

    private static func board() -> HarvestBoard {
        let board = HarvestBoard(mode: .observe, rule: .safeguard)
        func amount(_ millicores: Int, _ mebibytes: Int) -> Resources {
            Resources(millicores: millicores, mebibytes: mebibytes)
        }
        let container = HarvestedContainer(
            containerID: Self.container, namespace: "fn", pod: "framer-1", function: FunctionName("framer"),
            user: amount(2_000, 512), limits: amount(1_500, 512), wanted: amount(1_500, 512), peak: amount(1_200, 300),
            lent: amount(500, 64), lentOut: amount(250, 0), borrowed: amount(0, 0), leaseEnds: 3, leftAlone: nil)
        board.show(
            HarvestBoard.View(
                takenAt: MonotonicInstant(nanoseconds: 0), remark: nil, carrier: "leases", containers: [container], loans: [], events: [],
                returned: []), of: NodeName("w01"))
        return board
    }
}

/// A cluster of one function that never changes.
struct TestCluster: ClusterControl {
    func observe() async throws -> ClusterSnapshot {
        ClusterSnapshot(
            nodes: [], assignment: [FunctionName("framer"): NodeName("w01")], replicas: [FunctionName("framer"): 2])
    }
    func move(_ functions: [FunctionName], to node: NodeName) async throws {}
    func reschedule(_ functions: [FunctionName]) async throws -> NodeName { NodeName("w01") }
    func scale(_ functions: [FunctionName], to replicas: Int) async throws {}
}

/// Pressure that nothing feels; only w01 and w02 can have it.
final class TestPressure: InterferenceControl {
    private let now = Mutex<[NodeName: Interference]>([:])

    func press(_ interference: Interference) async throws {
        guard ["w01", "w02"].contains(interference.node.rawValue) else {
            throw ClusterError(.unknownSubject, "there is no node \(interference.node): allowed is w01, w02")
        }
        now.withLock { $0[interference.node] = interference }
    }

    func pressures() async throws -> [Interference] { now.withLock { $0.values.sorted { $0.node < $1.node } } }

    func relieve(_ node: NodeName?) async throws -> [NodeName] {
        now.withLock { now in
            let gone = now.keys.filter { node == nil || $0 == node }.sorted()
            for node in gone { now[node] = nil }
            return gone
        }
    }
}
