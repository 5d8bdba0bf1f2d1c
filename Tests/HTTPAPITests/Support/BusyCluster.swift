import Cluster
@testable import ControlAPI
import FoundationEssentials
import Placement
import Store
import Synchronization
import Telemetry
import Topology
import Wire

/// Nodes whose agents never rest, and a workflow on them that has become slow: what a dashboard has to show.
final class BusyCluster: Sendable {
    /// How many requests there were before and after the change, and how far apart they were.
    static let (requestsBefore, requestsAfter, secondsBetween) = (80, 40, 20.0)
    /// The node whose memory is under pressure since the change.
    static let pressed = "w0003"
    let nodes: [String]
    let hub: TelemetryHub
    private let sequences = Mutex<[UInt64]>([])

    /// `count` nodes that say hello to `hub`. The last one sends one sample and is not heard again; the last but one has no
    /// counter of memory writes.
    init(_ count: Int, hub: TelemetryHub) throws {
        nodes = (1...count).map { "w" + String("000\($0)".suffix(4)) }
        self.hub = hub
        sequences.withLock { $0 = Array(repeating: 0, count: count) }
        let columns = ValuesAnswer.standardMetrics.map {
            Column(metric: $0, scope: .system, source: "msr", quality: .measured)
        }
        for node in nodes {
            _ = hub.receive(
                .hello(
                    Hello(
                        node: NodeName(node), incarnation: 1, columns: ColumnTable(version: 1, columns: columns),
                        agentVersion: "1.2.3", intervalMilliseconds: 60_000, droppedBatches: 0, oldestSequence: 1)), from: node)
        }
        try sample(all: true, unixSeconds: 0)
        try tell(count - 1, [1.5, 2e9, 1e9, 3e6, 0.5, 0.3])
    }

    /// Has each node send a sample, or the first one alone. The first one's instructions per cycle are a clock, in tenths of a
    /// second from 100 on, over and over within 90 seconds: three digits tell how old what is shown is.
    func sample(all: Bool, unixSeconds: Double) throws {
        let clock = 100 + (unixSeconds * 10).truncatingRemainder(dividingBy: 900).rounded(.down)
        try tell(0, [clock, 1e8, 5e7, 1e6, 0.25, 0.5])
        guard all else { return }
        for index in 1..<(nodes.count - 1) {
            let wave = 1 + 0.3 * (unixSeconds / 7 + Double(index)).truncatingRemainder(dividingBy: 1)
            let isPressed = nodes[index] == Self.pressed
            try tell(
                index,
                [
                    isPressed ? 0.4 : 1.6 * wave, (isPressed ? 9e9 : 4e8) * wave, 2e8 * wave, 3e6 * wave,
                    min(1, 0.3 * wave + Double(index % 5) * 0.1), 0.2 * wave,
                ])
        }
    }

    private func tell(_ index: Int, _ values: [Double]) throws {
        let sequence = sequences.withLock { sequences in
            sequences[index] += 1
            return sequences[index]
        }
        let hasWrites = index != nodes.count - 2
        _ = hub.receive(
            .batch(
                try Batch(
                    node: NodeName(nodes[index]), incarnation: 1, sequence: sequence, oldestSequence: sequence, tableVersion: 1,
                    columnCount: values.count, ageNanoseconds: [0], values: values,
                    presence: [hasWrites ? 0b11_1111 : 0b11_1011])), from: nodes[index])
    }

    /// A journal in `folder` of the workflow "video": it takes 8 of 10 seconds until pressure comes upon a node, and 13 since.
    /// The newest request ended at `end`, in seconds since 1970.
    func journal(in folder: String, end: Double) throws -> DecisionJournal {
        let clock = Mutex(0.0)
        let journal = DecisionJournal(try Journal(path: "\(folder)/busy.sqlite", durability: .normal)) {
            clock.withLock { $0 }
        }
        let count = Self.requestsBefore + Self.requestsAfter
        for step in 0..<count {
            let writtenAt = end - Double(count - 1 - step) * Self.secondsBetween
            if step == Self.requestsBefore {
                clock.withLock { $0 = writtenAt - 14 }
                try journal.add(
                    InterferenceRecord(try Interference(on: NodeName(Self.pressed), memory: 0.8, seconds: 3_600)))
            }
            clock.withLock { $0 = writtenAt }
            try journal.add(try Self.decision(step), session: 1)
        }
        return journal
    }

    private static func decision(_ step: Int) throws -> DecisionRecord {
        let isSlow = step >= requestsBefore
        let spread = Double(step % 7) * 0.05
        let (latency, detector) = isSlow ? (13 + spread, 8.5) : (8 + spread, 3.5)
        let change = step % 30 == 10 ? "\"change\":\"move framer to w0002\"," : ""
        let json = """
            {"step":\(step),"requestSequence":\(step),"workflow":"video","targetSeconds":10,"latencySeconds":\(latency),
            "quotient":\(latency / 10),\(change)
            "decision":{"entryNames":["ipc w0001"],"observation":[1.5],"absentEntries":[],"actions":["stay","move framer to w0002"],
            "values":[0.5,0.25],"allowed":[true,true],"chosen":0,"isRandom":false,"barred":["too soon"]},
            "assignment":["framer","w0002","detector","\(pressed)"],"replicas":1,
            "functionSeconds":["framer",3.5,"detector",\(detector)],"reward":1,"failures":[],"verdict":"kept"}
            """
        return try JSONDecoder().decode(DecisionRecord.self, from: Data(json.utf8))
    }
}

/// Three functions on the first nodes that never move.
struct BusyFunctions: ClusterControl {
    func observe() async throws -> ClusterSnapshot {
        ClusterSnapshot(
            nodes: [],
            assignment: [
                FunctionName("framer"): NodeName("w0002"), FunctionName("detector"): NodeName(BusyCluster.pressed),
                FunctionName("model"): NodeName("w0001"),
            ],
            replicas: [FunctionName("framer"): 1, FunctionName("detector"): 1, FunctionName("model"): 3])
    }
    func move(_ functions: [FunctionName], to node: NodeName) async throws {}
    func reschedule(_ functions: [FunctionName]) async throws -> NodeName { NodeName("w0001") }
    func scale(_ functions: [FunctionName], to replicas: Int) async throws {}
}
