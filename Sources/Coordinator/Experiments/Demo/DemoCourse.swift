import Placement
import Simulation
public import Topology

/// What a demo puts each scheduler through, and what is made of its decisions.
struct DemoCourse {
    private let settings: DemoSettings

    init(_ settings: DemoSettings) {
        self.settings = settings
    }

    /// The thesis' schedule for `phase` in the demo's number of steps, with the demo's targets.
    func scenario(_ phase: DarlyPhase) throws(TopologyError) -> Scenario {
        switch phase {
        case .training:
            let round = try DarlyScenario.thesis.trainingRound(
                steps: settings.trainingSteps, targets: settings.targets, seed: settings.seed)
            return round.scaled(to: settings.trainingSteps)
        case .inference:
            let course = try DarlyScenario.thesis.inference(targets: settings.targets, seed: settings.seed)
            return course.scaled(to: settings.inferenceSteps)
        }
    }

    /// Where `scheduler` starts each phase.
    func start(of scheduler: Scheduler) -> SimulatedCluster.Start { .thesis(for: scheduler) }

    /// The result of the requests that `scheduler` served over the live processes.
    func result(
        of scheduler: Scheduler, trained: [DecisionRecord], judged: [DecisionRecord], wallSeconds: Double, version: String
    ) throws(TopologyError) -> DarlyResult {
        let search = CeilingSearch(
            scenario: try scenario(.inference), targets: settings.targets, model: LatencyModel(),
            reward: settings.preset.reward)
        return DarlyResult(
            scheduler: scheduler, scenario: .thesis, preset: settings.preset.name, seed: settings.seed,
            countersBlanked: false, training: DarlyPhaseResult(trained, targets: settings.targets),
            inference: DarlyPhaseResult(judged, targets: settings.targets), ceiling: search.ceiling(),
            trace: DarlyExperiment.trace(trained, phase: "training", from: 0)
                + DarlyExperiment.trace(judged, phase: "inference", from: trained.count),
            wallSeconds: wallSeconds, machine: .current, version: version)
    }

    /// The same experiment in one process and virtual time.
    func inProcess(_ scheduler: Scheduler, seed: UInt64, version: String) async throws -> DarlyResult {
        var experiment = DarlyExperiment(
            scheduler: scheduler, targets: settings.targets, preset: settings.preset, seed: seed,
            trainingSteps: settings.trainingSteps)
        experiment.courses = (try scenario(.training), try scenario(.inference))
        return try await experiment.run(version: version)
    }

    /// Under what the live runs were made, for the report.
    func conditions() throws(TopologyError) -> DarlyConditions {
        let nodes = TestBedParameters.darly.nodes.map { $0.name.rawValue }
        return DarlyConditions(
            world: .demo, nodes: nodes,
            interference: DarlyConditions.pressure(of: try scenario(.training), in: .training, from: 0, on: nodes)
                + DarlyConditions.pressure(of: try scenario(.inference), in: .inference, from: 0, on: nodes),
            facts: [
                .init(name: "Workflow", value: "video analytics, \(VideoWorkflow.scheduledFrames) frames per request"),
                .init(
                    name: "Targets",
                    value: "\(settings.targets.looseSeconds) s loose, \(settings.targets.strictSeconds) s strict"),
                .init(
                    name: "Time",
                    value: """
                        hardware in real time, sampled every \(DemoSettings.agentIntervalMilliseconds) ms; settle time and \
                        latency divided by \(settings.compressionText)
                        """),
                .init(name: "Yardsticks", value: "blind, random and static ran in process and in virtual time"),
            ])
    }
}

extension DarlyReport {
    /// The report of a demo's live runs with the yardsticks beside them.
    public init(_ outcome: Demo.Outcome, settings: DemoSettings) throws(TopologyError) {
        self.init(runs: outcome.live + outcome.yardsticks, conditions: try DemoCourse(settings).conditions())
    }
}
