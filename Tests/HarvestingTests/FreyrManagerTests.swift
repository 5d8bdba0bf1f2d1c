import Harvesting
import Learning
import Measures
import Testing

@Suite("Freyr's manager")
struct FreyrManagerTests {
    static let user = Records.units(4, 4)
    static let inputs = FreyrInputs(capacity: Resources(millicores: 160_000, mebibytes: 40_960))

    static func manager() throws -> FreyrManager {
        try FreyrManager(policy: FreyrLearner(seed: 4).policy, inputs: inputs)
    }

    @Test func `a function of which nothing is known has its user's amounts, safeguarded`() throws {
        var manager = try Self.manager()
        let decision = manager.decide(Records.request(0, user: Self.user), Records.load)
        #expect(decision.allocation == Self.user)
        #expect(decision.safeguarded && decision.returnsOnDemand)
    }

    @Test func `whatever the policy likes, it stays within what the safeguard allows of each resource`() throws {
        // Two of four cores used: three or four are allowed. All of the memory used: four to eight units.
        let last = Records.finished(0, user: Self.user, allocated: Self.user, peak: Records.units(2, 4))
        for seed in 0..<20 {
            var manager = try FreyrManager(policy: FreyrLearner(seed: UInt64(seed)).policy, inputs: Self.inputs)
            manager.finished(last)
            let decision = manager.decide(Records.request(0, user: Self.user, sequence: 1, at: 3), Records.load)
            #expect((3_000...4_000).contains(decision.allocation.millicores))
            #expect((256...512).contains(decision.allocation.mebibytes))
            #expect(!decision.safeguarded)
            #expect(decision.returnsOnDemand)
            #expect(decision.mostInFlight == Records.units(8, 8))
        }
    }

    @Test func `the same calls give the same decisions, and deciding changes no policy`() throws {
        let policy = try FreyrLearner(seed: 4).policy
        func run() throws -> [AllocationDecision] {
            var manager = try FreyrManager(policy: policy, inputs: Self.inputs)
            return (0..<200).map { sequence in
                let function = sequence % 7
                let decision = manager.decide(
                    Records.request(function, user: Self.user, sequence: sequence, at: Double(sequence)), Records.load)
                manager.finished(
                    Records.finished(
                        sequence, function: function, user: Self.user, allocated: decision.allocation,
                        peak: decision.allocation.lesser(Records.units(1 + sequence % 5, 3)),
                        safeguarded: decision.safeguarded))
                return decision
            }
        }
        let first = try run()
        #expect(try run() == first)
        #expect(Set(first).count >= 3)
    }

    @Test func `a policy over other candidates is refused`() throws {
        let other = try PPO(
            candidates: CandidateTable(contextCount: 9, features: [[1, 1], [2, 2]]),
            hyperparameters: PPOHyperparameters(), seed: 1)
        let error = #expect(throws: LearningError.self) {
            try FreyrManager(policy: other.policy, inputs: Self.inputs)
        }
        #expect(error?.code == .invalidParameter)
    }
}

@Suite("Freyr's inputs")
struct FreyrInputsTests {
    @Test func `what is not known is told apart from zero, and what is free is a share of the whole cluster`() {
        let inputs = FreyrManagerTests.inputs
        var history = FunctionHistory()
        history.arrived(atSeconds: 10)
        let request = Records.request(0, user: Records.units(4, 4), at: 10)
        let free = Resources(millicores: 40_000, mebibytes: 10_240)
        let context = inputs.context(
            request, ClusterLoad(unfinishedRequests: 0, free: free), history, baselineSeconds: nil)
        #expect(context[0] == 0)
        #expect(context[1] == 0.25)
        #expect(context[2] == 0.25)
        for index in [3, 5, 6, 7, 8] { #expect(context[index] == FreyrInputs.unknown, "feature \(index + 1)") }
    }

    @Test func `after calls every feature lies in 0 to 1, and means are means`() {
        let inputs = FreyrManagerTests.inputs
        var history = FunctionHistory()
        for sequence in 0..<3 {
            history.arrived(atSeconds: Double(sequence) * 5)
            history.finished(
                Records.finished(
                    sequence, user: Records.units(4, 4), allocated: Records.units(4, 4),
                    peak: Records.units(sequence + 1, 4), seconds: 2))
        }
        let request = Records.request(0, user: Records.units(4, 4), sequence: 3, at: 10)
        let context = inputs.context(
            request, ClusterLoad(unfinishedRequests: 500, free: inputs.capacity), history, baselineSeconds: 2)
        for index in 0..<FreyrInputs.contextCount {
            #expect(context[index] > 0 && context[index] <= 1, "feature \(index + 1)")
        }
        #expect(context[5] == 0.25)
        #expect(context[6] == 0.5)
        #expect(context[7] == context[8])
    }

    @Test func `candidates are told by their share of the grid`() {
        let features = FreyrInputs.candidates.features
        #expect(features.count == 64)
        #expect(features[0] == [0.125, 0.125])
        #expect(features[AllocationGrid.index(cpu: 3, memory: 8)] == [0.375, 1])
    }
}

@Suite("Freyr's reward")
struct FreyrRewardTests {
    private func record(seconds: Double, baseline: Double = 2, allocated: Resources) -> FinishedInvocation {
        var record = Records.finished(
            0, user: Records.units(4, 4), allocated: allocated, peak: Records.units(1, 1), seconds: seconds)
        record.baselineSeconds = baseline
        return record
    }

