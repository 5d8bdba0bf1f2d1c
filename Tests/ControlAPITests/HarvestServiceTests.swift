import ControlAPI
import Foundation
import Harvesting
import Logging
import Measures
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topology
import Wire

/// A node with two containers whose agent carries out what it is asked, and the service that harvests there.
private final class HarvestedNode: Sendable {
    static let node = NodeName("w01")
    static let donor = String(repeating: "d0", count: 32)
    static let starved = String(repeating: "5a", count: 32)

    let hub: TelemetryHub
    let board: HarvestBoard
    let objection = Mutex<String?>(nil)
    let owners = Mutex<[FunctionName: String]>([:])
    private let state = Mutex(State())
    /// So many orders to end a lease are lost on their way.
    let lostEnds = Atomic(0)
    /// Whether the agent tells nobody of the orders that it carries out.
    let isMute = Atomic(false)
    private let time = SystemTime()

    private struct State {
        var cores = [donor: 1.5, starved: 0.5]
        var held: [LeaseID: (container: String, before: Double)] = [:]
        var events: [(number: UInt64, event: LeaseEvent)] = []
        var number: UInt64 = 0
        var reports: UInt64 = 0
    }

    init(mode: HarvestingConfiguration.Mode) {
        hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        board = HarvestBoard(mode: mode, rule: .safeguard)
    }

    var cores: [String: Double] { state.withLock { $0.cores } }

    /// One look of the agent: it carries out what has been ordered, and tells of its leases and containers.
    func turn(isEnabled: Bool = true) throws {
        for order in hub.leases.takeOrders() where !isLost(order.order) {
            state.withLock { state in
                state.number += 1
                state.events.append((state.number, carryOut(order.order, &state)))
                if state.events.count > 32 { state.events.removeFirst() }
            }
        }
        let (cores, events, held, number) = state.withLock { state in
            state.reports += 1
            return (state.cores, state.events, state.held, state.reports)
        }
        try tell(cores, number)
        guard events.isEmpty || !isMute.load(ordering: .relaxed) else { return }
        hub.receive(
            try LeaseReport(
                node: Self.node, incarnation: 1, isEnabled: isEnabled,
                held: held.map { id, lease in
                    HeldLease(
                        id: id, containerID: lease.container, cpuCores: cores[lease.container], memoryBytes: nil,
                        remainingNanoseconds: 1_000_000_000)
                },
                events: events.map { .init(number: $0.number, ageNanoseconds: 0, event: $0.event) }),
            from: Self.node.rawValue)
    }

    private func tell(_ cores: [String: Double], _ number: UInt64) throws {
        hub.receive(
            try ContainerReport(
                node: Self.node, incarnation: 1, number: number, part: 0, parts: 1, ageNanoseconds: 0,
                intervalNanoseconds: 1_000_000, unsampled: 0,
                containers: [usage(Self.donor, "donor", 0.1, cores), usage(Self.starved, "starved", 9, cores)]),
            from: Self.node.rawValue)
    }

    private func isLost(_ order: LeaseOrder) -> Bool {
        guard case .end = order, lostEnds.load(ordering: .relaxed) > 0 else { return false }
        lostEnds.subtract(1, ordering: .relaxed)
        return true
    }

    private func carryOut(_ order: LeaseOrder, _ state: inout State) -> LeaseEvent {
        switch order {
        case .take(let request):
            if state.held[request.id] != nil {
                return LeaseEvent(id: request.id, containerID: request.containerID, kind: .renewed)
            }
            state.held[request.id] = (request.containerID, state.cores[request.containerID] ?? 0)
            state.cores[request.containerID] = request.cpuCores
            return LeaseEvent(id: request.id, containerID: request.containerID, kind: .granted)
        case .end(let id):
            guard let lease = state.held.removeValue(forKey: id) else {
                return LeaseEvent(id: id, containerID: nil, kind: .refused, sentence: "no such lease")
            }
            state.cores[lease.container] = lease.before
            return LeaseEvent(id: id, containerID: lease.container, kind: .ended, reason: .returned)
        }
    }

    private func usage(_ id: String, _ name: String, _ use: Double, _ cores: [String: Double]) -> ContainerUsage {
        let limit = cores[id] ?? 0
        var usage = ContainerUsage(podUID: name, containerID: id, qosClass: .burstable)
        usage.namespace = "functions"
        usage.pod = "\(name)-6d4b75cb6d-x2k9p"
        usage.function = FunctionName(name)
        usage.windows = 1
        usage.cpuCoresPeak = min(use, limit)
        usage.throttledWindows = use > limit ? 1 : 0
        usage.memoryPeakBytes = 1 << 20
        usage.cpuLimit = .cores(limit)
        usage.memoryLimit = .unlimited
        return usage
    }

