import Measures
import Telemetry
import Testing
import Topology
import Wire

@Suite("What becomes of reports on containers")
struct ContainerReportsTests {
    private var state = TelemetryState(settings: TelemetrySettings())
    private let now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private static let node = NodeName("w01")

    private mutating func send(
        _ number: UInt64, part: UInt32 = 0, of parts: UInt32 = 1, incarnation: UInt64 = 1, containers: [String] = [],
        from sender: String = "w01"
    ) throws -> Bool {
        state.receive(
            try ContainerReport(
                node: Self.node, incarnation: incarnation, number: number, part: part, parts: parts,
                ageNanoseconds: 50 * millisecond, intervalNanoseconds: 1_000 * millisecond, unsampled: number,
                containers: containers.map { ContainerUsage(podUID: "u", containerID: $0, qosClass: .burstable) }),
            from: sender, at: now)
    }

    private var ids: [String]? { state.containers[Self.node]?.containers.map(\.containerID) }

    @Test mutating func `the newest report counts, with its age on the coordinator's clock`() throws {
        #expect(ids == nil && state.containers.nodes.isEmpty)
        #expect(try send(1, containers: ["a"]))
        #expect(ids == ["a"])
        #expect(state.containers[Self.node]?.takenAt == now.reversed(byNanoseconds: 50 * millisecond))
        #expect(try send(3, containers: ["b", "c"]))
        #expect(ids == ["b", "c"] && state.containers[Self.node]?.unsampled == 3)
        // One that was overtaken, and one that comes twice.
        #expect(try send(2, containers: ["d"]) && send(3, containers: ["e"]))
        #expect(ids == ["b", "c"])
        #expect(state.containers.nodes == [Self.node])
    }

    @Test mutating func `a restarted agent counts its reports anew`() throws {
        _ = try send(9, containers: ["a"])
        _ = try send(1, incarnation: 2, containers: ["b"])
        #expect(ids == ["b"])
    }

    @Test mutating func `a report counts when all of its parts are there, in whatever order`() throws {
        _ = try send(1, containers: ["old"])
        _ = try send(2, part: 2, of: 3, containers: ["c"])
        _ = try send(2, part: 0, of: 3, containers: ["a"])
        _ = try send(2, part: 0, of: 3, containers: ["a"])
        #expect(ids == ["old"])
        _ = try send(2, part: 1, of: 3, containers: ["b"])
        #expect(ids == ["a", "b", "c"])
    }

    @Test mutating func `a report that lacks a part is given up for the next`() throws {
        _ = try send(1, part: 0, of: 2, containers: ["a"])
        _ = try send(2, part: 1, of: 2, containers: ["d"])
        // The part that was missing comes too late.
        _ = try send(1, part: 1, of: 2, containers: ["b"])
        #expect(ids == nil)
        _ = try send(2, part: 0, of: 2, containers: ["c"])
        #expect(ids == ["c", "d"])
    }

    @Test mutating func `parts that do not agree on their number do not mix`() throws {
        _ = try send(1, part: 0, of: 2, containers: ["a"])
        _ = try send(1, part: 1, of: 3, containers: ["b"])
        _ = try send(1, part: 1, of: 2, containers: ["c"])
        #expect(ids == nil)
        _ = try send(1, part: 0, of: 2, containers: ["a"])
        #expect(ids == ["a", "c"])
    }

    @Test mutating func `a key reports on its own node alone`() throws {
        #expect(try !send(1, containers: ["a"], from: "w02"))
        #expect(ids == nil && state.counts.wrongNode == 1)
    }

    @Test mutating func `a report tells nothing any more after three of its intervals`() throws {
        _ = try send(1)
        let entry = try #require(state.containers[Self.node])
        #expect(entry.unknownAfterNanoseconds(TelemetrySettings()) == 3_000 * millisecond)
        #expect(entry.unknownAfterNanoseconds(TelemetrySettings(unknownAfterNanoseconds: 1)) == 3_000 * millisecond)
        #expect(entry.unknownAfterNanoseconds(TelemetrySettings(unknownAfterNanoseconds: .max)) == .max)
    }
}
