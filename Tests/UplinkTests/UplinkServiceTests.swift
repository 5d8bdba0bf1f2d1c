import Foundation
import Logging
import Measures
import Messaging
import Synchronization
import TestSupport
import Testing
import Topology
import Uplink
import Wire

/// The uplink over real sockets, against a coordinator of a few lines.
@Suite("The uplink's service", .serialized)
struct UplinkServiceTests {
    @Test func `each node of an agent speaks with its own key, and an order to one moves them all`() async throws {
        let coordinator = try ScriptedCoordinator(nodes: ["w01", "w02"])
        let source = ScriptedSource.Record()
        try await coordinator.serve { endpoint in
            // What is counted is this process, in which other tests run too: no share of a core may slow it.
            let settings = UplinkSettings(intervalMilliseconds: 40, cpuBudget: .infinity)
            let service = UplinkService(
                nodes: try coordinator.uplinkNodes(endpoint), settings: settings,
                incarnation: 7, agentVersion: "t", time: SystemTime(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { ScriptedSource(nodes: 2, record: source) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await eventually("both nodes' batches arrive") {
                    coordinator.seen.batches["w01"] != nil && coordinator.seen.batches["w02"] != nil
                }
                coordinator.order(milliseconds: 20, to: "w02")
                try await eventually("both announce 20 ms") {
                    coordinator.seen.announced == ["w01": 20, "w02": 20]
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        // Node i's samples are all i: nothing came through another node's connection.
        #expect(coordinator.seen.batches["w01"] == [0])
        #expect(coordinator.seen.batches["w02"] == [1])
        #expect(coordinator.seen.strangers.isEmpty)
        let own = Dictionary(
            uniqueKeysWithValues: coordinator.seen.columns.enumerated().map {
                ($1.metric.name, coordinator.seen.newest?[$0])
            })
        #expect(own["agent_reads_per_sample"] == 3)
        #expect(own["agent_dropped_batches_total"] == 0)
        #expect((own["agent_cpu_seconds_total"] ?? 0) ?? 0 > 0)
        #expect(source.state.withLock { $0.intervals } == [20])
        #expect(source.state.withLock { $0.isClosed })
    }

    @Test func `a source that reads other nodes than the uplink speaks for ends it and is closed`() async throws {
        let coordinator = try ScriptedCoordinator(nodes: ["w01"])
        let source = ScriptedSource.Record()
        let service = UplinkService(
            nodes: try coordinator.uplinkNodes("tcp://127.0.0.1:9"), settings: UplinkSettings(), incarnation: 7,
            agentVersion: "t", time: SystemTime(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { ScriptedSource(nodes: 2, record: source) }
        await #expect(throws: UplinkError.self) { try await service.run() }
        #expect(source.state.withLock { $0.isClosed })
    }
}

/// Node number i always reads i.
struct ScriptedSource: SampleSource {
    final class Record: Sendable {
        let state = Mutex<(intervals: [UInt32], isClosed: Bool)>(([], false))
    }

    let nodes: Int
    let record: Record

    mutating func sample() -> SampleRound {
        let columns = ColumnTable(
            version: 1, columns: [Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .measured)])
        return SampleRound(
            readings: (0..<nodes).map { NodeReading(columns: columns, sample: Sample([Double($0)])) },
            tally: SourceTally(reads: 3))
    }

    mutating func setInterval(milliseconds: UInt32) { record.state.withLock { $0.intervals.append(milliseconds) } }

    mutating func close() { record.state.withLock { $0.isClosed = true } }
}

/// Acknowledges everything and passes orders on.
final class ScriptedCoordinator: Sendable {
    struct Seen {
        /// The distinct values that the first column of each node's samples had.
        var batches: [String: Set<Double>] = [:]
        /// The interval that each node announced last.
        var announced: [String: UInt32] = [:]
        /// The columns announced last, and the newest sample of them.
        var columns: [Column] = []
        var newest: Sample?
        /// Messages whose sender's key is not that of the node that they name.
        var strangers: [String] = []
        var endpoint: String?
    }

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))")
    private let keys: CurveKeyPair
    private let nodeKeys: [(name: String, keys: CurveKeyPair)]
    private let state = Mutex((seen: Seen(), orders: [String: UInt32]()))

    init(nodes: [String]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        keys = try CurveKeyPair.generate()
        nodeKeys = try nodes.map { ($0, try CurveKeyPair.generate()) }
        for (name, pair) in nodeKeys {
            try Data("\(pair.publicKey)\n".utf8).write(to: folder.appendingPathComponent("\(name).pub"))
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var seen: Seen { state.withLock { $0.seen } }

    func uplinkNodes(_ endpoint: String) throws -> [UplinkNode] {
        nodeKeys.map { name, pair in
            UplinkNode(
                name: NodeName(name), role: .curveDealer(connect: endpoint, keys: pair, serverKey: keys.publicKey))
        }
    }

    func order(milliseconds: UInt32, to node: String) { state.withLock { $0.orders[node] = milliseconds } }

    /// Listens for as long as `body` runs, which is told where.
    func serve(_ body: (String) async throws -> Void) async throws {
        let loop = try SocketLoop<Handler>(name: "coordinator")
        let role = SocketRole.curveRouter(bind: "tcp://127.0.0.1:*", keys: keys, domain: "t")
        let authenticator = Authenticator(domains: ["t": try AllowList(folder: folder.path)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await loop.run(roles: [role], authenticator: authenticator) { [self] sockets in
                    let endpoint = try sockets.boundEndpoint(of: 0)
                    state.withLock { $0.seen.endpoint = endpoint }
                    return Handler(coordinator: self)
                }
            }
            try await eventually("the coordinator listens") { seen.endpoint != nil }
            try await body(seen.endpoint ?? "")
            loop.stop()
            try await group.waitForAll()
        }
    }

    private func take(_ message: AgentMessage, from sender: String) -> [CoordinatorMessage] {
        state.withLock { state in
            let (node, incarnation, sequence) =
                switch message {
                case .hello(let hello): (hello.node.rawValue, hello.incarnation, hello.oldestSequence - 1)
                case .batch(let batch): (batch.node.rawValue, batch.incarnation, batch.sequence)
                }
            if node != sender { state.seen.strangers.append("\(sender) speaks for \(node)") }
            switch message {
            case .hello(let hello):
                state.seen.announced[node] = hello.intervalMilliseconds
                state.seen.columns = hello.columns.columns
            case .batch(let batch):
                state.seen.batches[node, default: []].formUnion(batch.values.prefix(1))
                state.seen.newest = Sample(values: batch.values, presence: batch.presence)
            }
            let acknowledgement = CoordinatorMessage.ack(incarnation: incarnation, sequence: sequence)
            guard let milliseconds = state.orders.removeValue(forKey: node) else { return [acknowledgement] }
            return [acknowledgement, .setInterval(milliseconds: milliseconds)]
        }
    }

    struct Handler: SocketLoopHandler {
        let coordinator: ScriptedCoordinator

        mutating func receive(
            from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
        ) throws {
            guard let peer = message.peer, let sender = message.sender else { return }
            for answer in coordinator.take(try AgentMessage(decoding: message.payload), from: sender.name) {
                _ = try sockets.send(answer.encoded(), on: socket, to: peer)
            }
        }

        mutating func tick(in sockets: borrowing SocketSet) throws -> Int? { 1_000 }
    }
}
