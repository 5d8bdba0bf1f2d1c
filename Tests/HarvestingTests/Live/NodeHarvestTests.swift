import Harvesting
import Testing

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
        let gone = world.containers.remove(at: world.place("donor"))
        world.lingering = gone.lease.map { [$0.id: 1] } ?? [:]
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
            world.carryOut(order)
        }
        #expect(world.containers.allSatisfy { $0.limits == $0.user })
    }
}
