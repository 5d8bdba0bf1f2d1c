import Harvesting
import Measures
import Testing
import Topology

/// A node's containers and an agent that carries orders out, in virtual time.
struct HarvestWorld {
    struct Container {
        let id: String
        let name: String
        let user: Resources
        var use: Resources?
        var limits: Resources
        var lease: (id: LeaseID, until: Double)?
        var owner: String?
    }

    var harvest: NodeHarvest<SafeguardManager>
    var containers: [Container] = []
    var now = 0.0
    var isRefusing = false
    private var drawn: UInt64 = 0

    init() {
        harvest = NodeHarvest(
            settings: .standard, manager: SafeguardManager(safeguard: HarvestSettings.standard.safeguard))
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
        harvest.observe(usages, takenAt: now, intervalSeconds: 1, at: now) { owners[$0.containerID] ?? nil }
    }

    mutating func next(givesBackOnly: Bool = false) -> HarvestOrder? {
        var number = drawn
        defer { drawn = number }
        return harvest.next(at: now, givesBackOnly: givesBackOnly) {
            number += 1
            return LeaseID(rawValue: number)
        }
    }

    /// Carries out one order as an agent does.
    mutating func carryOut(_ order: HarvestOrder) -> LeaseEvent {
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

    mutating func giveBack(_ place: Int, _ reason: LeaseEvent.Reason) -> LeaseEvent {
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

    mutating func settle() -> [HarvestOrder] {
        var orders: [HarvestOrder] = []
        while orders.count < 50, let order = next() {
            orders.append(order)
            harvest.answered(carryOut(order), at: now)
        }
        return orders
    }

    mutating func seconds(_ count: Int) { for _ in 0..<count { second() } }

    func status(_ name: String) -> HarvestedContainer { harvest.status(at: now).first { $0.pod == name }! }

    /// A donor that uses little and a function that uses all it has.
    static func pair() -> HarvestWorld {
        var world = HarvestWorld()
        world.add(
            "donor", user: Resources(millicores: 1_500, mebibytes: 512), use: Resources(millicores: 150, mebibytes: 100))
        world.add(
            "starved", user: Resources(millicores: 500, mebibytes: 128), use: Resources(millicores: 4_000, mebibytes: 100))
        return world
    }
}

@Suite("The harvest on a node")
struct NodeHarvestTests {
    @Test func `what lies idle is lent after it has been watched, and only what is lent is borrowed`() {
        var world = HarvestWorld.pair()
        for _ in 0..<10 {
            let orders = world.second()
            #expect(orders.isEmpty)
        }
        let orders = world.second()
        #expect(orders.map(\.purpose) == [.lend, .borrow])
        #expect(world["donor"].limits == Resources(millicores: 200, mebibytes: 164))
        // Asked for twice what it had, of the 1300 millicores that the donor leaves.
        #expect(world["starved"].limits == Resources(millicores: 1_000, mebibytes: 128))
        world.seconds(6)
        #expect(world["starved"].limits.millicores == 1_800)
        #expect(world.harvest.loans.map(\.loan.amount) == [1_300])
        #expect(world.harvest.sums.lent.millicores == 1_300)
    }

    @Test func `leases are renewed for as long as they are wanted`() throws {
        var world = HarvestWorld.pair()
        world.seconds(20)
        let id = try #require(world["donor"].lease?.id)
        world.seconds(60)
        #expect(world["donor"].lease?.id == id)
    }

    @Test func `an owner whose use came near has its own again, and the borrower's limit goes back next`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        #expect(world["starved"].limits.millicores == 1_800)
        world.containers[world.place("donor")].use?.millicores = 1_400
        world.now += 0.1
        world.watch()
        #expect(world["donor"].limits == world["donor"].user)
        let orders = world.settle()
        #expect(orders.map(\.purpose) == [.giveBack])
        #expect(world["starved"].limits == world["starved"].user)
        #expect(world.harvest.returned.last?.reason == .ownerNeedsIt)
        #expect(world.harvest.returned.last?.amount == 1_300)
        #expect(world.status("donor").leftAlone != nil)
        world.seconds(29)
        #expect(world["donor"].limits == world["donor"].user, "left alone for half a minute")
    }

    @Test func `a function that needs its own for good is harvested no more`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers[world.place("donor")].use?.millicores = 1_400
        world.seconds(60)
        #expect(world["donor"].limits.millicores == 1_500)
        #expect(world["starved"].limits.millicores == 500)
    }

    @Test func `what an agent refuses is not lent, and not asked again at once`() {
        var world = HarvestWorld.pair()
        world.isRefusing = true
        world.seconds(11)
        #expect(world.status("donor").leftAlone == "no")
        #expect(world.harvest.sums.lent == .zero)
        #expect(world["starved"].limits == world["starved"].user)
        world.isRefusing = false
        let orders = world.second()
        #expect(orders.isEmpty)
        world.seconds(31)
        #expect(world["donor"].limits.millicores == 200)
    }

