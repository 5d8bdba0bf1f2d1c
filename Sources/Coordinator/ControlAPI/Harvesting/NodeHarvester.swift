import Cluster
import Harvesting
import Logging
import Measures
import Telemetry
import Topology

/// Looks after one node: tells its harvest what is seen and carries out what it asks for.
struct NodeHarvester<Manager: ResourceManager> {
    /// What all nodes have in common.
    struct Parts: Sendable {
        let settings: HarvestSettings
        let manager: Manager
        let hub: TelemetryHub
        let board: HarvestBoard
        /// Who changes limits, the preferred one first; at least one.
        let carriers: [any LimitCarrier]
        let time: any TimeSource
        let logger: Logger
        let objection: @Sendable () -> String?
        let owner: @Sendable (FunctionName) async -> String?
        let record: @Sendable (HarvestRecord) -> Void
        let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    }

    /// Between two looks at a node on which a limit is changed: an owner's early return has to reach the borrowers soon.
    static var busyPause: UInt64 { 20_000_000 }
    /// Orders in one turn, before reports are looked at again.
    private static var ordersInTurn: Int { 64 }
    /// For how long a coordinator that ends asks an agent that does not answer to give back, in seconds: service managers
    /// wait no longer than 30 by their defaults, and leases run out without it.
    private static var partingSeconds: Double { 20 }

    private let node: NodeName
    private let parts: Parts
    private var harvest: NodeHarvest<Manager>
    private var owners = Owners()
    /// The place of the carrier that changes limits here, and what each of them has told so far.
    private var chosen = 0
    private var told: [UInt64]

    init(_ node: NodeName, _ parts: Parts) {
        self.node = node
        self.parts = parts
        harvest = NodeHarvest(settings: parts.settings, manager: parts.manager)
        told = Array(repeating: 0, count: parts.carriers.count)
    }

    private var acts: Bool { parts.board.mode == .act }
    private var carrier: any LimitCarrier { parts.carriers[chosen] }
    private var seconds: Double { Double(parts.time.now.nanoseconds) * 1e-9 }

    /// Whether a limit on the node is or may be changed.
    var holdsAny: Bool { !harvest.leases.isEmpty }

    /// Looks at the node once and carries out what is asked for, until `isOver`.
    mutating func turn(isOver: () -> Bool) async {
        var remark = await look()
        let isPaused = parts.board.isPaused
        if acts, remark == nil { await carryOut(givesBackOnly: isPaused, isOver: isOver) }
        if isPaused { remark = remark ?? "harvesting is paused since everything was released: reeve resume goes on" }
        show(remark)
    }

    /// Gives everything back. What an agent has missed is asked for again, until the leases have run out by themselves, and
    /// not for too long.
    mutating func giveBackAll() async {
        guard acts else { return }
        let overAt = seconds + min(parts.settings.leaseSeconds, Self.partingSeconds)
        while !Task.isCancelled, parts.objection() == nil, holdsAny, seconds < overAt {
            await listen()
            await carryOut(givesBackOnly: true) { false }
            if holdsAny { try? await parts.pause(Self.busyPause) }
        }
        show("the coordinator stops")
    }

    /// Takes in what is told of the node; returns why nothing may be changed there, nil where it may.
    private mutating func look() async -> String? {
        await choose()
        let limits = await listen()
        let (state, now) = parts.hub.snapshot()
        guard let entry = state.containers[node],
            now.nanoseconds(since: entry.takenAt) <= entry.unknownAfterNanoseconds(state.settings)
        else {
            harvest.loseSight(at: seconds)
            return "\(node) has not reported its containers lately"
        }
        if let obstacle = limits.obstacle { return obstacle }
        let concerned = entry.containers.filter { parts.settings.concerns($0.namespace) }
        for name in Set(concerned.compactMap(\.function)) { await owners.learn(name, at: seconds, from: parts.owner) }
        let ours = harvest.leases
        let others = Set((limits.held ?? []).filter { !ours.contains($0.id) }.map(\.containerID))
        let owners = owners
        harvest.observe(
            entry.containers, takenAt: Double(entry.takenAt.nanoseconds) * 1e-9,
            intervalSeconds: Double(entry.intervalNanoseconds) * 1e-9, at: seconds
        ) { usage in
            if others.contains(usage.containerID) { return "a lease that is not the harvest's is in force" }
            return usage.function.flatMap { owners[$0] }
        }
        return parts.objection()
    }

    /// The first carrier that can change limits here, unless another one has changed some.
    private mutating func choose() async {
        guard parts.carriers.count > 1, !holdsAny else { return }
        for (place, carrier) in parts.carriers.enumerated() {
            guard await carrier.state(of: node, after: told[place]).obstacle == nil else { continue }
            chosen = place
            return
        }
        chosen = 0
    }

    /// Takes in what has happened to limits since the last time.
    @discardableResult
    private mutating func listen() async -> LimitState {
        let state = await carrier.state(of: node, after: told[chosen])
        told[chosen] = state.count
        for event in state.events { harvest.note(event, at: seconds) }
        if let held = state.held {
            let remaining = held.map { ($0.id, Double($0.remainingNanoseconds) * 1e-9) }
            harvest.reconcile(held: Dictionary(remaining) { max($0, $1) }, at: seconds)
        }
        return state
    }

    private mutating func carryOut(givesBackOnly: Bool = false, isOver: () -> Bool) async {
        let patience = UInt64(parts.settings.leaseSeconds / 4 * 1e9)
        for _ in 0..<Self.ordersInTurn {
            guard !isOver(), parts.objection() == nil,
                let order = harvest.next(
                    at: seconds, givesBackOnly: givesBackOnly,
                    draw: { LeaseID(rawValue: .random(in: .min ... .max)) })
            else { return }
            let container = LimitedContainer(
                containerID: order.containerID, namespace: order.namespace, pod: order.pod)
            let outcome = await carrier.carryOut(
                order.order, of: container, on: node, patienceNanoseconds: patience)
            await listen()
            harvest.settle(outcome, at: seconds)
            log(order, outcome)
        }
    }

    private func log(_ order: HarvestOrder, _ outcome: LeaseOutcome) {
        guard order.purpose != .renew || outcome.event?.kind != .renewed else { return }
        let answer =
            switch outcome {
            case .told(let event): "\(event.kind) \(event.sentence ?? "")"
            case .notSent(let sentence): sentence
            case .unanswered: "none in time"
            }
        parts.logger.info(
            "limits ordered",
            metadata: [
                "node": "\(node)", "container": "\(order.containerID.prefix(12))", "to": "\(order.purpose.rawValue)",
                "millicores": "\(order.limits.millicores)", "mebibytes": "\(order.limits.mebibytes)", "answer": "\(answer)",
            ])
    }

    private mutating func show(_ remark: String?) {
        let (items, omitted) = harvest.takeNews(at: seconds)
        if !items.isEmpty { parts.record(HarvestRecord(node: node, items, omitted: omitted, at: seconds)) }
        parts.board.show(
            HarvestBoard.View(
                takenAt: parts.time.now, remark: remark, carrier: carrier.name, containers: harvest.status(at: seconds), loans: harvest.loans,
                events: harvest.events, returned: harvest.returned),
            of: node)
    }
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
