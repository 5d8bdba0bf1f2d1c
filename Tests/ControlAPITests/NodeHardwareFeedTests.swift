import ControlAPI
import Logging
import Measures
import Routing
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topology
import Wire

/// A node whose agent has said what it counts, and the feed that watches it.
private final class WatchedNode: Sendable {
    static let name = NodeName("w01")
    let time = ManualTime()
    let hub: TelemetryHub
    let nodes = Mutex<Set<NodeName>>([name])
    let told = Mutex<[(node: NodeName, hardware: NodeHardware?)]>([])
    private let sequence = Mutex<UInt64>(0)

    init() throws {
        hub = TelemetryHub(
            settings: TelemetrySettings(windowNanoseconds: 100_000_000, unknownAfterNanoseconds: 1_000_000_000), time: time)
        let c0 = Column(metric: .c0Residency, scope: .system, source: "msr", quality: .derived)
        let cores = (0..<4).map { Column(metric: .c0Residency, scope: .core($0), source: "msr", quality: .derived) }
        _ = hub.receive(
            .hello(
                Hello(
                    node: Self.name, incarnation: 1, columns: ColumnTable(version: 1, columns: [c0] + cores),
                    agentVersion: nil, intervalMilliseconds: 50, droppedBatches: 0, oldestSequence: 1)),
            from: Self.name.rawValue)
    }

    /// A sample that says how busy the node is, 50 ms after the one before.
    func sample(busy: Double) throws {
        time.advance(byNanoseconds: 50_000_000)
        let number = sequence.withLock { $0 += 1; return $0 }
        _ = hub.receive(
            .batch(
                try Batch(
                    node: Self.name, incarnation: 1, sequence: number, oldestSequence: number, tableVersion: 1,
                    columnCount: 5, ageNanoseconds: [0], values: [busy, 0, 0, 0, 0], presence: [0b00001])),
            from: Self.name.rawValue)
    }

    /// The feed, which asks `pause` after each look whether it is to go on.
    func feed(pause: @escaping @Sendable () throws -> Void) -> NodeHardwareFeed {
        NodeHardwareFeed(
            hub: hub, nodes: { [self] in nodes.withLock { $0 } },
            observe: { [self] hardware, node in told.withLock { $0.append((node, hardware)) } },
            pause: { _ in try pause() })
    }

    /// What one look tells.
    func look() async throws -> [NodeName: NodeHardware?] {
        told.withLock { $0 = [] }
        await feed { throw CancellationError() }.run()
        return told.withLock { Dictionary($0.map { ($0.node, $0.hardware) }) { _, last in last } }
    }
}

@Suite("What the router is told of nodes")
struct NodeHardwareFeedTests {
    @Test func `a node is told as it is, and unknown before and after that`() async throws {
        let node = try WatchedNode()
        #expect(try await node.look() == [WatchedNode.name: nil], "it has sent no sample yet")
        for _ in 0..<8 { try node.sample(busy: 0.25) }
        #expect(try await node.look() == [WatchedNode.name: NodeHardware(logicalCPUs: 4, busyShare: 0.25)])
        node.time.advance(byNanoseconds: 1_100_000_000)
        #expect(try await node.look() == [WatchedNode.name: nil], "it is silent, not idle")
    }

    @Test func `a node that is not heard of is unknown, and one that no worker is on is forgotten`() async throws {
        let node = try WatchedNode()
        node.nodes.withLock { $0 = [NodeName("w02")] }
        #expect(try await node.look() == [NodeName("w02"): nil])
        for _ in 0..<8 { try node.sample(busy: 0.25) }
        node.nodes.withLock { $0 = [WatchedNode.name] }
        node.told.withLock { $0 = [] }
        let looks = Mutex(0)
        await node.feed {
            // After the first look the worker is gone, and after two more the feed ends.
            node.nodes.withLock { $0 = [] }
            looks.withLock { $0 += 1 }
            if looks.withLock({ $0 }) == 3 { throw CancellationError() }
        }.run()
        let told = node.told.withLock { $0 }
        #expect(told.map(\.node) == [WatchedNode.name, WatchedNode.name])
        #expect(told.map(\.hardware) == [NodeHardware(logicalCPUs: 4, busyShare: 0.25), nil])
    }

    @Test func `it ends with the coordinator`() async throws {
        let node = try WatchedNode()
        let looks = Mutex(0)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: NodeHardwareFeed(
                            hub: node.hub, nodes: { looks.withLock { $0 += 1 }; return [] }, observe: { _, _ in }))
                ], logger: .init(label: "test")))
        async let end: Void = group.run()
        try await eventually("it looks") { looks.withLock { $0 } > 0 }
        await group.triggerGracefulShutdown()
        try await end
    }
}
