import Harvesting
import Learning
import Measures
import Testing

extension LiveWorld {
    /// Adds eight containers of all sizes.
    mutating func addCrowd(_ random: inout SeededRandom) {
        for index in 0..<8 {
            add(
                "f\(index)",
                user: Resources(
                    millicores: 200 + 100 * random.index(below: 20), mebibytes: 128 + 64 * random.index(below: 8)),
                use: .zero)
        }
    }

    /// Some of them use more or less than before.
    mutating func changeUse(_ random: inout SeededRandom) {
        for place in containers.indices where random.index(below: 5) == 0 {
            let user = containers[place].user
            // Half of them hardly ever use what they have, the others all of it and more.
            let part = place % 2 == 0 && random.index(below: 20) > 0 ? 6 : 1
            containers[place].use = Resources(
                millicores: random.index(below: 2 * user.millicores / part),
                mebibytes: random.index(below: user.mebibytes / part))
        }
    }
}

@Suite("The harvest on a node, over random workloads")
struct NodeHarvestPropertyTests {
    @Test(arguments: UInt64(1)...8)
    func `limits together never exceed the users', and no lease is forgotten`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "node harvest")
        var world = HarvestWorld()
        world.addCrowd(&random)
        let users = world.containers.reduce(Resources.zero) { $0 + $1.user }
        var lowered = 0, raised = 0
        for _ in 0..<400 {
            world.now += 1
            world.changeUse(&random)
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
                world.carryOut(order)
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

    /// What containers hold beyond what they have borrowed: limits that are to be taken back.
    private func calledBack<Manager>(_ world: LiveWorld<Manager>) -> Resources {
        world.harvest.status(at: world.now).reduce(.zero) { sum, container in
            sum + (container.limits - container.user - container.borrowed).greater(.zero)
        }
    }

    private func check<Manager>(_ world: LiveWorld<Manager>, _ users: Resources) throws {
        let (lent, borrowed) = world.harvest.sums
        let loans = world.harvest.loans.map(\.loan)
        func sum(_ resource: ResourceKind) -> Int { loans.filter { $0.resource == resource }.reduce(0) { $0 + $1.amount } }
        try #require(sum(.cpu) == borrowed.millicores && sum(.memory) == borrowed.mebibytes)
        try #require(borrowed.fits(in: lent) && lent.fits(in: users))
        // What the harvest counts on is never less than what is: then nothing is lent twice.
        for container in world.containers {
            let known = world.status(container.name)
            try #require(container.limits.fits(in: known.limits), "\(container.name) at \(world.now)")
            let lowered = (known.user - container.limits).greater(.zero)
            try #require(known.lent.fits(in: lowered), "\(container.name) lends what it may have")
        }
        let limits = world.containers.reduce(Resources.zero) { $0 + $1.limits }
        try #require(limits.fits(in: users + calledBack(world)), "\(limits) of \(users) at \(world.now)")
    }

    @Test(arguments: UInt64(1)...16)
    func `whatever becomes of orders and answers, nothing is lent twice and everything goes back`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "uncertain orders")
        var settings = HarvestSettings.standard
        // Whoever is left alone for long has few orders that could be lost.
        settings.quietSeconds = 2
        settings.observeSeconds = 2
        var world = HarvestWorld(settings: settings)
        world.addCrowd(&random)
        let users = world.containers.reduce(Resources.zero) { $0 + $1.user }
        var lent = 0, lost = 0
        func fate() -> HarvestWorld.Fate {
            guard random.index(below: 4) == 0 else { return .answered }
            lost += 1
            return HarvestWorld.Fate.allCases[random.index(below: HarvestWorld.Fate.allCases.count)]
        }
        for _ in 0..<400 {
            world.now += 1
            world.changeUse(&random)
            if random.index(below: 40) == 0 { world.restartAgent() }
            world.arrive()
            world.watch()
            world.report()
            var purposes: [HarvestOrder.Purpose] = []
            while let order = world.next() {
                world.carryOut(order, fate())
                purposes.append(order.purpose)
                try #require(purposes.count < 80, "orders go in circles")
            }
            try check(world, users)
            lent += world.harvest.loans.count
        }
        #expect(lent > 100 && lost > 100)
        // What is still in force when the coordinator ends it takes back, whatever becomes of half of its orders.
        world.stop(for: 30) { _ in random.index(below: 2) == 0 ? .answered : fate() }
        world.arrive()
        #expect(world.containers.allSatisfy { $0.limits == $0.user })
        #expect(world.harvest.loans.isEmpty && world.harvest.sums.lent == .zero)
    }

    @Test(arguments: UInt64(1)...2)
    func `Freyr's policy lends and borrows within the same bounds`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "live freyr")
        let settings = HarvestSettings.standard
        let manager = try LiveFreyrManager(policy: try FreyrManager.shippedPolicy().policy)
        var world = LiveWorld(settings: settings, manager: manager)
        world.addCrowd(&random)
        let users = world.containers.reduce(Resources.zero) { $0 + $1.user }
        var lent = 0, borrowed = 0
        for _ in 0..<150 {
            world.now += 1
            world.changeUse(&random)
            world.watch()
            world.report()
            world.settle()
            try check(world, users)
            for container in world.harvest.status(at: world.now) {
                // Twice the user's amount is the policy's eighth step, and what was used lately stays a step away.
                try #require(container.limits.millicores <= 2 * container.user.millicores + 8 + settings.step.millicores)
                lent += container.lent == .zero ? 0 : 1
                borrowed += container.borrowed == .zero ? 0 : 1
            }
        }
        #expect(lent > 20 && borrowed > 5, "\(lent) lent, \(borrowed) borrowed")
    }
}
