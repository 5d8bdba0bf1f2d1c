import Cluster
import Measures
import Placement
import Simulation
import Testing
import Topology

@testable import Experiments

@Suite("Parts of a demo")
struct DemoPartsTests {
    @Test("progress says only what is known")
    func progressText() {
        var progress = DemoProgress(scheduler: .custom, phase: .training, steps: 500)
        #expect(progress.text == "custom training, step 0/500")
        #expect(progress.share == 0)
        progress.step = 250
        progress.kept = 200
        progress.latencySeconds = 31.25
        progress.targetSeconds = 35
        progress.epsilon = 0.125
        progress.millisecondsPerStep = 44.04
        #expect(
            progress.text
                == "custom training, step 250/500, met 200/250, latency 31.3 s, target 35.0 s, epsilon 0.13, 44.0 ms/step")
        #expect(progress.share == 0.5)
    }

    @Test("served requests are counted in the phase that has begun, and time per step is real time")
    func tally() throws {
        let time = ManualTime()
        let tally = ServedTally(time: time)
        let empty = ClusterSnapshot(nodes: [], assignment: [:], replicas: [:])
        func serve(_ latency: Double) throws {
            time.advance(byNanoseconds: 40_000_000)
            let request = WorkflowRequest(
                sequence: 0, workflow: VideoWorkflow.name, target: try LatencyTarget(seconds: 26))
            tally.add(
                ServedRequest(
                    request: request, outcome: WorkflowOutcome(latencySeconds: latency, functionSeconds: [:]), snapshot: empty))
        }
        try serve(10)
        #expect(tally.progress(epsilon: nil) == nil)
        tally.begin(DemoProgress(scheduler: .native, phase: .inference, steps: 10))
        try serve(26)
        try serve(26.1)
        let progress = try #require(tally.progress(epsilon: 0.5))
        #expect((progress.step, progress.kept) == (2, 1))
        #expect(progress.latencySeconds == 26.1)
        #expect(progress.millisecondsPerStep == 40)
        #expect(progress.epsilon == 0.5)
    }

    @Test("the course has the demo's steps and targets, and the thesis' start for each scheduler")
    func course() throws {
        let targets = try DarlyTargets(looseSeconds: 40, strictSeconds: 20)
        let course = DemoCourse(DemoSettings(trainingSteps: 20, inferenceSteps: 10, targets: targets))
        #expect(try course.scenario(.training).steps == 20)
        #expect(try course.scenario(.inference).phases.map(\.target.seconds) == [40, 40, 40, 20, 20])
        #expect(course.start(of: .custom) == .allOnFirstNode(replicas: 8))
        #expect(course.start(of: .native) == .native(queueWorkers: 2))
        let conditions = try course.conditions()
        #expect(conditions.world == .demo)
        #expect(conditions.changes(in: .training) == [4, 8, 12, 16, 20])
    }

    @Test("yardsticks serve exactly the course of the live runs")
    func inProcess() async throws {
        let course = DemoCourse(DemoSettings(trainingSteps: 20, inferenceSteps: 10))
        let result = try await course.inProcess(.blind, seed: 1, version: "test")
        #expect(result.inference.steps == 10)
        #expect((result.inference.loose.count, result.inference.strict.count) == (6, 4))
        #expect(result.ceiling?.placement.byViolations.loose.count == 6)
    }

    @Test("targets are positive, and the loose one is the larger", arguments: [(0, 26), (35, 0), (26, 35), (30, 30), (-1, -2)])
    func badTargets(_ loose: Double, _ strict: Double) {
        #expect(throws: TopologyError.self) { try DarlyTargets(looseSeconds: loose, strictSeconds: strict) }
    }

    @Test("with other targets an experiment counts requests by them")
    func otherTargets() async throws {
        let targets = try DarlyTargets(looseSeconds: 10, strictSeconds: 5)
        let result = try await DarlyExperiment(scheduler: .blind, targets: targets, seed: 1, trainingSteps: 1).run(version: "test")
        #expect((result.inference.loose.count, result.inference.strict.count) == (150, 100))
        #expect(result.inference.loose.served == 0)
        #expect(result.ceiling?.placement.byViolations.loose.count == 150)
    }

    @Test("a free port can be listened on at once, and two are hardly ever the same")
    func ports() throws {
        let ports = try (0..<8).map { _ in try FreePort.find() }
        #expect(ports.allSatisfy { $0 > 0 })
        #expect(Set(ports).count > 1)
    }
}
