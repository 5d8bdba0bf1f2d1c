import Cluster
import Learning
import Placement
import Testing
import Topology

@Suite struct SchedulingDriverTests {
    private let space: FullmapActionSpace

    init() throws { space = FullmapActionSpace(try World.topology()) }

    private func driver(_ script: [String]) -> (SchedulingDriver, ScriptedPolicy) {
        let policy = ScriptedPolicy(script, in: space)
        let loop = SchedulingLoop(actionSpace: space, maskRule: .withoutEffect)
        return (SchedulingDriver(loop, policy: policy), policy)
    }

    @Test func theEffectsReachTheClusterInOrder() async throws {
        let cluster = FakeCluster(requests: 3)
        let (driver, policy) = driver(["move models to w02", "scale by -1", "stay"])
        while try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster) != nil {}
        #expect(await cluster.calls == [
            "observe", "read", "move faceanalyzer+mobilenet to w02", "run",
            "observe", "read", "scale faceanalyzer+mobilenet to 7", "run",
            "observe", "read", "run",
        ])
        #expect(policy.learnt.count == 2)
    }

    @Test func thereIsNoStepWithoutARequest() async throws {
        let cluster = FakeCluster(requests: 0)
        let (driver, _) = driver([])
        #expect(try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster) == nil)
        #expect(await cluster.calls.isEmpty)
    }

    @Test func aRefusedChangeIsRecorded() async throws {
        let cluster = FakeCluster(requests: 1)
        await cluster.fail(.init(changing: true))
        let (driver, _) = driver(["move framer to w02"])
        let record = try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster)
        #expect(record?.failures == ["w02 is full"])
        #expect(record?.latencySeconds == 40)
    }

    @Test func metricsThatCannotBeReadLeaveEveryNodeUnknown() async throws {
        let cluster = FakeCluster(requests: 1)
        await cluster.fail(.init(reading: true))
        let (driver, _) = driver([])
        let record = try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster)
        #expect(record?.decision?.absentEntries == Array(0..<24) + [34])
        #expect(record?.decision?.allowed == Array(repeating: false, count: 13) + [true, true])
    }

    @Test func theLoopGoesOnAfterEachKindOfFailure() async throws {
        let cluster = FakeCluster(requests: 4)
        let (driver, policy) = driver([])
        var served: [Bool] = []
        for faults in [FakeCluster.Faults(observing: true), .init(running: true), .init(), .init()] {
            await cluster.fail(faults)
            let record = try #require(
                try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster))
            served.append(record.latencySeconds != nil)
        }
        #expect(served == [true, false, true, true])
        #expect(policy.learnt.count == 1)
    }

    /// A learner over the fake cluster, and the records of all its steps.
    private func train(seed: UInt64, steps: Int) async throws -> (DQN, [DecisionRecord]) {
        var parameters = DQNHyperparameters.reeve
        parameters.bufferSize = 1000
        parameters.learningStarts = 10
        parameters.hiddenSizes = [16]
        let learner = try DQN(
            observationCount: 35, actionCount: 15, hyperparameters: parameters, totalSteps: steps, seed: seed)
        let driver = SchedulingDriver(
            SchedulingLoop(actionSpace: space, maskRule: .withoutEffect),
            policy: LearnedPolicy(learner, mode: .training))
        let cluster = FakeCluster(requests: steps)
        var records: [DecisionRecord] = []
        while let record = try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster) {
            records.append(record)
        }
        return (learner, records)
    }

    @Test func trainingRepeatsFromItsSeedBitForBit() async throws {
        let (_, first) = try await train(seed: 3, steps: 60)
        let (_, second) = try await train(seed: 3, steps: 60)
        let (_, other) = try await train(seed: 4, steps: 60)
        #expect(first == second)
        #expect(first != other)
    }

    @Test func theLearnerIsTaughtEveryStepButTheLast() async throws {
        let (learner, records) = try await train(seed: 3, steps: 60)
        #expect(records.count == 60)
        #expect(learner.steps == 59)
        #expect(learner.gradientSteps > 0)
    }

    @Test func aFrozenLearnerNeitherExploresNorLearns() async throws {
        let (learner, _) = try await train(seed: 3, steps: 60)
        let steps = learner.steps
        let driver = SchedulingDriver(
            SchedulingLoop(actionSpace: space, maskRule: .withoutEffect), policy: LearnedPolicy(learner, mode: .frozen))
        let cluster = FakeCluster(requests: 20)
        while let record = try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster) {
            #expect(record.decision?.isRandom == false)
        }
        #expect(learner.steps == steps)
    }

    @Test func aRestoredLearnerGoesOnInANewLoop() async throws {
        let (learner, _) = try await train(seed: 3, steps: 60)
        let driver = SchedulingDriver(
            SchedulingLoop(actionSpace: space, maskRule: .withoutEffect),
            policy: LearnedPolicy(learner, mode: .training))
        let cluster = FakeCluster(requests: 5)
        while try await driver.runStep(cluster: cluster, runner: cluster, metrics: cluster) != nil {}
        #expect(learner.steps == 59 + 4)
    }
}
