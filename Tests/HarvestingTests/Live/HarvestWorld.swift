import Harvesting
import Topology

/// A node's containers and an agent that carries orders out, in virtual time.
struct LiveWorld<Manager: ResourceManager> {
    struct Container {
        let id: String
        let name: String
        let user: Resources
        var use: Resources?
        var limits: Resources
        var lease: (id: LeaseID, until: Double)?
        var owner: String?
    }

    /// What becomes of an order on its way and of the answer on its way back.
    enum Fate: CaseIterable {
        case answered
        /// The order never arrives.
        case lost
        /// The order is carried out, and its answer never arrives.
        case unheard
        /// The order is carried out, and its answer arrives when nobody waits for it any more.
        case late
        /// The order itself arrives only then.
        case slow
        /// The order cannot be sent.
        case unsent
    }

    var harvest: NodeHarvest<Manager>
    var containers: [Container] = []
    var now = 0.0
    var isRefusing = false
    private var drawn: UInt64 = 0
    /// Orders and answers that are still on their way.
    private var ordersUnderWay: [HarvestOrder] = []
    private var answersUnderWay: [LeaseEvent] = []
    /// Leases of containers that are gone and that the agent has not given up yet.
    var lingering: [LeaseID: Double] = [:]

    init(settings: HarvestSettings, manager: Manager) {
        harvest = NodeHarvest(settings: settings, manager: manager)
    }

    mutating func add(_ name: String, user: Resources, use: Resources?) {
        containers.append(
            Container(id: "\(name)-\(containers.count)", name: name, user: user, use: use, limits: user))
    }

    subscript(_ name: String) -> Container { containers.first { $0.name == name }! }

    func place(_ name: String) -> Int { containers.firstIndex { $0.name == name }! }

    /// A report of the second that ends now.
    mutating func report() {
        let usages = containers.map { container in
            var usage = ContainerUsage(podUID: "u", containerID: container.id, qosClass: .burstable)
            usage.namespace = "functions"
            usage.pod = container.name
            usage.function = FunctionName(container.name)
            usage.cpuLimit = .cores(Double(container.limits.millicores) / 1_000)
            usage.memoryLimit = .bytes(UInt64(container.limits.mebibytes) << 20)
            guard let use = container.use else { return usage }
            usage.windows = 10
            usage.cpuCoresPeak = Double(min(use.millicores, container.limits.millicores)) / 1_000
            usage.throttledWindows = use.millicores > container.limits.millicores ? 5 : 0
            usage.memoryPeakBytes = UInt64(min(use.mebibytes, container.limits.mebibytes)) << 20
            return usage
        }
        let owners = Dictionary(uniqueKeysWithValues: containers.map { ($0.id, $0.owner) })
        let held = containers.compactMap { container in
            container.lease.map { ($0.id, $0.until - now) }
        }
        harvest.reconcile(held: Dictionary(uniqueKeysWithValues: held).merging(lingering) { $1 }, at: now)
        harvest.observe(usages, takenAt: now, intervalSeconds: 1, at: now) { owners[$0.containerID] ?? nil }
    }

    /// The agent has ended and begins anew: what it had changed it gives back, and tells.
    mutating func restartAgent() {
        for place in containers.indices where containers[place].lease != nil {
            answersUnderWay.append(giveBack(place, .recovered))
        }
    }

    /// The coordinator ends: one order after the other until everything is given back, or time is over.
    mutating func stop(for duration: Double, _ fate: (HarvestOrder) -> Fate = { _ in .answered }) {
        let overAt = now + duration
        while !harvest.leases.isEmpty, now < overAt {
            while let order = next(givesBackOnly: true) { carryOut(order, fate(order)) }
            now += 0.02
            watch()
        }
    }

    mutating func next(givesBackOnly: Bool = false) -> HarvestOrder? {
        var number = drawn
        defer { drawn = number }
        return harvest.next(at: now, givesBackOnly: givesBackOnly) {
            number += 1
            return LeaseID(rawValue: number)
        }
    }

