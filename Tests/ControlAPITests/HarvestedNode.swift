import Cluster
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
final class HarvestedNode: Sendable {
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
    /// What has been told for the history.
    let records = Mutex<[HarvestRecord]>([])
    /// Whether the agent may change limits.
    let isEnabled = Atomic(true)
    /// Whether the agent tells nobody of the orders that it carries out.
    let isMute = Atomic(false)
    private let time = SystemTime()

    private struct State {
        var cores = [donor: 1.5, starved: 0.5]
        var held: [LeaseID: (container: String, before: Double, endsAt: MonotonicInstant)] = [:]
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
    func turn() throws {
        expireLeases()
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
        // As the telemetry socket does now and then.
        hub.expire()
        guard events.isEmpty || !isMute.load(ordering: .relaxed) else { return }
        hub.receive(
            try LeaseReport(
                node: Self.node, incarnation: 1, isEnabled: isEnabled.load(ordering: .relaxed),
                held: held.map { id, lease in
                    HeldLease(
                        id: id, containerID: lease.container, cpuCores: cores[lease.container], memoryBytes: nil,
                        remainingNanoseconds: lease.endsAt.nanoseconds(since: time.now))
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

    /// Ends the leases whose time is over, as an agent does whether it hears of the coordinator or not.
    private func expireLeases() {
        let now = time.now
        state.withLock { state in
            for (id, lease) in state.held where lease.endsAt <= now {
                state.held[id] = nil
                state.cores[lease.container] = lease.before
                state.number += 1
                let event = LeaseEvent(id: id, containerID: lease.container, kind: .ended, reason: .expired)
                state.events.append((state.number, event))
            }
        }
    }

    private func isLost(_ order: LeaseOrder) -> Bool {
        guard case .end = order, lostEnds.load(ordering: .relaxed) > 0 else { return false }
        lostEnds.subtract(1, ordering: .relaxed)
        return true
    }

    private func carryOut(_ order: LeaseOrder, _ state: inout State) -> LeaseEvent {
        switch order {
        case .take(let request):
            let endsAt = time.now.advanced(byNanoseconds: request.durationNanoseconds)
            if state.held[request.id] != nil {
                state.held[request.id]?.endsAt = endsAt
                return LeaseEvent(id: request.id, containerID: request.containerID, kind: .renewed)
            }
            state.held[request.id] = (request.containerID, state.cores[request.containerID] ?? 0, endsAt)
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
    func run(
        leaseSeconds: Double = 10, carriers: [any LimitCarrier] = [], _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var settings = HarvestSettings.standard
        settings.leaseSeconds = leaseSeconds
        settings.observeSeconds = 0
        let service = HarvestService(
            settings: settings, manager: SafeguardManager(safeguard: settings.safeguard), hub: hub, board: board,
            carriers: carriers,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            objection: { self.objection.withLock { $0 } },
            owner: { name in self.owners.withLock { $0[name] } },
            record: { record in self.records.withLock { $0.append(record) } },
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

    /// Carries an order out on behalf of another carrier.
    func perform(_ order: LeaseOrder) -> LeaseEvent { state.withLock { carryOut(order, &$0) } }

    /// The limits that are changed, whoever has changed them.
    var held: [LeaseID] { state.withLock { Array($0.held.keys) } }

    func awaitReports() async throws {
        try await eventually("both containers are shown") {
            self.board.nodes[Self.node]?.containers.count == 2
        }
    }
}
