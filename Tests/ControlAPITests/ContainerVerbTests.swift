import ControlAPI
import Foundation
import Measures
import Telemetry
import Testing
import Topology
import Wire

@Suite("Questions and orders about containers")
struct ContainerVerbTests {
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1 << 50))
    private let hub: TelemetryHub
    private let responder: CoordinatorResponder
    private static let second: UInt64 = 1_000_000_000
    private static let ids = ["aaaaaaaa1", "aaaaaaaa2", "bbbbbbbb1"].map { $0 + String(repeating: "0", count: 55) }

    init() throws {
        hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        var parts = CoordinatorResponder.Parts()
        parts.hub = hub
        responder = CoordinatorResponder(parts: parts, version: "test", time: time) { LeaseID(rawValue: 0xabc) }
        for node in ["w01", "w02"] {
            _ = hub.receive(
                .hello(
                    Hello(
                        node: NodeName(node), incarnation: 1, columns: ColumnTable(version: 1, columns: []),
                        agentVersion: nil, intervalMilliseconds: 500, droppedBatches: 0, oldestSequence: 1)), from: node
            )
        }
        var usage = ContainerUsage(podUID: "u", containerID: Self.ids[2], qosClass: .guaranteed)
        usage.namespace = "video"
        usage.pod = "framer-6c7f9d5d4b-x2k9p"
        usage.function = FunctionName("framer")
        usage.windows = 10
        usage.cpuCoresPeak = 0.5
        usage.cpuLimit = .cores(1.5)
        usage.memoryLimit = .unlimited
        let others = Self.ids.prefix(2).map { ContainerUsage(podUID: "u", containerID: $0, qosClass: .bestEffort) }
        hub.receive(
            try ContainerReport(
                node: NodeName("w01"), incarnation: 1, number: 1, part: 0, parts: 1, ageNanoseconds: 0,
                intervalNanoseconds: Self.second, unsampled: 4, containers: [usage] + others), from: "w01")
    }

    private func ask(_ verb: String, _ arguments: [String: String] = [:]) async -> Reply.Outcome {
        await responder.answer(Query(id: 1, verb: verb, arguments: arguments))
    }

    private func read<Answer: Decodable>(_ outcome: Reply.Outcome, as type: Answer.Type) throws -> Answer {
        guard case .json(let json) = outcome else { throw Unanswered(outcome: outcome) }
        return try JSONDecoder().decode(type, from: Data(json))
    }

    private struct Unanswered: Error { let outcome: Reply.Outcome }

    private func report(_ event: LeaseEvent, number: UInt64 = 1, held: [HeldLease] = []) throws {
        hub.receive(
            try LeaseReport(
                node: NodeName("w01"), incarnation: 1, isEnabled: true, held: held,
                events: [.init(number: number, ageNanoseconds: 0, event: event)]), from: "w01")
    }

    @Test func `containers are told by name, with what is absent left out`() async throws {
        let answer = try read(await ask("containers"), as: ContainersAnswer.self)
        let node = try #require(answer.nodes.first)
        #expect(answer.nodes.count == 1 && node.node == "w01" && node.state == "known" && node.unsampled == 4)
        #expect(node.containers.map(\.containerID) == Self.ids)
        let full = try #require(node.containers.last)
        #expect(full.pod == "framer-6c7f9d5d4b-x2k9p" && full.function == "framer" && full.container == nil)
        #expect(full.cpuLimitCores == 1.5 && full.isCPUUnlimited == false)
        #expect(full.memoryLimitBytes == nil && full.isMemoryUnlimited == true)
        #expect(full.cpuCoresPeak == 0.5 && full.cpuCoresMean == nil && full.qosClass == "guaranteed")
        #expect(node.containers[0].isCPUUnlimited == nil && node.containers[0].cpuLimitCores == nil)
        #expect(try read(await ask("containers", ["node": "w02"]), as: ContainersAnswer.self).nodes.isEmpty)
    }

    @Test func `a report that is too old tells of no container`() async throws {
        time.advance(byNanoseconds: 3 * Self.second)
        #expect(try read(await ask("containers"), as: ContainersAnswer.self).nodes.first?.containers.count == 3)
        time.advance(byNanoseconds: 1)
        let node = try #require(try read(await ask("containers"), as: ContainersAnswer.self).nodes.first)
        #expect(node.state == "unknown" && node.containers.isEmpty)
        #expect(node.reason == "w01 last reported its containers 3 s ago")
    }

    /// Orders, and has the node's agent say `event` of it.
    private func order(
        _ verb: String, _ arguments: [String: String], event: LeaseEvent
    ) async throws -> (order: LeaseLedger.Order?, outcome: Reply.Outcome) {
        async let outcome = ask(verb, arguments)
        var orders: [LeaseLedger.Order] = []
        while orders.isEmpty {
            orders = hub.leases.takeOrders()
            await Task.yield()
        }
        try report(event)
        return (orders.first, await outcome)
    }

    @Test func `a lease is ordered by the digits that begin a container's id`() async throws {
        let granted = LeaseEvent(id: LeaseID(rawValue: 0xabc), containerID: Self.ids[2], kind: .granted)
        let (order, outcome) = try await order(
            "lease-take",
            [
                "node": "w01", "container": "bbbbbbbb", "cpuCores": "0.5", "memoryBytes": "134217728",
                "milliseconds": "30000",
            ],
            event: granted)
        #expect(order?.node == NodeName("w01"))
        #expect(
            order?.order
                == .take(
                    LeaseRequest(
                        id: LeaseID(rawValue: 0xabc), containerID: Self.ids[2], cpuCores: 0.5, memoryBytes: 134_217_728,
                        durationNanoseconds: 30 * Self.second)))
        let answer = try read(outcome, as: LeaseAnswer.self)
        #expect(answer.node == "w01" && answer.event.kind == "granted" && answer.event.lease == "0000000000000abc")
    }

    @Test func `a renewal names its lease`() async throws {
        let renewed = LeaseEvent(id: LeaseID(rawValue: 7), containerID: Self.ids[2], kind: .renewed)
        let (order, outcome) = try await order(
            "lease-take",
            [
                "node": "w01", "container": Self.ids[2], "cpuCores": "1", "milliseconds": "1",
                "lease": "0000000000000007",
            ],
            event: renewed)
        #expect(order?.order.id == LeaseID(rawValue: 7))
        #expect(try read(outcome, as: LeaseAnswer.self).event.kind == "renewed")
    }

    @Test func `what the agent refuses has failed, in its own words`() async throws {
        let refused = LeaseEvent(
            id: LeaseID(rawValue: 0xabc), containerID: Self.ids[2], kind: .refused, sentence: "the limit is too near")
        let (_, outcome) = try await order(
            "lease-take", ["node": "w01", "container": "bbbbbbbb", "cpuCores": "0.5", "milliseconds": "30000"],
            event: refused)
        #expect(outcome == .failure(.failed, "w01 refuses: the limit is too near"))
    }

    @Test func `an agent that does not answer is said to be silent`() async throws {
        async let outcome = ask(
            "lease-take", ["node": "w01", "container": "bbbbbbbb", "cpuCores": "0.5", "milliseconds": "30000"])
        while hub.leases.takeOrders().isEmpty { await Task.yield() }
        time.advance(byNanoseconds: 3 * Self.second)
        hub.expire()
        #expect(
            await outcome
                == .failure(
                    .failed, "w01 has not answered in time: reeve leases shows what becomes of 0000000000000abc"))
    }

    @Test func `a lease is ended where it is held, or where the node is named`() async throws {
        let id = LeaseID(rawValue: 5)
        let unknown = await ask("lease-end", ["lease": id.description])
        #expect(unknown == .failure(.notFound, "no node is known to hold lease 0000000000000005"))
        try report(
            LeaseEvent(id: id, containerID: "c", kind: .granted),
            held: [
                HeldLease(
                    id: id, containerID: "c", cpuCores: 0.5, memoryBytes: nil, remainingNanoseconds: 9 * Self.second)
            ])
        async let outcome = ask("lease-end", ["lease": id.description])
        while hub.leases.takeOrders().isEmpty { await Task.yield() }
        try report(LeaseEvent(id: id, containerID: "c", kind: .ended, reason: .returned), number: 2)
        #expect(try read(await outcome, as: LeaseAnswer.self).event.reason == "returned")
    }

    @Test func `leases in force and what happened lately are told`() async throws {
        #expect(try read(await ask("leases"), as: LeasesAnswer.self).nodes.isEmpty)
        let id = LeaseID(rawValue: 5)
        try report(
            LeaseEvent(id: id, containerID: "c", kind: .ended, reason: .nearGrant, sentence: "busy"),
            held: [
                HeldLease(
                    id: id, containerID: "c", cpuCores: 0.5, memoryBytes: nil, remainingNanoseconds: 9 * Self.second)
            ])
        time.advance(byNanoseconds: 2 * Self.second)
        let node = try #require(try read(await ask("leases", ["node": "w01"]), as: LeasesAnswer.self).nodes.first)
        #expect(node.isEnabled == true && node.ageSeconds == 2)
        #expect(node.leases.map(\.remainingSeconds) == [7] && node.leases.map(\.cpuCores) == [0.5])
        #expect(node.events.map(\.kind) == ["ended"] && node.events.map(\.reason) == ["near grant"])
        time.advance(byNanoseconds: 20 * Self.second)
        #expect(try read(await ask("leases"), as: LeasesAnswer.self).nodes.first?.leases.map(\.remainingSeconds) == [0])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let verb: String
        var change: [String: String?] = [:]
        let code: Reply.Code
        let says: String
        var testDescription: String { "\(verb) \(says)" }
    }

    @Test(arguments: [
        Bad(verb: "lease-take", change: ["node": "w09"], code: .notFound, says: "never said hello"),
        Bad(verb: "lease-take", change: ["node": nil], code: .badRequest, says: "needs argument node"),
        Bad(verb: "lease-take", change: ["container": nil], code: .badRequest, says: "needs argument container"),
        Bad(verb: "lease-take", change: ["container": "bbbbbbb"], code: .badRequest, says: "at least 8 digits"),
        Bad(verb: "lease-take", change: ["container": "aaaaaaaa"], code: .badRequest, says: "2 containers"),
        Bad(verb: "lease-take", change: ["container": "cccccccc"], code: .notFound, says: "no container cccccccc"),
        Bad(verb: "lease-take", change: ["node": "w02"], code: .notFound, says: "w02 has reported no container"),
        Bad(verb: "lease-take", change: ["cpuCores": nil], code: .badRequest, says: "cpuCores or memoryBytes"),
        Bad(verb: "lease-take", change: ["cpuCores": "0"], code: .badRequest, says: "above 0.0, up to 4096.0"),
        Bad(verb: "lease-take", change: ["cpuCores": "nan"], code: .badRequest, says: "above 0.0"),
        Bad(verb: "lease-take", change: ["memoryBytes": "0"], code: .badRequest, says: "from 1"),
        Bad(verb: "lease-take", change: ["milliseconds": nil], code: .badRequest, says: "needs argument milliseconds"),
        Bad(verb: "lease-take", change: ["milliseconds": "86400001"], code: .badRequest, says: "to 86400000"),
        Bad(verb: "lease-take", change: ["lease": "5"], code: .badRequest, says: "16 hexadecimal digits"),
        Bad(verb: "lease-take", change: ["colour": "red"], code: .badRequest, says: "no argument colour"),
        Bad(verb: "lease-end", change: ["lease": nil], code: .badRequest, says: "needs argument lease"),
        Bad(verb: "lease-end", change: ["lease": "zz"], code: .badRequest, says: "16 hexadecimal digits"),
        Bad(
            verb: "lease-end", change: ["lease": "0000000000000001", "colour": "red"], code: .badRequest, says: "colour"
        ),
        Bad(verb: "lease-end", change: ["lease": "0000000000000001", "node": "w09"], code: .notFound, says: "hello"),
        Bad(verb: "containers", change: ["node": "w09"], code: .notFound, says: "never said hello"),
        Bad(verb: "leases", change: ["node": "w09"], code: .notFound, says: "never said hello"),
    ])
    func `what cannot be is refused, and nothing is ordered`(_ bad: Bad) async {
        var arguments: [String: String] = [:]
        if bad.verb == "lease-take" {
            arguments = ["node": "w01", "container": "bbbbbbbb", "cpuCores": "0.5", "milliseconds": "1000"]
        }
        for (name, value) in bad.change { arguments[name] = value }
        guard case .failure(let code, let sentence) = await ask(bad.verb, arguments) else {
            Issue.record("\(bad.verb) was answered")
            return
        }
        #expect(code == bad.code && sentence.contains(bad.says), "\(sentence)")
        #expect(hub.leases.takeOrders().isEmpty)
    }

    @Test(arguments: ["containers", "leases", "lease-take", "lease-end"])
    func `without telemetry there are none`(verb: String) async {
        let responder = CoordinatorResponder(parts: .init(), version: "test", time: time)
        let arguments: [String: String] =
            switch verb {
            case "lease-take": ["node": "w01", "container": "bbbbbbbb", "cpuCores": "1", "milliseconds": "1"]
            case "lease-end": ["lease": "0000000000000001"]
            default: [:]
            }
        guard
            case .failure(.notFound, let sentence) = await responder.answer(
                Query(id: 1, verb: verb, arguments: arguments))
        else {
            Issue.record("\(verb) was answered")
            return
        }
        #expect(sentence.contains("section telemetry"))
    }
}