    @Test func `a gain counts once, a loss as often as is asked, and what was held is charged for`() {
        let reward = FreyrReward(harmWeight: 4, price: 0.5)
        #expect(reward.value(of: record(seconds: 2, allocated: Records.units(4, 4))) == -0.5)
        #expect(reward.value(of: record(seconds: 1, allocated: Records.units(8, 4))) == 0.5 - 0.5 * 0.75)
        #expect(reward.value(of: record(seconds: 3, allocated: Records.units(2, 2))) == -2 - 0.5 * 0.75)
        // Half of the time it held twice as much of the CPU.
        var grown = record(seconds: 2, allocated: Records.units(4, 4))
        #expect(!grown.heldMoreThanUser)
        grown.heldMillicoreSeconds *= 1.5
        #expect(grown.heldMoreThanUser)
        #expect(reward.value(of: grown) == -0.5 * 1.25)
    }

    @Test func `more than can be used costs and gains nothing`() {
        let reward = FreyrReward()
        let enough = reward.value(of: record(seconds: 1, allocated: Records.units(5, 4)))
        #expect(reward.value(of: record(seconds: 1, allocated: Records.units(8, 8))) < enough)
    }

    @Test func `a call without a baseline tells nothing`() {
        #expect(FreyrReward(price: 0).value(of: record(seconds: 0, baseline: 0, allocated: Records.units(1, 1))) == 0)
    }
}

@Suite("Freyr in training")
struct FreyrTraineeTests {
    private static let user = Records.units(8, 8)

    /// A function that can use `cores` and two units of memory; its users defined eight of both.
    private func run(_ manager: inout some ResourceManager, cores: Int, calls: Range<Int>) -> Resources {
        var wanted = Self.user
        for sequence in calls {
            let decision = manager.decide(
                Records.request(0, user: Self.user, sequence: sequence, at: Double(sequence)), Records.load)
            wanted = decision.allocation
            let used = Records.units(cores, 2).lesser(decision.allocation)
            var record = Records.finished(
                sequence, user: Self.user, allocated: decision.allocation, peak: used,
                seconds: 4_000 / Double(used.millicores), safeguarded: decision.safeguarded)
            record.baselineSeconds = 4 / Double(cores)
            manager.finished(record)
        }
        return wanted
    }

    @Test func `it learns to lend what is not used`() throws {
        var hyperparameters = FreyrLearner.hyperparameters
        hyperparameters.learningRate = 3e-3
        let learner = try FreyrLearner(hyperparameters: hyperparameters, seed: 2)
        let inputs = FreyrManagerTests.inputs
        var trainee = FreyrTrainee(
            learner: learner, inputs: inputs, reward: FreyrReward(price: 0.3), rolloutLength: 256, seed: 2)
        _ = run(&trainee, cores: 3, calls: 0..<10_000)
        var manager = try FreyrManager(policy: learner.policy, inputs: inputs)
        // A step above what was used is the least that the safeguard allows.
        #expect(run(&manager, cores: 3, calls: 0..<20) == Records.units(4, 3))
    }

    @Test func `the same seed trains the same policy`() throws {
        func trained(_ seed: UInt64) throws -> ScoringPolicy {
            let learner = try FreyrLearner(seed: seed)
            var trainee = FreyrTrainee(
                learner: learner, inputs: FreyrManagerTests.inputs, rolloutLength: 128, seed: seed)
            _ = run(&trainee, cores: 3, calls: 0..<600)
            return learner.policy
        }
        let first = try trained(1)
        #expect(try trained(1) == first)
        #expect(try trained(2) != first)
        #expect(try FreyrLearner(seed: 1).policy != first)
    }
}
