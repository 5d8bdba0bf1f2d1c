import Cluster
import Learning
import Placement
import Testing
import Topology

@Suite struct TopologyChangeTests {
    private static let names = ["w01", "w02", "w03"].map { NodeName($0) }

    private static func space(_ scheduler: Scheduler, _ nodes: [NodeName]) throws -> any ActionSpace {
        try #require(scheduler.actionSpace(for: World.topology(nodes: nodes), profile: nil))
    }

    /// A learner over `space` that was told of `transitions`, as a checkpoint.
    private static func checkpoint(_ space: any ActionSpace, _ transitions: [Transition] = []) throws -> Checkpoint {
        var parameters = try #require(PlacementPreset.named("reeve")).hyperparameters
        // Nothing is learnt from what is told, so that values can be compared.
        parameters.learningStarts = 1_000
        let dqn = try DQN(
            observationCount: ObservationSpace(space.topology).count, actionCount: space.actions.count,
            hyperparameters: parameters, totalSteps: 2_000, seed: 7)
        for transition in transitions { dqn.record(transition) }
        return dqn.checkpoint(topology: "old", preset: "reeve")
    }

    private static func apply(
        _ old: any ActionSpace, _ new: any ActionSpace, _ transitions: [Transition] = []
    ) throws -> (before: DQN, after: DQN, checkpoint: Checkpoint) {
        let checkpoint = try checkpoint(old, transitions)
        let change = try #require(TopologyChange(from: old, to: new))
        let changed = try change.apply(to: checkpoint, topology: "new")
        return (
            try DQN(restoring: checkpoint, topology: "old"), try DQN(restoring: changed, topology: "new"), changed
        )
    }

    private static func observe(_ space: any ActionSpace, framer: String = "w02") throws -> [Float] {
        let state = try World.state(
            World.snapshot(nodes: names, framer: framer), c0: [0.5, 0.4, 0.3], lastLatencySeconds: 31)
        return ObservationSpace(space.topology).observe(state).values
    }

    @Test(arguments: [Scheduler.custom, .fullmap, .kubernetes])
    func `in another order of the same nodes everything is worth what it was`(scheduler: Scheduler) throws {
        let old = try Self.space(scheduler, Self.names)
        let new = try Self.space(scheduler, [Self.names[2], Self.names[0], Self.names[1]])
        let (before, after, _) = try Self.apply(old, new)
        // Where functions are is told by the node's number, which differs: nowhere is the same for both.
        let nowhere = World.snapshot(nodes: Self.names, framer: nil, detector: nil, models: nil)
        let state = try World.state(nowhere, c0: [0.5, 0.4, 0.3])
        let values = before.greedy(
            ObservationSpace(old.topology).observe(state).values, allowed: .all(old.actions.count)).values
        let changed = after.greedy(
            ObservationSpace(new.topology).observe(state).values, allowed: .all(new.actions.count)).values
        for (index, action) in new.actions.enumerated() {
            let place = try #require(old.actions.firstIndex(of: action))
            #expect(abs(changed[index] - values[place]) < 1e-4, "\(action)")
        }
    }

    @Test func `moving to a new node is worth the mean of moving anywhere`() throws {
        let old = try Self.space(.fullmap, Array(Self.names.prefix(2)))
        let new = try Self.space(.fullmap, Self.names)
        let (_, after, _) = try Self.apply(old, new)
        let values = after.greedy(try Self.observe(new), allowed: .all(new.actions.count)).values
        let moves = new.actions.indices.filter { if case .move = new.actions[$0] { true } else { false } }
        for unit in stride(from: 0, to: moves.count, by: 3) {
            let (first, second, joined) = (values[moves[unit]], values[moves[unit + 1]], values[moves[unit + 2]])
            #expect(abs(joined - (first + second) / 2) < 1e-4)
        }
    }

    @Test func `transitions are told as if the new node had been unknown`() throws {
        let old = try Self.space(.fullmap, Array(Self.names.prefix(2)))
        let new = try Self.space(.fullmap, Self.names)
        let seen = try Self.observe(old)
        let stay = try #require(old.actions.firstIndex(of: .stay))
        let (_, _, checkpoint) = try Self.apply(
            old, new,
            [
                Transition(
                    observation: seen, action: stay, reward: 3, nextObservation: seen,
                    nextAllowed: .all(old.actions.count))
            ])
        let told = try Self.transitions(checkpoint, new)
        #expect(told.count == 1)
        let unknown = try World.state(
            World.snapshot(nodes: Self.names, framer: "w02"), c0: [0.5, 0.4, nil], unknown: [Self.names[2]],
            lastLatencySeconds: 31)
        #expect(told[0].observation == ObservationSpace(new.topology).observe(unknown).values)
        #expect(told[0].action == new.actions.firstIndex(of: .stay))
        #expect(told[0].reward == 3)
        for (index, action) in new.actions.enumerated() {
            let isNew = if case .move(_, Self.names[2]) = action { true } else { false }
            #expect(told[0].nextAllowed[index] == !isNew, "\(action)")
        }
    }

    @Test func `what moved to a node that has gone is dropped, and what was there is in an unknown place`() throws {
        let old = try Self.space(.fullmap, Self.names)
        let new = try Self.space(.fullmap, Array(Self.names.dropFirst()))
        let seen = try Self.observe(old)
        let unit = old.topology.movableUnits[0]
        let transitions = try Self.names.map { node in
            Transition(
                observation: seen, action: try #require(old.actions.firstIndex(of: .move(unit, to: node))), reward: 1,
                nextObservation: seen, nextAllowed: .all(old.actions.count))
        }
        let (_, _, checkpoint) = try Self.apply(old, new, transitions)
        let told = try Self.transitions(checkpoint, new)
        #expect(told.map(\.action) == Self.names.dropFirst().map { new.actions.firstIndex(of: .move(unit, to: $0)) })
        // The framer was on w02, now the first of two; the others were on w01.
        let names = ObservationSpace(new.topology).names
        for (function, place) in [("framer", Float(10)), ("facedetector", 0), ("mobilenet", 0)] {
            let index = try #require(names.firstIndex(of: "location of \(function)"))
            #expect(told[0].observation[index] == place)
        }
    }

    @Test func `other functions, bounds or actions are another learner's`() throws {
        let old = try Self.space(.fullmap, Self.names)
        #expect(TopologyChange(from: old, to: try Self.space(.custom, Self.names)) == nil)
        let fewer = FullmapActionSpace(try .videoAnalytics(nodes: Self.names, maximumReplicas: 4))
        #expect(TopologyChange(from: old, to: fewer) == nil)
        let change = try #require(TopologyChange(from: try Self.space(.fullmap, Array(Self.names.prefix(2))), to: old))
        #expect { try change.apply(to: Self.checkpoint(old), topology: "new") } throws: { error in
            (error as? LearningError)?.code == .topologyMismatch
        }
    }

    /// What the learner of `checkpoint` over `space` remembers, the oldest first.
    private static func transitions(_ checkpoint: Checkpoint, _ space: any ActionSpace) throws -> [Transition] {
        var transitions: [Transition] = []
        let same = LearnerReshaping(
            observationSources: (0..<checkpoint.observationCount).map { [$0] },
            actionSources: (0..<checkpoint.actionCount).map { [$0] })
        _ = try checkpoint.reshaped(same, topology: "new") { transition in
            transitions.append(transition)
            return transition
        }
        return transitions
    }
}
