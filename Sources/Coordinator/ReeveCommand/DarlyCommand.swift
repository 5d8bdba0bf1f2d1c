import ArgumentParser
import CommandShell
import Experiments
import Learning
import Measures
import Placement

/// `reeve experiment darly`: train a scheduler on the simulated test bed, then judge it with frozen parameters.
struct DarlyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "darly", abstract: "Train schedulers under interference, then judge them with frozen parameters.")

    @Option(help: "Who decides: one or more of the schedulers, separated by commas, or all.")
    var scheduler = Scheduler.custom.rawValue

    @Option(help: "Under which interference: thesis or crowded.")
    var scenario = DarlyScenario.thesis.rawValue

    @OptionGroup var options: ExperimentOptions

    @Option(help: "Several seeds in place of --seed, such as 1-10.")
    var seeds: String?

    @Option(help: "Requests of the training.")
    var steps = DarlyExperiment.thesisTrainingSteps

    @Flag(help: "Show the learners no counters, to see what the counters are worth.")
    var blankCounters = false

    @Option(help: "Write the result as JSON to this file, - for standard output: one object, or a list when there are several runs.")
    var json: String?

    @Option(help: "Write the report as an HTML page to this file.")
    var html: String?

    @Option(help: "Write the trained learner to this file, for placement.warmStart; for a single run of a scheduler that learns.")
    var checkpoint: String?

    func run() async throws {
        let experiments = try experiments()
        if checkpoint != nil, experiments.count != 1 || experiments.first?.scheduler.isLearned != true {
            let learners = Scheduler.allCases.filter(\.isLearned).map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.badConfiguration(
                "--checkpoint keeps one learner: allowed with it are one --scheduler of \(learners), and one seed")
        }
        let display = ProgressDisplay(time: SystemTime())
        var results: [DarlyResult] = []
        for (index, experiment) in experiments.enumerated() {
            display.show(
                "\(experiment.scheduler.rawValue), seed \(experiment.seed) (run \(index + 1) of \(experiments.count))",
                share: Double(index) / Double(experiments.count))
            do {
                results.append(
                    try await experiment.run(version: CommandShell.version) { learner in
                        if let checkpoint { try CheckpointStore(path: checkpoint).save(learner) }
                    })
            } catch {
                throw CommandFailure.failed("\(experiment.scheduler.rawValue) with seed \(experiment.seed): \(error)")
            }
        }
        display.finish()
        try write(results, of: experiments)
    }

    private func experiments() throws(CommandFailure) -> [DarlyExperiment] {
        let schedulers = try ExperimentOptions.schedulers(scheduler, among: Scheduler.allCases)
        guard let scenario = DarlyScenario(rawValue: scenario) else {
            let known = DarlyScenario.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badConfiguration("--scenario is \(scenario): allowed is \(known)")
        }
        let preset = try options.placementPreset()
        let targets = try options.targets()
        let seeds = try seeds.map { text throws(CommandFailure) in try ExperimentOptions.seeds(text) } ?? [options.seed]
        let steps = try ExperimentOptions.positive(steps, "--steps")
        return schedulers.flatMap { scheduler in
            seeds.map { seed in
                DarlyExperiment(
                    scheduler: scheduler, scenario: scenario, targets: targets, preset: preset, seed: seed,
                    trainingSteps: steps, countersBlanked: blankCounters)
            }
        }
    }

    private func write(_ results: [DarlyResult], of experiments: [DarlyExperiment]) throws(CommandFailure) {
        guard let first = experiments.first else { return }
        let report: DarlyReport
        do {
            report = DarlyReport(runs: results, conditions: try DarlyConditions(first))
        } catch {
            throw .failed("the report cannot be made: \(error)")
        }
        if let html { try OutputFile.write(report.html(), to: html) }
        if let json {
            try OutputFile.write(jsonOf: results, to: json)
        } else {
            print(report.summaryTable(colour: Terminal.takesColour), terminator: "")
        }
    }
}
