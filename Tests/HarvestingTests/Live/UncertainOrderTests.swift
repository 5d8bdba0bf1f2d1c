import Harvesting
import Testing
import Topology

/// Orders that nobody has answered in time: they may be in force, may come into force yet, or may never have arrived.
@Suite("Orders whose fate is not known")
struct UncertainOrderTests {
    /// The pair, watched long enough; the next order is to lend.
    private func readyPair() -> HarvestWorld {
        var world = HarvestWorld.pair()
        world.seconds(10)
        world.now += 1
        world.report()
        return world
    }

    private func next(_ world: inout HarvestWorld) throws -> HarvestOrder {
        let order = world.next()
        return try #require(order)
    }

    private func isQuiet(_ world: inout HarvestWorld, givesBackOnly: Bool = false) -> Bool {
        world.next(givesBackOnly: givesBackOnly) == nil
    }

    /// Carries out all orders, those for `purpose` as `fate` has it.
    private func settle(_ world: inout HarvestWorld, _ purpose: HarvestOrder.Purpose, _ fate: HarvestWorld.Fate) {
        var count = 0
        while count < 50, let order = world.next() {
            world.carryOut(order, order.purpose == purpose ? fate : .answered)
            count += 1
        }
        #expect(count < 50)
    }

    @Test(arguments: [HarvestWorld.Fate.lost, .unheard, .late, .slow])
    func `what an unanswered order may have lowered is not lent, and is taken back next`(fate: HarvestWorld.Fate) throws {
        var world = readyPair()
        let lending = try next(&world)
        #expect(lending.purpose == .lend)
        world.carryOut(lending, fate)
        #expect(world.harvest.sums.lent == .zero)
        #expect(world.status("donor").limits == world["donor"].user)
        #expect(world.status("donor").leftAlone == "the agent has not answered")
        #expect(world.harvest.leases == [lending.order.id])
        let end = try next(&world)
        #expect(end.order == .end(lending.order.id) && end.purpose == .giveBack)
        world.carryOut(end)
        #expect(world["donor"].limits == world["donor"].user && world.harvest.leases.isEmpty)
        #expect(isQuiet(&world))
    }

    @Test(arguments: [HarvestWorld.Fate.lost, .unheard, .late, .slow])
    func `what an unanswered order may have raised stays borrowed until it is known to be down`(
        fate: HarvestWorld.Fate
    ) throws {
        var world = readyPair()
        world.carryOut(try next(&world))
        let borrowing = try next(&world)
        #expect(borrowing.purpose == .borrow)
        world.carryOut(borrowing, fate)
        #expect(world.status("starved").limits.millicores == 1_000)
        #expect(world.status("starved").borrowed.millicores == 500)
        let end = try next(&world)
        #expect(end.order == .end(borrowing.order.id))
        world.carryOut(end, .lost)
        #expect(world.status("starved").borrowed.millicores == 500, "still not known")
        #expect(isQuiet(&world), "not asked again at once")
        world.now += 1
        world.carryOut(try next(&world))
        #expect(world.status("starved").borrowed == .zero)
        #expect(world["starved"].limits == world["starved"].user)
    }

    @Test func `an order that nobody ever answers counts as in force until it must have run out`() throws {
        var world = readyPair()
        world.carryOut(try next(&world), .unheard)
        world.carryOut(try next(&world), .lost)
        let until = world.now + world.harvest.settings.leaseSeconds
        while world.now < until - 0.5 {
            #expect(!world.harvest.leases.isEmpty)
            world.now += 0.5
            while let order = world.next() { world.carryOut(order, .lost) }
        }
        world.now = until + 0.01
        world.watch()
        #expect(isQuiet(&world))
        #expect(world.harvest.leases.isEmpty && world["donor"].limits == world["donor"].user)
    }

    @Test(arguments: [HarvestWorld.Fate.unheard, .late, .slow])
    func `a coordinator that ends takes back what it has had no answer about`(fate: HarvestWorld.Fate) {
        var world = readyPair()
        if let order = world.next() { world.carryOut(order, fate) }
        world.stop(for: 2)
        #expect(world.harvest.leases.isEmpty && world["donor"].limits == world["donor"].user)
    }

    @Test func `a coordinator that ends while an order is under way takes it back`() throws {
        var world = readyPair()
        let lending = try next(&world)
        #expect(isQuiet(&world, givesBackOnly: true), "one at a time")
        world.carryOut(lending)
        world.stop(for: 1)
        #expect(world.harvest.leases.isEmpty && world["donor"].limits == world["donor"].user)
    }

