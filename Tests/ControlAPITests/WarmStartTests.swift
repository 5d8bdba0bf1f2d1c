import Learning
import Measures
import Placement
import Settings
import Simulation
import Testing
import Topology

@testable import ControlAPI

@Suite("A warm start")
struct WarmStartTests {
    private static func topology(
        nodes: [String] = ["w01", "w02", "w03", "w04"], workflow: String = "video-analytics",
        functions: [String] = ["framer", "facedetector", "faceanalyzer", "mobilenet"], scaled: [String] = ["mobilenet"],
        units: [String: [String]] = ["all": ["framer"]], maximumReplicas: Int = 8
    ) throws -> SchedulingTopology {
        try SchedulingTopology(
            nodes: nodes.map { NodeName($0) }, workflow: WorkflowName(workflow),
            functions: functions.map { FunctionName($0) },
            movableUnits: units.sorted { $0.key < $1.key }.map { unit in
                MovableUnit(name: unit.key, functions: unit.value.map { FunctionName($0) })
            },
            scaledFunctions: scaled.map { FunctionName($0) }, maximumReplicas: maximumReplicas)
    }

    /// A learner of `rig` after `steps` requests.
    private func train(_ rig: Rig, steps: Int) async throws {
        let pausing = PausingRunner(rig.bed, after: steps)
        try await run(rig.service(initialSession: training(steps: 40), runner: pausing), rig.control) {
            $0.requests == steps
        }
    }

    @Test func `a session without a checkpoint of its own begins with the learner named, and keeps its own from then on`()
        async throws
    {
        let trained = try Rig(scenario: try .thesisTraining())
        try await train(trained, steps: 60)
        let steps = try CheckpointStore(path: trained.checkpointPath).load().checkpoint.steps
        let rig = try Rig(scenario: try .thesisTraining())
        let first = PausingRunner(rig.bed, after: 20)
        try await run(
            rig.service(initialSession: training(steps: 40), runner: first, warmStartPath: trained.checkpointPath),
            rig.control
        ) { $0.requests == 20 }
        #expect(rig.control.status.restored == "from \(trained.checkpointPath), after \(steps) steps there")
        #expect(rig.control.status.learnerSteps == steps + 19)
        // The training's exploration is behind it.
        #expect(try #require(rig.control.status.epsilon) < 0.1)
        let control = PlacementControl()
        let second = PausingRunner(rig.bed, after: 30)
        try await run(
            rig.service(
                initialSession: training(steps: 40), runner: second, warmStartPath: trained.checkpointPath,
                control: control), control
        ) { $0.requests > 0 }
        #expect(control.status.restored?.hasPrefix("after \(steps + 19) steps") == true, "\(control.status)")
    }

