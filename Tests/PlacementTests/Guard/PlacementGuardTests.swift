import Cluster
import Learning
import Measures
import Placement
import Testing
import Topology

@Suite("The guard in front of every change")
struct PlacementGuardTests {
    @Test func `a guard that is strict in nothing lets every change pass`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient())
        try world.step()
        for (text, place) in [("move framer to w02", "w02"), ("move framer to w01", "w01")] {
            let record = try #require(try world.step(text))
            #expect(record.change == text && record.verdict == nil)
            #expect(record.decision?.barred == [])
            #expect(record.assignment[FunctionName("framer")] == NodeName(place))
        }
    }

    @Test func `a function that was changed is left alone for a while, others are not`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.betweenMovesNanoseconds = 30_000_000_000 })
        try world.step()
        try world.step("move framer to w02")
        world.pass(seconds: 29.5)
        let early = try #require(try world.step("move framer to w03"))
        #expect(early.change == nil)
        #expect(
            early.decision?.barred == ["framer was changed a short while ago: it may be changed again in 1 s"])
        #expect(try world.step("move facedetector to w03")?.change == "move facedetector to w03")
        world.pass(seconds: 1)
        #expect(try world.step("move framer to w03")?.change == "move framer to w03")
        // Scaling changes the models, so they are not moved right after it.
        try world.step("scale by -1")
        #expect(try world.step("move models to w02")?.change == nil)
    }

    @Test func `no more changes in any minute than the budget has`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.movesPerMinute = 2 })
        try world.step()
        try world.step("move framer to w02")
        world.pass(seconds: 20)
        try world.step("move framer to w03")
        let third = try #require(try world.step("move framer to w04"))
        #expect(third.change == nil)
        #expect(
            third.decision?.barred
                == ["2 changes were made within a minute, as many as are allowed: the next is allowed in 40 s"])
        world.pass(seconds: 40)
        #expect(try world.step("move framer to w04")?.change != nil)
        #expect(try world.step("move framer to w01")?.change == nil, "the change of 40 s ago still counts")
    }

    @Test func `nothing returns to where it came from within the window`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.noReturnNanoseconds = 300_000_000_000 })
        try world.step()
        try world.step("move framer to w02")
        world.pass(seconds: 100)
        let back = try #require(try world.step("move framer to w01"))
        #expect(back.change == nil)
        #expect(back.decision?.barred == ["framer left w01 a short while ago: it may return in 200 s"])
        #expect(try world.step("move framer to w03")?.change != nil, "a place that it did not leave is free")
        #expect(try world.step("move framer to w01")?.change == nil, "nor does it return by a detour")
        try world.step("scale by -1")
        let up = try #require(try world.step("scale by +1"))
        #expect(up.change == nil && up.decision?.barred?.contains { $0.contains("left 8 replicas") } == true)
        world.pass(seconds: 200)
        #expect(try world.step("move framer to w01")?.change != nil)
    }

    @Test func `where the cluster chooses the node, it must not be able to choose one that was left`() throws {
        var world = try GuardedWorld(
            GuardedWorld.lenient { $0.noReturnNanoseconds = 60_000_000_000 }, scheduler: .kubernetes)
        try world.step()
        try world.step("reschedule framer")
        #expect(try world.step("reschedule framer")?.change == nil)
        world.pass(seconds: 60)
        #expect(try world.step("reschedule framer")?.change != nil)
        // It stayed on w04, so it left nothing.
        #expect(try world.step("reschedule framer")?.change != nil)
    }

    @Test(arguments: [
        (NodeMetrics?.none, "nothing was read"), (.unknown(reason: "silent for 4 s"), "silent for 4 s"),
        (.known([:]), "tells no value"),
        (.known([.c0Residency: Reading(value: 0.1, quality: .measured, source: "test", ageSeconds: 6)]), "6.0 s old"),
        (.known([.c0Residency: Reading(value: 0.1, quality: .measured, source: "test", ageSeconds: .nan)]), "old"),
    ])
    func `a node that is not known well enough holds every change`(metrics: NodeMetrics?, reason: String) throws {
        var world = try GuardedWorld(GuardedWorld.lenient())
        try world.step()
        world.metrics[NodeName("w04")] = metrics
        let held = try #require(try world.step("move framer to w02"))
        #expect(held.change == nil)
        let sentence = try #require(held.decision?.barred?.first)
        #expect(sentence.contains("w04") && sentence.contains(reason) && sentence.contains("fresh readings"))
        // A node that is not ready receives nothing, and what is not known of it leads to nothing.
        world.snapshot = World.snapshot(nodes: World.nodes.dropLast())
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `a metric that is read less often does not make a node stale`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient())
        try world.step()
        world.metrics[NodeName("w04")] = .known([
            .c0Residency: Reading(value: 0.1, quality: .measured, source: "test", ageSeconds: 0.1),
            .instructionsPerCycle: Reading(value: 1, quality: .measured, source: "test", ageSeconds: 60),
        ])
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `the policy must expect more of a change than of staying`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.minimumGain = 0.1 })
        try world.step()
        let small = try #require(try world.step("move framer to w02", gain: 0.5))
        #expect(small.change == nil)
        #expect(small.verdict == "not carried out: the policy expects a gain of 0.5: allowed are changes from 1")
        #expect(try world.step("move framer to w02", gain: .nan)?.change == nil)
        #expect(try world.step("move framer to w02", gain: nil)?.verdict?.contains("does not say") == true)
        #expect(try world.step("move framer to w02", gain: 1)?.change != nil)
    }

    @Test func `random changes are held to a share of decisions`() throws {
        var world = try GuardedWorld(
            GuardedWorld.lenient {
                $0.explorationCeiling = 0.1
                $0.minimumGain = 0.5
            })
        var made = 0
        for step in 0..<100 {
            let record = try #require(try world.step("move framer to w0\(step % 4 + 1)", gain: 0, isRandom: true))
            if record.change != nil { made += 1 }
            if step == 1 { #expect(record.verdict?.contains("at most 10 % of decisions") == true) }
        }
        #expect(made == 10)
        var never = try GuardedWorld(GuardedWorld.lenient { $0.explorationCeiling = 0 })
        try never.step()
        #expect(try never.step("move framer to w02", isRandom: true)?.verdict?.contains("switched off") == true)
    }

    @Test func `nothing is changed for a while after the start`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.quietAfterStartNanoseconds = 60_000_000_000 })
        try world.step()
        world.pass(seconds: 59)
        let early = try #require(try world.step("move framer to w02"))
        #expect(early.change == nil && early.decision?.barred?.first?.contains("in 1 s") == true)
        world.pass(seconds: 1)
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `observing masks, advising records, and neither changes anything`() throws {
        var observing = try GuardedWorld(GuardedWorld.lenient { $0.mode = .observe })
        try observing.step()
        let seen = try #require(try observing.step("move framer to w02"))
        #expect(seen.decision?.action == "stay" && seen.decision?.barred?.first?.contains("only observes") == true)
        var advising = try GuardedWorld(GuardedWorld.lenient { $0.mode = .advise })
        try advising.step()
        let advice = try #require(try advising.step("move framer to w02"))
        #expect(advice.decision?.action == "move framer to w02")
        #expect(advice.change == nil && advice.verdict?.contains("only advises") == true)
        #expect(observing.changes.isEmpty && advising.changes.isEmpty)
    }

    @Test func `a paused guard changes nothing and goes on when it is resumed`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient())
        try world.step()
        world.hold(true)
        let held = try #require(try world.step("move framer to w02"))
        #expect(held.change == nil && held.latencySeconds == 30)
        #expect(held.decision?.barred?.first?.contains("reeve resume") == true)
        world.hold(false)
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `what the cluster refuses uses up the budget, but nothing has left its place`() throws {
        var world = try GuardedWorld(
            GuardedWorld.lenient {
                $0.noReturnNanoseconds = 300_000_000_000
                $0.movesPerMinute = 2
            })
        try world.step()
        world.isRefusing = true
        try world.step("move framer to w02")
        world.isRefusing = false
        #expect(try world.step("move framer to w03")?.change != nil)
        #expect(try world.step("move framer to w04")?.change == nil)
        world.pass(seconds: 60)
        #expect(try world.step("move framer to w02")?.change != nil, "it was never on w02, so it did not leave it")
        #expect(try world.step("move framer to w01")?.change == nil)
    }

    @Test func `what was refused is learnt as having stayed`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.minimumGain = 0.1 })
        try world.step()
        let refused = try #require(try world.step("move framer to w02", gain: 0.1))
        #expect(refused.decision?.action == "move framer to w02")
        try world.step()
        #expect(world.closed?.action == world.space.actions.firstIndex(of: .stay))
        // What the policy may choose from next is what the guard left it.
        try world.step("move framer to w02")
        world.hold(true)
        try world.step()
        #expect(world.closed?.action == world.space.actions.firstIndex { $0.description == "move framer to w02" })
        #expect(world.closed?.nextAllowed.count == 1)
    }

    @Test func `a change that was given up counts as made`() throws {
        var world = try GuardedWorld(GuardedWorld.lenient { $0.movesPerMinute = 1 })
        try world.step()
        try world.step("move framer to w02", abandoned: true)
        try world.step()
        #expect(try world.step("move framer to w02")?.change == nil)
        world.pass(seconds: 60)
        #expect(try world.step("move framer to w02")?.change != nil)
    }
}