    @Test func `an order that nobody answered counts as carried out where that is the safe side`() {
        var world = HarvestWorld.pair()
        world.seconds(10)
        world.now += 1
        world.report()
        while let order = world.next() {
            guard order.purpose == .borrow else {
                world.harvest.answered(world.carryOut(order), at: world.now)
                continue
            }
            world.harvest.answered(nil, at: world.now)
            break
        }
        #expect(world.status("starved").limits.millicores == 1_000)
        #expect(world.status("starved").leftAlone == "the agent has not answered")
    }

    @Test func `an unanswered order to lower lends nothing`() throws {
        var world = HarvestWorld.pair()
        world.seconds(10)
        world.now += 1
        world.report()
        let next = world.next()
        let order = try #require(next)
        #expect(order.purpose == .lend)
        world.harvest.answered(nil, at: world.now)
        #expect(world.harvest.sums.lent == .zero)
    }

    @Test func `what was not measured is not idle`() {
        var world = HarvestWorld.pair()
        world.containers[world.place("donor")].use = nil
        world.seconds(30)
        #expect(world["donor"].limits == world["donor"].user)
        #expect(world["starved"].limits == world["starved"].user)
    }

    @Test func `a container that another controller manages is yielded to, with what it lent`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers[world.place("donor")].owner = "VerticalPodAutoscaler donor"
        world.seconds(1)
        #expect(world["donor"].limits == world["donor"].user)
        #expect(world["starved"].limits == world["starved"].user)
        #expect(world.status("donor").leftAlone == "VerticalPodAutoscaler donor")
        world.seconds(40)
        #expect(world["donor"].limits == world["donor"].user)
    }

    @Test func `without reports nothing is renewed, and everything goes back`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.now += 4
        world.harvest.loseSight(at: world.now)
        let orders = world.settle()
        #expect(orders.map(\.purpose) == [.giveBack, .giveBack])
        #expect(world["donor"].limits == world["donor"].user && world["starved"].limits == world["starved"].user)
    }

    @Test func `a limit that its user changes is learnt anew`() {
        var world = HarvestWorld.pair()
        world.seconds(5)
        world.containers[world.place("donor")].limits.millicores = 3_000
        world.seconds(2)
        #expect(world.status("donor").user.millicores == 3_000)
        #expect(world.status("donor").leftAlone == "it has not been watched long enough")
    }

    @Test func `a container that is gone takes along what it lent`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers.remove(at: world.place("donor"))
        world.second()
        #expect(world["starved"].limits == world["starved"].user)
        #expect(world.harvest.loans.isEmpty)
        #expect(world.harvest.returned.last?.reason == .lenderEnded)
    }

    @Test func `at the end everything is given back`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        while let order = world.next(givesBackOnly: true) {
            #expect(order.purpose == .giveBack)
            world.harvest.answered(world.carryOut(order), at: world.now)
        }
        #expect(world.containers.allSatisfy { $0.limits == $0.user })
    }

    @Test(arguments: UInt64(1)...8)
    func `limits together never exceed the users', and no lease is forgotten`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "node harvest")
        var world = HarvestWorld()
        for index in 0..<8 {
            world.add(
                "f\(index)",
                user: Resources(
                    millicores: 200 + 100 * random.index(below: 20), mebibytes: 128 + 64 * random.index(below: 8)),
                use: .zero)
        }
        let users = world.containers.reduce(Resources.zero) { $0 + $1.user }
        var lowered = 0, raised = 0
        for _ in 0..<400 {
            world.now += 1
            for place in world.containers.indices where random.index(below: 5) == 0 {
                let user = world.containers[place].user
                // Half of them hardly ever use what they have, the others all of it and more.
                let part = place % 2 == 0 && random.index(below: 20) > 0 ? 6 : 1
                world.containers[place].use = Resources(
                    millicores: random.index(below: 2 * user.millicores / part),
                    mebibytes: random.index(below: user.mebibytes / part))
            }
            world.isRefusing = random.index(below: 12) == 0
            world.watch()
            world.report()
            var purposes: [HarvestOrder.Purpose] = []
            func limits() -> Resources { world.containers.reduce(Resources.zero) { $0 + $1.limits } }
            while let order = world.next() {
                if order.purpose != .giveBack, order.purpose != .adjust, purposes.last != .adjust {
                    // An early return is ahead of the borrowers' until they have been told, which comes first.
                    try #require(limits().fits(in: users), "\(limits()) of \(users) before \(order)")
                }
                let answer = world.carryOut(order)
                world.harvest.answered(answer, at: world.now)
                purposes.append(order.purpose)
                try #require(purposes.count < 60, "orders go in circles")
            }
            try #require(limits().fits(in: users), "\(limits()) of \(users) after \(purposes)")
            for container in world.containers {
                let known = world.status(container.name)
                try #require(known.limits == container.limits, "\(container.name) at \(world.now)")
                lowered += container.user.fits(in: container.limits) ? 0 : 1
                raised += container.limits.fits(in: container.user) ? 0 : 1
            }
            try #require(world.harvest.events.count <= 64 && world.harvest.returned.count <= 64)
        }
        #expect(lowered > 100 && raised > 100)
    }
}