    /// Runs the service for as long as `body` takes and then shuts it down, with an agent that looks 50 times a second.
    func run(leaseSeconds: Double = 10, _ body: @escaping @Sendable () async throws -> Void) async throws {
        var settings = HarvestSettings.standard
        settings.leaseSeconds = leaseSeconds
        settings.observeSeconds = 0
        let service = HarvestService(
            settings: settings, manager: SafeguardManager(safeguard: settings.safeguard), hub: hub, board: board,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            objection: { self.objection.withLock { $0 } },
            owner: { name in self.owners.withLock { $0[name] } },
            pause: { _ in try await Task.sleep(nanoseconds: 20_000_000) })
        let services = ServiceGroup(
            services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { agent in
            agent.addTask {
                while !Task.isCancelled {
                    try self.turn()
                    try? await Task.sleep(nanoseconds: 20_000_000)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { coordinator in
                coordinator.addTask { try await services.run() }
                try await body()
                await services.triggerGracefulShutdown()
                try await coordinator.waitForAll()
            }
            agent.cancelAll()
            try await agent.waitForAll()
        }
    }

    func awaitReports() async throws {
        try await eventually("both containers are shown") {
            self.board.nodes[Self.node]?.containers.count == 2
        }
    }
}

@Suite("The harvest service", .serialized)
struct HarvestServiceTests {
    @Test func `idle cores are lent by leases, and limits together stay the users'`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run {
            try await eventually("the starved has what the donor does not use") {
                node.cores[HarvestedNode.starved] ?? 0 > 0.9 && node.cores[HarvestedNode.donor] ?? 9 < 0.3
            }
            #expect(node.cores.values.reduce(0, +) < 2.001)
            try await eventually("the loan is shown") {
                node.board.nodes[HarvestedNode.node]?.loans.first?.lender == HarvestedNode.donor
            }
        }
    }

    @Test func `what an agent misses at the end is asked for again, and all is given back`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run(leaseSeconds: 300) {
            try await eventually("both limits are changed") {
                node.cores[HarvestedNode.starved] ?? 0 > 0.9 && node.cores[HarvestedNode.donor] ?? 9 < 0.3
            }
            node.lostEnds.store(2, ordering: .relaxed)
        }
        #expect(node.lostEnds.load(ordering: .relaxed) == 0)
        #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `what was in force without an answer is given back at the end`() async throws {
        let node = HarvestedNode(mode: .act)
        node.isMute.store(true, ordering: .relaxed)
        node.lostEnds.store(.max, ordering: .relaxed)
        try await node.run(leaseSeconds: 300) {
            try await eventually("the donor's limit is lowered, and nobody has said so") {
                node.cores[HarvestedNode.donor] ?? 9 < 0.3
                    && node.board.nodes[HarvestedNode.node]?.containers.contains {
                        $0.leftAlone == "the agent has not answered"
                    } == true
            }
            #expect(node.board.nodes[HarvestedNode.node]?.loans.isEmpty == true)
            node.lostEnds.store(0, ordering: .relaxed)
            node.isMute.store(false, ordering: .relaxed)
        }
        #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `a service that looks on orders nothing`() async throws {
        let node = HarvestedNode(mode: .observe)
        try await node.run {
            try await eventually("what would be lent is known") {
                node.board.nodes[HarvestedNode.node]?.containers.first { $0.function == FunctionName("donor") }?
                    .wanted.millicores == 200
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `a coordinator that does not lead orders nothing and says so`() async throws {
        let node = HarvestedNode(mode: .act)
        node.objection.withLock { $0 = "coordinator b leads, and a stands by" }
        try await node.run {
            try await node.awaitReports()
            try await eventually("what stands in the way is shown") {
                node.board.nodes[HarvestedNode.node]?.remark == "coordinator b leads, and a stands by"
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `a function whose limits another controller changes is left alone`() async throws {
        let node = HarvestedNode(mode: .act)
        node.owners.withLock { $0[FunctionName("donor")] = "its limits are VerticalPodAutoscaler donor's" }
        try await node.run {
            try await eventually("only the other one is shown") {
                node.board.nodes[HarvestedNode.node]?.containers.map(\.function) == [FunctionName("starved")]
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `the answer tells of lenders, borrowers, amounts and ends`() async throws {
        let node = HarvestedNode(mode: .act)
        var parts = CoordinatorResponder.Parts()
        parts.hub = node.hub
        parts.harvest = node.board
        let responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
        try await node.run {
            try await eventually("the loan is shown") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
            guard case .json(let json) = await responder.answer(Query(id: 1, verb: "harvest", arguments: [:])) else {
                Issue.record("the question is not answered")
                return
            }
            let answer = try JSONDecoder().decode(HarvestAnswer.self, from: Data(json))
            #expect(answer.mode == "act" && answer.manager == "safeguard")
            let loan = try #require(answer.nodes.first?.loans.first)
            #expect(loan.resource == "cpu" && loan.lender == HarvestedNode.donor && loan.borrower == HarvestedNode.starved)
            #expect(loan.amount > 0 && loan.remainingSeconds > 0)
            #expect(answer.nodes.first?.events.isEmpty == false)
        }
        guard case .failure(let code, let sentence) = await responder.answer(
            Query(id: 2, verb: "harvest", arguments: ["node": "w09"]))
        else {
            Issue.record("an unknown node is answered")
            return
        }
        #expect(code == .notFound && sentence.contains("w09"))
    }
}