    /// Sends one order, has it carried out and tells the answer, as far as `fate` allows.
    mutating func carryOut(_ order: HarvestOrder, _ fate: Fate = .answered) {
        guard fate != .unsent else { return harvest.settle(.notSent("nobody is connected"), at: now) }
        // What was sent before arrives before.
        arrive()
        switch fate {
        case .answered: harvest.settle(.told(perform(order)), at: now)
        case .lost, .unsent: harvest.settle(.unanswered, at: now)
        case .unheard:
            _ = perform(order)
            harvest.settle(.unanswered, at: now)
        case .late:
            answersUnderWay.append(perform(order))
            harvest.settle(.unanswered, at: now)
        case .slow:
            ordersUnderWay.append(order)
            harvest.settle(.unanswered, at: now)
        }
    }

    /// What is on its way arrives.
    mutating func arrive() {
        answersUnderWay += ordersUnderWay.map { perform($0) }
        ordersUnderWay = []
        for event in answersUnderWay { harvest.note(event, at: now) }
        answersUnderWay = []
    }

    /// Carries out one order as an agent does.
    mutating func perform(_ order: HarvestOrder) -> LeaseEvent {
        switch order.order {
        case .take(let request):
            let place = containers.firstIndex { $0.id == request.containerID }!
            guard !isRefusing else { return LeaseEvent(id: request.id, containerID: nil, kind: .refused, sentence: "no") }
            let isRenewed = containers[place].lease?.id == request.id
            if !isRenewed, containers[place].lease != nil {
                return LeaseEvent(id: request.id, containerID: nil, kind: .refused, sentence: "it has a lease")
            }
            containers[place].lease = (request.id, now + Double(request.durationNanoseconds) * 1e-9)
            if let cores = request.cpuCores { containers[place].limits.millicores = Int((cores * 1_000).rounded()) }
            if let bytes = request.memoryBytes { containers[place].limits.mebibytes = Int(bytes >> 20) }
            return LeaseEvent(id: request.id, containerID: request.containerID, kind: isRenewed ? .renewed : .granted)
        case .end(let id):
            guard let place = containers.firstIndex(where: { $0.lease?.id == id }) else {
                return LeaseEvent(id: id, containerID: nil, kind: .refused, sentence: "no such lease")
            }
            return giveBack(place, .returned)
        }
    }

    private mutating func giveBack(_ place: Int, _ reason: LeaseEvent.Reason) -> LeaseEvent {
        let id = containers[place].lease!.id
        containers[place].lease = nil
        containers[place].limits = containers[place].user
        return LeaseEvent(id: id, containerID: containers[place].id, kind: .ended, reason: reason)
    }

    /// Lets the agent end leases whose time is over or whose owner's use came near.
    mutating func watch() {
        for place in containers.indices {
            guard let lease = containers[place].lease else { continue }
            let limits = containers[place].limits, user = containers[place].user
            let use = containers[place].use ?? .zero
            let isNear = (limits.millicores < user.millicores && use.millicores * 10 >= limits.millicores * 9)
                || (limits.mebibytes < user.mebibytes && use.mebibytes * 10 >= limits.mebibytes * 9)
            guard lease.until <= now || isNear else { continue }
            let event = giveBack(place, isNear ? .nearGrant : .expired)
            harvest.note(event, at: now)
        }
    }

    /// One second: the agent looks, the report is taken in, and all orders are carried out.
    @discardableResult
    mutating func second() -> [HarvestOrder] {
        now += 1
        watch()
        report()
        return settle()
    }

    /// Carries out all orders.
    mutating func settle() -> [HarvestOrder] {
        var orders: [HarvestOrder] = []
        while orders.count < 50, let order = next() {
            orders.append(order)
            carryOut(order)
        }
        return orders
    }

    mutating func seconds(_ count: Int) { for _ in 0..<count { second() } }

    func status(_ name: String) -> HarvestedContainer { harvest.status(at: now).first { $0.pod == name }! }

    /// Adds a donor that uses little and a function that uses all it has.
    mutating func addPair() {
        add(
            "donor", user: Resources(millicores: 1_500, mebibytes: 512), use: Resources(millicores: 150, mebibytes: 100))
        add(
            "starved", user: Resources(millicores: 500, mebibytes: 128), use: Resources(millicores: 4_000, mebibytes: 100))
    }
}

/// A world in which the stock rule decides.
typealias HarvestWorld = LiveWorld<SafeguardManager>

extension LiveWorld where Manager == SafeguardManager {
    init(settings: HarvestSettings = .standard) {
        self.init(settings: settings, manager: SafeguardManager(safeguard: settings.safeguard))
    }

    static func pair() -> Self {
        var world = Self()
        world.addPair()
        return world
    }
}