    @Test func `names of nodes and workflow may be others, and what is learnt stays the same`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await train(rig, steps: 60)
        let session = training(steps: 40)
        let other = try SchedulingTopology(
            nodes: ["a", "b", "c", "d"].map { NodeName($0) }, workflow: WorkflowName("mine"),
            functions: rig.topology.functions, movableUnits: rig.topology.movableUnits,
            scaledFunctions: rig.topology.scaledFunctions, maximumReplicas: rig.topology.maximumReplicas)
        let taken = try WarmStart(path: rig.checkpointPath).checkpoint(for: session, on: other)
        let original = try CheckpointStore(path: rig.checkpointPath).load().checkpoint
        #expect(taken.topology == (try other.checkpointLabel(for: .custom)) && taken.topology != original.topology)
        let learners = [
            try DQN(restoring: original, topology: original.topology), try DQN(restoring: taken, topology: taken.topology),
        ]
        let observation = [Float](repeating: 7, count: original.observationCount)
        let all = ActionMask(allowed: [Bool](repeating: true, count: original.actionCount))
        #expect(learners[0].greedy(observation, allowed: all).values == learners[1].greedy(observation, allowed: all).values)
    }

    @Test(arguments: [
        (["nodes": ["w01", "w02"]], "number of nodes is 4", "2"),
        (["functions": ["framer", "facedetector", "faceanalyzer", "mobilenet", "more"]], "functions is", "more"),
        (["scaled": []], "scaled functions is mobilenet", "none"),
        (["scaled": ["framer"]], "scaled functions is mobilenet", "framer"),
        (["unit": ["facedetector"]], "units is all (framer)", "all (facedetector)"),
    ])
    func `what is about something else is refused with what differs`(
        other: [String: [String]], theirs: String, ours: String
    ) throws {
        let label = try Self.topology().checkpointLabel(for: .custom)
        let standard = ["framer", "facedetector", "faceanalyzer", "mobilenet"]
        let topology = try Self.topology(
            nodes: other["nodes"] ?? ["w01", "w02", "w03", "w04"], functions: other["functions"] ?? standard,
            scaled: other["scaled"] ?? ["mobilenet"], units: ["all": other["unit"] ?? ["framer"]])
        let difference = try #require(WarmStart.difference(of: label, from: topology, .custom))
        #expect(difference.contains(theirs) && difference.contains(ours), "\(difference)")
    }

    @Test func `another scheduler's learner, another bound and a label that says nothing are refused`() throws {
        let topology = try Self.topology()
        let label = try topology.checkpointLabel(for: .fullmap)
        #expect(WarmStart.difference(of: label, from: topology, .fullmap) == nil)
        #expect(WarmStart.difference(of: label, from: topology, .custom)?.contains("scheduler fullmap") == true)
        let small = try Self.topology(maximumReplicas: 4)
        #expect(WarmStart.difference(of: label, from: small, .fullmap)?.contains("count is 8") == true)
        #expect(WarmStart.difference(of: "nothing", from: topology, .custom) != nil)
    }

    @Test func `a learner that cannot be begun with leaves the service idle and says why`() async throws {
        let trained = try Rig(scenario: try .thesisTraining())
        try await train(trained, steps: 30)
        let rig = try Rig(scenario: try .thesisTraining(), nodes: ["w01", "w02"].map { NodeName($0) })
        try await run(
            rig.service(initialSession: training(steps: 40), warmStartPath: trained.checkpointPath), rig.control
        ) { $0.lastFailure != nil }
        let failure = try #require(rig.control.status.lastFailure)
        #expect(failure.contains("placement.warmStart") && failure.contains("number of nodes is 4"), "\(failure)")
        #expect(rig.control.status.requests == 0)
    }

    @Test func `a file that is no learner is refused by its key`() throws {
        let configuration = try CoordinatorConfiguration(
            yaml: CoordinatorConfigurationTests.placement
                + "\nplacement: {nodes: [w01], checkpoint: /c, warmStart: /nowhere/trained}")
        let section = try #require(configuration.placement)
        let error = #expect(throws: SettingsError.self) { _ = try PlacementSettings(section, described: nil) }
        #expect(error?.description.contains("placement.warmStart") == true)
        #expect(error?.description.contains("/nowhere/trained") == true)
    }

    /// However much a new learner wants to try: of any first n decisions no more than the guard's share are random changes.
    @Test func `the guard's exploration is a ceiling from the first decision on`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        var settings = GuardSettings()
        settings.betweenMovesNanoseconds = 0
        settings.movesPerMinute = 60
        settings.noReturnNanoseconds = 0
        settings.minimumGain = 0
        settings.explorationCeiling = 0.1
        settings.runsToJudge = 1
        settings.worseBy = 10
        settings.coldRuns = 0
        settings.stockRuns = 0
        settings.quietAfterStartNanoseconds = 0
        let pausing = PausingRunner(rig.bed, after: 200)
        try await run(
            rig.service(initialSession: training(steps: 400), runner: pausing, guardSettings: settings), rig.control
        ) { $0.requests == 200 }
        let records = try rig.journal().decisions(after: 0, limit: 1_000, session: nil).map(\.record)
        var random = 0
        for (index, record) in records.enumerated() {
            let isRandom = record.decision?.isRandom == true
            if isRandom, record.change != nil { random += 1 }
            #expect(Double(random) <= 0.1 * Double(index + 1) + 1e-9, "decision \(index)")
        }
        #expect(random > 5, "exploration goes on all the same")
        let refused = records.prefix(20).count { $0.verdict?.contains("may be random changes") == true }
        #expect(refused > 5, "the learner wanted more")
    }
}