    @Test func `a coordinator that ends asks again for what was not given back, and for what could not be sent`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        var fates: [HarvestWorld.Fate] = [.lost, .unsent, .unheard, .unsent, .late]
        world.stop(for: 9) { _ in fates.popLast() ?? .answered }
        #expect(fates.isEmpty && world.harvest.leases.isEmpty)
        #expect(world.containers.allSatisfy { $0.limits == $0.user })
    }

    @Test func `an order to end that could not be sent leaves the lease in force`() throws {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers[world.place("starved")].use = Resources(millicores: 100, mebibytes: 100)
        world.now += 1
        world.report()
        let end = try next(&world)
        #expect(end.purpose == .giveBack && end.containerID == world["starved"].id)
        world.carryOut(end, .unsent)
        #expect(world.status("starved").limits == world["starved"].limits, "raised still")
        #expect(world.status("starved").borrowed.millicores == 1_300)
        world.now += 1
        settle(&world, .giveBack, .answered)
        #expect(world["starved"].limits == world["starved"].user)
    }

    @Test(arguments: [HarvestWorld.Fate.lost, .unheard, .late, .slow, .unsent])
    func `a renewal that is not answered is asked for again, in time for the lease to go on`(
        fate: HarvestWorld.Fate
    ) throws {
        var world = HarvestWorld.pair()
        world.seconds(12)
        let id = try #require(world["donor"].lease?.id)
        var unanswered = 2
        for _ in 0..<80 {
            world.now += 0.25
            world.watch()
            if world.now == world.now.rounded() { world.report() }
            while let order = world.next() {
                let isRenewal = order.purpose == .renew && order.containerID == world["donor"].id && unanswered > 0
                if isRenewal { unanswered -= 1 }
                world.carryOut(order, isRenewal ? fate : .answered)
            }
        }
        #expect(unanswered == 0)
        #expect(world["donor"].lease?.id == id)
        #expect(world.status("donor").lent.millicores == 1_300)
    }

    @Test func `a lease whose renewals nobody answers is in doubt before it runs out, and lends nothing then`() {
        var world = HarvestWorld.pair()
        world.seconds(12)
        for _ in 0..<60 where world.harvest.sums.lent != .zero {
            world.now += 0.25
            world.watch()
            while let order = world.next() { world.carryOut(order, .lost) }
            let donor = world["donor"]
            #expect(world.harvest.sums.lent == .zero || donor.limits.millicores == 200, "at \(world.now)")
        }
        #expect(world.harvest.sums.lent == .zero)
    }

    @Test func `an agent that begins anew has given back, and a renewal that it takes for a new lease is taken back`() {
        var world = HarvestWorld.pair()
        world.seconds(14)
        world.restartAgent()
        // The renewal reaches the new agent before the coordinator hears of the change.
        world.now += 2
        settle(&world, .lend, .answered)
        world.second()
        #expect(world.status("donor").limits == world["donor"].limits)
        world.seconds(3)
        #expect(world["donor"].limits == world["donor"].user)
        #expect(world.status("donor").leftAlone != nil)
        #expect(world.harvest.leases.isEmpty)
    }

    @Test func `a renewal that is still under way when its lease ends is taken back`() throws {
        var world = HarvestWorld.pair()
        world.seconds(14)
        world.now += 2
        while let order = world.next() {
            world.carryOut(order, order.containerID == world["donor"].id ? .slow : .answered)
        }
        // The end is heard of first; then the renewal arrives and begins the lease anew.
        world.restartAgent()
        world.arrive()
        #expect(world["donor"].limits.millicores == 200)
        #expect(world.status("donor").lent == .zero && !world.harvest.leases.isEmpty)
        world.stop(for: 2)
        #expect(world["donor"].limits == world["donor"].user && world.harvest.leases.isEmpty)
    }

    @Test func `a lease that the agent no longer lists has ended, even if nobody was told`() {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers[world.place("donor")].lease = nil
        world.containers[world.place("donor")].limits = world["donor"].user
        world.report()
        #expect(world.status("donor").limits == world["donor"].user)
        #expect(world.harvest.sums.lent == .zero)
        world.settle()
        #expect(world["starved"].limits == world["starved"].user)
    }

    @Test func `an early return that overtakes the order to adjust is not answered with another lease`() throws {
        var world = HarvestWorld.pair()
        world.seconds(20)
        world.containers[world.place("donor")].use = Resources(millicores: 500, mebibytes: 100)
        world.now += 1
        let id = try #require(world["donor"].lease?.id)
        // The owner has its own again before the order arrives.
        world.watch()
        #expect(world["donor"].lease?.id != id)
        world.report()
        let orders = world.settle()
        #expect(!orders.contains { $0.containerID == world["donor"].id })
        #expect(world["starved"].limits == world["starved"].user)
    }
}
