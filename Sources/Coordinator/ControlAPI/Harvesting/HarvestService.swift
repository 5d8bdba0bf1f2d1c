public import Harvesting
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization
public import Telemetry
public import Topology

/// Harvests idle resources: reads what containers use from the agents' reports, and has limits changed by leases, until
/// shutdown, when everything is given back.
///
/// Each node is looked after by a task of its own, so that one that does not answer keeps no other waiting.
public struct HarvestService<Manager: ResourceManager>: Service {
    private let settings: HarvestSettings
    private let manager: Manager
    private let acts: Bool
    private let hub: TelemetryHub
    private let board: HarvestBoard
    private let time: any TimeSource
    private let logger: Logger
    private let objection: @Sendable () -> String?
    private let owner: @Sendable (FunctionName) async -> String?
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let end = End()

    /// Between two looks at a node on which a limit is changed, and on which none is: an owner's early return has to reach
    /// the borrowers soon.
    private static var busyPause: UInt64 { 20_000_000 }
    private static var idlePause: UInt64 { 250_000_000 }
    /// Orders in one turn, before reports are looked at again.
    private static var ordersInTurn: Int { 64 }

    /// A service in which every container begins with a copy of `manager`. `objection` says why this coordinator may not
    /// change anything, and is asked right before each change; `owner` who else changes the limits of a function.
    public init(
        settings: HarvestSettings, manager: Manager, hub: TelemetryHub, board: HarvestBoard,
        time: any TimeSource = SystemTime(), logger: Logger,
        objection: @escaping @Sendable () -> String? = { nil },
        owner: @escaping @Sendable (FunctionName) async -> String? = { _ in nil },
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.settings = settings
        self.manager = manager
        acts = board.mode == .act
        self.hub = hub
        self.board = board
        self.time = time
        self.logger = logger
        self.objection = objection
        self.owner = owner
        self.pause = pause
    }

    /// Runs until graceful shutdown, which gives everything back, or cancellation, which leaves that to the leases' ends.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                var known: Set<NodeName> = []
                while !end.hasCome, !Task.isCancelled {
                    for node in hub.snapshot().state.containers.nodes where known.insert(node).inserted {
                        group.addTask { await lookAfter(node) }
                    }
                    // A sleep that is cut short finds the end itself.
                    try? await pause(Self.idlePause)
                }
            }
        } onGracefulShutdown: { [end] in
            end.come()
        }
        logger.info("harvesting ended")
    }

    private func lookAfter(_ node: NodeName) async {
        var harvest = NodeHarvest(settings: settings, manager: manager)
        var owners = Owners()
        while !end.hasCome, !Task.isCancelled {
            let remark = await look(at: node, &harvest, &owners)
            if acts, remark == nil { await carryOut(&harvest, on: node) }
            show(harvest, of: node, remark)
            try? await pause(harvest.leases.isEmpty ? Self.idlePause : Self.busyPause)
        }
        guard acts else { return }
        await giveBackAll(&harvest, on: node)
        show(harvest, of: node, "the coordinator stops")
    }

    /// Takes in what the node's agent has told; returns why nothing may be changed there, nil where it may.
    private func look(
        at node: NodeName, _ harvest: inout NodeHarvest<Manager>, _ owners: inout Owners
    ) async -> String? {
        let leases = hub.leases.snapshot().ledger[node]
        for event in leases?.events ?? [] { harvest.note(event.event, at: seconds) }
        let (state, now) = hub.snapshot()
        guard let entry = state.containers[node],
            now.nanoseconds(since: entry.takenAt) <= entry.unknownAfterNanoseconds(state.settings)
        else {
            harvest.loseSight(at: seconds)
            return "\(node) has not reported its containers lately"
        }
        guard let leases, leases.heardAt != nil else { return "\(node) has not told of its leases yet" }
        guard leases.isEnabled == true else { return "leases are not enabled on \(node)" }
        let concerned = entry.containers.filter { settings.concerns($0.namespace) }
        for name in Set(concerned.compactMap(\.function)) { await owners.learn(name, at: seconds, from: owner) }
        let ours = harvest.leases
        let others = Set(leases.held.filter { !ours.contains($0.id) }.map(\.containerID))
        harvest.observe(
            entry.containers, takenAt: Double(entry.takenAt.nanoseconds) * 1e-9,
            intervalSeconds: Double(entry.intervalNanoseconds) * 1e-9, at: seconds
        ) { usage in
            if others.contains(usage.containerID) { return "a lease that is not the harvest's is in force" }
            return usage.function.flatMap { owners[$0] }
        }
        return objection()
    }

    private func carryOut(
        _ harvest: inout NodeHarvest<Manager>, on node: NodeName, givesBackOnly: Bool = false
    ) async {
        for _ in 0..<Self.ordersInTurn {
            guard objection() == nil,
                let order = harvest.next(
                    at: seconds, givesBackOnly: givesBackOnly,
                    draw: { LeaseID(rawValue: .random(in: .min ... .max)) })
            else { return }
            let event = await hub.leases.carryOut(order.order, on: node)
            harvest.answered(event, at: seconds)
            guard order.purpose != .renew || event?.kind != .renewed else { continue }
            logger.info(
                "limits ordered",
                metadata: [
                    "node": "\(node)", "container": "\(order.containerID.prefix(12))", "to": "\(order.purpose.rawValue)",
                    "millicores": "\(order.limits.millicores)", "mebibytes": "\(order.limits.mebibytes)",
                    "answer": "\(event.map { "\($0.kind) \($0.sentence ?? "")" } ?? "none in time")",
                ])
        }
    }

    /// Gives everything back; what an agent has missed is asked for again, until the leases have run out by themselves.
    private func giveBackAll(_ harvest: inout NodeHarvest<Manager>, on node: NodeName) async {
        let overAt = seconds + settings.leaseSeconds
        while !Task.isCancelled, objection() == nil, !harvest.leases.isEmpty, seconds < overAt {
            await carryOut(&harvest, on: node, givesBackOnly: true)
            if !harvest.leases.isEmpty { try? await pause(Self.busyPause) }
        }
    }

    private func show(_ harvest: NodeHarvest<Manager>, of node: NodeName, _ remark: String?) {
        board.show(
            HarvestBoard.View(
                takenAt: time.now, remark: remark, containers: harvest.status(at: seconds), loans: harvest.loans,
                events: harvest.events, returned: harvest.returned),
            of: node)
    }

    private var seconds: Double { Double(time.now.nanoseconds) * 1e-9 }
}

/// Whether the service is to end.
private final class End: Sendable {
    private let flag = Atomic(false)
    var hasCome: Bool { flag.load(ordering: .sequentiallyConsistent) }
    func come() { flag.store(true, ordering: .sequentiallyConsistent) }
}

/// Who else changes functions' limits, asked anew now and then.
private struct Owners {
    private static let secondsKept = 30.0
    private var known: [FunctionName: (owner: String?, until: Double)] = [:]

    subscript(_ function: FunctionName) -> String? { known[function].flatMap { $0.owner } }

    mutating func learn(
        _ function: FunctionName, at now: Double, from ask: @Sendable (FunctionName) async -> String?
    ) async {
        if let entry = known[function], entry.until > now { return }
        known[function] = (await ask(function), now + Self.secondsKept)
    }
}
