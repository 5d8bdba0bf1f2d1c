import Harvesting
import Testing

@Suite("The greedy manager")
struct GreedyManagerTests {
    static let user = Records.units(4, 4)

    @Test func `a function without a finished call has its user's amounts`() {
        var manager = GreedyManager()
        #expect(manager.decide(Records.request(0, user: Self.user), Records.load).allocation == Self.user)
    }

    @Test func `a step is taken from what was hardly used and added to what was used up, each for itself`() {
        var manager = GreedyManager()
        manager.finished(Records.finished(0, user: Self.user, allocated: Self.user, peak: Records.units(2, 4)))
        let decision = manager.decide(Records.request(0, user: Self.user), Records.load)
        #expect(decision == AllocationDecision(Records.units(3, 5)))
        #expect(manager.decide(Records.request(1, user: Self.user), Records.load).allocation == Self.user)
    }

    @Test func `only a newer call changes the next decision`() {
        var manager = GreedyManager()
        manager.finished(Records.finished(5, user: Self.user, allocated: Self.user, peak: Records.units(1, 4)))
        for _ in 0..<2 {
            #expect(manager.decide(Records.request(0, user: Self.user), Records.load).allocation == Records.units(3, 5))
        }
        manager.finished(Records.finished(4, user: Self.user, allocated: Self.user, peak: Records.units(4, 1)))
        #expect(manager.decide(Records.request(0, user: Self.user), Records.load).allocation == Records.units(3, 5))
    }

    @Test func `it stays between one step and eight`() {
        var manager = GreedyManager(stepsAtOnce: 2)
        manager.finished(
            Records.finished(0, user: Self.user, allocated: Records.units(2, 7), peak: Records.units(1, 7)))
        #expect(manager.decide(Records.request(0, user: Self.user), Records.load).allocation == Records.units(1, 8))
    }
}

@Suite("The ENSURE manager")
struct ENSUREManagerTests {
    static let user = Records.units(4, 4)

    /// The CPU steps of `count` decisions about a function after calls of `seconds` each, where each later call has what the
    /// decision before it gave and takes as long as the last of them.
    static func steps(_ seconds: [Double], _ load: ClusterLoad, count: Int) -> [Int] {
        var manager = ENSUREManager()
        var sequence = 0
        func finish(_ duration: Double, with allocated: Resources) {
            manager.finished(
                Records.finished(sequence, user: user, allocated: allocated, peak: allocated, seconds: duration))
            sequence += 1
        }
        for duration in seconds { finish(duration, with: user) }
        return (0..<count).map { _ in
            let decision = manager.decide(Records.request(0, user: user), load)
            #expect(decision.allocation.mebibytes == user.mebibytes, "memory stays what the user defined")
            finish(seconds.last ?? 1, with: decision.allocation)
            return decision.allocation.millicores / 1_000
        }
    }

    @Test func `short calls that have degraded get two cores at every fourth decision`() {
        #expect(Self.steps([1, 1.2, 1.2], Records.load, count: 9) == [4, 4, 4, 6, 6, 6, 6, 8, 8])
    }

    @Test func `long calls that have degraded get one core at every sixth decision`() {
        #expect(Self.steps([10, 12, 12], Records.load, count: 7) == [4, 4, 4, 4, 4, 5, 5])
    }

    @Test func `without degradation nothing changes`() {
        #expect(Self.steps([10, 10, 10.5], Records.load, count: 7) == [4, 4, 4, 4, 4, 4, 4])
    }

    @Test func `a cluster without free cores takes some away, down to one`() {
        #expect(Self.steps([1, 1, 1], Records.fullLoad, count: 8) == [4, 4, 4, 2, 2, 2, 2, 1])
    }

    @Test func `only the newest calls by arrival are compared with the least`() {
        #expect(Self.steps([2, 1, 1, 1], Records.load, count: 4).last == 4)
        #expect(Self.steps([1, 2, 2, 2], Records.load, count: 4).last == 6)
    }

    @Test func `one finished call is a mean of one, not of three`() {
        var manager = ENSUREManager()
        manager.finished(Records.finished(0, user: Self.user, allocated: Self.user, peak: Self.user, seconds: 1))
        let last = (0..<4).map { _ in manager.decide(Records.request(0, user: Self.user), Records.load) }.last
        #expect(last?.allocation == Self.user)
    }

    @Test func `functions are counted each for itself and keep what was decided for them`() {
        var manager = ENSUREManager()
        for function in 0..<2 {
            manager.finished(
                Records.finished(0, function: function, user: Self.user, allocated: Self.user, peak: Self.user))
            manager.finished(
                Records.finished(
                    1, function: function, user: Self.user, allocated: Self.user, peak: Self.user, seconds: 2))
        }
        var seen: [[Int]] = [[], []]
        for step in 0..<8 {
            let decision = manager.decide(Records.request(step % 2, user: Self.user), Records.load)
            seen[step % 2].append(decision.allocation.millicores / 1_000)
        }
        #expect(seen == [[4, 4, 4, 6], [4, 4, 4, 6]])
    }
}
