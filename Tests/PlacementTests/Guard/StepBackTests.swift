import Cluster
import Measures
import Placement
import Testing
import Topology

@Suite("Taking back what made things worse")
struct StepBackTests {
    private static func judging(_ change: (inout GuardSettings) -> Void = { _ in }) -> GuardSettings {
        GuardedWorld.lenient {
            $0.runsToJudge = 3
            $0.worseBy = 0.1
            $0.coldRuns = 1
            $0.noReturnNanoseconds = 300_000_000_000
            change(&$0)
        }
    }

    /// A world with enough runs behind it for a change.
    private func settled(_ settings: GuardSettings = judging()) throws -> GuardedWorld {
        var world = try GuardedWorld(settings)
        for _ in 0..<3 { try world.step() }
        return world
    }

    @Test func `a change waits for enough runs to judge it by`() throws {
        var world = try GuardedWorld(Self.judging())
        for measured in 0..<3 {
            let early = try #require(try world.step("move framer to w02"))
            #expect(early.change == nil)
            #expect(early.decision?.barred?.first?.hasPrefix("\(measured) runs were measured") == true)
        }
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `a change that made the latency worse is taken back, the cold run aside`() throws {
        var world = try settled()
        // The run of the change itself is cold.
        try world.step("move framer to w02", latency: 90)
        for _ in 0..<3 { #expect(try world.step("move models to w03", latency: 34)?.change == nil) }
        let back = try #require(try world.step("move models to w03"))
        #expect(back.change == "move framer to w01")
        #expect(
            back.verdict
                == "stepped back: the median latency was 30.0 s before move framer to w02 and 34.0 s after it")
        #expect(back.decision?.action == "stay" && back.decision?.barred?.first?.contains("has to move framer") == true)
        #expect(world.snapshot.assignment[FunctionName("framer")] == NodeName("w01"))
        try world.step(latency: 100)
        #expect(world.closed == nil, "what the guard did itself is nobody's choice to learn from")
        // One step back, not a swing: w02 is barred now, and the step back is not itself judged.
        for _ in 0..<4 { try world.step(latency: 100) }
        #expect(try world.step("move framer to w02")?.change == nil)
        #expect(world.changes.count == 2)
    }

    @Test(arguments: [
        ([32.0, 90, 33], false), ([33.1, 33.1, 20], true), ([nil, nil, 20], true), ([nil, 20, 20], false),
    ])
    func `the medians decide, and a failed run is the longest of all`(after: [Double?], isWorse: Bool) throws {
        var world = try settled()
        try world.step("move framer to w02")
        for latency in after { try world.step(latency: latency) }
        #expect((try world.step()?.change != nil) == isWorse)
    }

    @Test func `where runs failed before, failing after is not worse`() throws {
        var world = try GuardedWorld(Self.judging())
        for _ in 0..<3 { try world.step(latency: nil) }
        try world.step("move framer to w02")
        for _ in 0..<3 { try world.step(latency: nil) }
        #expect(try world.step()?.change == nil)
    }

    @Test func `replicas are taken back too`() throws {
        var world = try settled()
        try world.step("scale by -1")
        for _ in 0..<3 { try world.step(latency: 60) }
        #expect(try world.step()?.change == "scale to 8 replicas")
    }

    @Test func `a step back waits for telemetry, budget and resume`() throws {
        var world = try settled(Self.judging { $0.movesPerMinute = 1 })
        try world.step("move framer to w02")
        for _ in 0..<3 { try world.step(latency: 60) }
        #expect(try world.step(latency: 60)?.decision?.barred?.first?.contains("within a minute") == true)
        world.pass(seconds: 60)
        let known = world.metrics
        world.metrics[NodeName("w03")] = .unknown(reason: "silent")
        #expect(try world.step(latency: 60)?.decision?.barred?.first?.contains("w03") == true)
        world.metrics = known
        world.hold(true)
        #expect(try world.step(latency: 60)?.change == nil)
        world.hold(false)
        #expect(try world.step(latency: 60)?.change == "move framer to w01")
    }

    @Test func `a step back is dropped when its node is gone or others have moved the function`() throws {
        var gone = try settled()
        try gone.step("move framer to w02")
        for _ in 0..<3 { try gone.step(latency: 60) }
        gone.snapshot = ClusterSnapshot(
            nodes: gone.snapshot.nodes.filter { $0.name != NodeName("w01") }, assignment: gone.snapshot.assignment,
            replicas: gone.snapshot.replicas)
        #expect(try gone.step(latency: 60)?.change == nil)
        #expect(try gone.step("move models to w03", latency: 60)?.change != nil)

        var moved = try settled()
        try moved.step("move framer to w02")
        for _ in 0..<3 { try moved.step(latency: 60) }
        moved.snapshot = World.snapshot(framer: "w04")
        let record = try #require(try moved.step("move models to w03"))
        #expect(record.change == nil)
        #expect(record.decision?.barred?.first?.hasPrefix("0 runs were measured") == true)
    }

    @Test func `a step back that the cluster refuses is given up in the end`() throws {
        var world = try settled()
        try world.step("move framer to w02")
        for _ in 0..<3 { try world.step(latency: 60) }
        world.isRefusing = true
        for _ in 0..<3 { #expect(try world.step(latency: 60)?.change == "move framer to w01") }
        world.isRefusing = false
        #expect(try world.step("move models to w03", latency: 60)?.change == "move models to w03")
    }
}

@Suite("Stock rules in the policy's place")
struct StockRuleTests {
    private static let settings = GuardedWorld.lenient { $0.stockRuns = 4 }

    /// Runs kept and missed: a latency of 30 s keeps the target of 35 s.
    private func run(_ world: inout GuardedWorld, _ pattern: String, choosing text: String = "stay") throws {
        for mark in pattern { try world.step(text, latency: mark == "+" ? 30 : 40) }
    }

    @Test func `the policy begins once the stock rules are measured`() throws {
        var world = try GuardedWorld(Self.settings)
        for left in [4, 3, 2, 1] {
            let record = try #require(try world.step("move framer to w02"))
            #expect(record.change == nil)
            #expect(record.decision?.barred?.first?.contains("after \(left) more runs") == true)
        }
        #expect(try world.step("move framer to w02")?.change != nil)
    }

    @Test func `a policy that keeps fewer targets loses its place, and what it placed is given back`() throws {
        var world = try GuardedWorld(Self.settings)
        try run(&world, "+++-")
        try run(&world, "+", choosing: "move framer to w02")
        try run(&world, "+", choosing: "scale by -1")
        try run(&world, "--")
        // Two of four against three of four.
        let first = try #require(try world.step("move models to w03"))
        #expect(first.change == "move framer to w04", "the cluster's own scheduler chose")
        #expect(first.verdict?.contains("stock rules") == true)
        #expect(try world.step("move models to w03")?.change == "scale to 8 replicas")
        // The last of these runs is the first that is wholly the stock rules' own.
        try run(&world, "+++", choosing: "move models to w03")
        #expect(world.changes.count == 4)
        #expect(try world.step("move models to w03")?.change == "move models to w03")
    }

    @Test func `as good as the stock rules is good enough`() throws {
        var world = try GuardedWorld(Self.settings)
        try run(&world, "+-+-")
        try run(&world, "-++-")
        #expect(try world.step("move framer to w02")?.change != nil)
        var none = try GuardedWorld(Self.settings)
        try run(&none, "----")
        try run(&none, "----")
        #expect(try none.step("move framer to w02", latency: 40)?.change != nil)
    }

    @Test func `a policy that fails again and again is kept out for longer each time`() throws {
        var world = try GuardedWorld(Self.settings)
        try run(&world, "++++")
        var reigns: [Int] = []
        for _ in 0..<6 {
            // The run that found the policy back in its place is already one of its four.
            try run(&world, reigns.isEmpty ? "----" : "---")
            var reign = 0
            while try world.step("move framer to w02", latency: 30)?.decision?.barred?.isEmpty == false { reign += 1 }
            reigns.append(reign)
            // That step moved the framer; the cluster has it again.
            world.snapshot = World.snapshot()
        }
        #expect(reigns == [4, 8, 16, 32, 32, 32])
    }

    @Test func `cold runs are not held against the policy`() throws {
        var world = try GuardedWorld(
            GuardedWorld.lenient {
                $0.stockRuns = 2
                $0.coldRuns = 1
            })
        try run(&world, "++")
        for text in ["move framer to w02", "move framer to w03", "move framer to w04"] {
            #expect(try world.step(text, latency: 80)?.change == text)
            try world.step(latency: 30)
        }
        #expect(try world.step("move framer to w01")?.change != nil)
    }

    @Test func `what is measured while nothing may be changed counts for neither`() throws {
        var world = try GuardedWorld(Self.settings)
        world.hold(true)
        try run(&world, "----")
        world.hold(false)
        #expect(try world.step()?.decision?.barred?.first?.contains("after 4 more runs") == true)
    }
}
