import Measures
import Testing

@testable import Learning

@Suite struct ReshapingTests {
    private static let same = LearnerReshaping(
        observationSources: (0..<4).map { [$0] }, actionSources: (0..<3).map { [$0] })

    /// A learner that has gone 150 steps with a buffer of `slots`.
    private func learner(slots: Int) throws -> DQN {
        let dqn = try Corridor.learner(length: 4, steps: 300, seed: 2) { $0.bufferSize = slots }
        var corridor = Corridor(length: 4)
        for _ in 0..<150 {
            dqn.record(corridor.step(dqn.choose(corridor.observation, allowed: Corridor.allowed).action))
        }
        return dqn
    }

    @Test func `what is given the shape it has goes on bit for bit`() throws {
        // A ring that has wrapped begins with its oldest transition afterwards, and so others are drawn from it.
        let dqn = try learner(slots: 1_000)
        let before = dqn.checkpoint(topology: "old", preset: "p")
        let after = try before.reshaped(Self.same, topology: "new") { $0 }
        #expect(after.topology == "new")
        let restored = try DQN(restoring: after, topology: "new")
        var corridors = (Corridor(length: 4), Corridor(length: 4))
        for _ in 0..<100 {
            dqn.record(corridors.0.step(dqn.choose(corridors.0.observation, allowed: Corridor.allowed).action))
            restored.record(
                corridors.1.step(restored.choose(corridors.1.observation, allowed: Corridor.allowed).action))
        }
        #expect(restored.gradientSteps > before.gradientSteps)
        let (a, b) = (dqn.checkpoint(topology: "", preset: ""), restored.checkpoint(topology: "", preset: ""))
        #expect(a.online == b.online && a.firstMoments == b.firstMoments && a.secondMoments == b.secondMoments)
        #expect(a.replayCount == b.replayCount)
    }

    @Test func `a value is that of its sources' mean, whatever the others are`() throws {
        let dqn = try learner(slots: 64)
        let reshaping = LearnerReshaping(
            observationSources: [[1], [0], [2], [3], []], actionSources: [[1], [0, 1], [], [0]])
        let checkpoint = try dqn.checkpoint(topology: "", preset: "").reshaped(reshaping, topology: "") { _ in nil }
        let reshaped = try DQN(restoring: checkpoint, topology: "")
        #expect(reshaped.observationCount == 5 && reshaped.actionCount == 4 && reshaped.replayCount == 0)
        let old = dqn.greedy([0.3, 0.1, 0.7, 0.2], allowed: .all(3)).values
        let new = reshaped.greedy([0.1, 0.3, 0.7, 0.2, 99], allowed: .all(4)).values
        let expected = [old[1], (old[0] + old[1]) / 2, 0, old[0]]
        for (value, goal) in zip(new, expected) { #expect(abs(value - goal) < 1e-5, "\(new) for \(expected)") }
    }

    @Test func `transitions are translated from the oldest to the newest, and some are dropped`() throws {
        let dqn = try learner(slots: 64)
        let before = dqn.checkpoint(topology: "", preset: "")
        #expect(before.replayIsFull)
        var seen: [Transition] = []
        let after = try before.reshaped(Self.same, topology: "") { transition in
            seen.append(transition)
            return seen.count % 2 == 0 ? transition : nil
        }
        #expect(seen.count == 64 && after.replayCount == 32 && !after.replayIsFull)
        // In a corridor what is seen next is what is seen in the next step, unless the episode ended.
        for (earlier, later) in zip(seen, seen.dropFirst()) where !earlier.isTerminal && !earlier.isTimeout {
            #expect(earlier.nextObservation == later.observation)
        }
        var kept: [Transition] = []
        _ = try after.reshaped(Self.same, topology: "") { transition in
            kept.append(transition)
            return transition
        }
        #expect(kept == seen.indices.filter { $0 % 2 == 1 }.map { seen[$0] })
    }

    @Test func `sources that the learner does not have are refused`() throws {
        let checkpoint = try learner(slots: 64).checkpoint(topology: "", preset: "")
        var observations = Self.same
        observations.observationSources[1] = [4]
        var actions = Self.same
        actions.actionSources = []
        for reshaping in [observations, actions] {
            #expect { try checkpoint.reshaped(reshaping, topology: "") { $0 } } throws: { error in
                (error as? LearningError)?.code == .invalidParameter
            }
        }
    }
}
