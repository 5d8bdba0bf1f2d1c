import ArgumentParser
import CommandShell
import Experiments
import Foundation
import Logging
import Measures
import Placement

/// `reeve demo`: everything on this machine, agents and coordinator as processes, hardware and cluster virtual.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run agents and coordinator on this machine over virtual nodes, train the schedulers and compare them.")

    @OptionGroup var options: ExperimentOptions

    @Option(help: "By how much settle time and workflow latency are shortened.")
    var factor = 20_000.0

    @Option(help: "The schedulers, separated by commas, or all; in the order given.")
    var schedulers = DemoSettings.thesisSchedulers.map(\.rawValue).joined(separator: ",")

    @Option(help: "Requests of each training.")
    var trainingSteps = DarlyExperiment.thesisTrainingSteps

    @Option(help: "Requests of each frozen inference.")
    var inferenceSteps = DarlyScenario.thesis.inferenceSteps

    @Option(help: "Seeds of the same experiment in process, for the spread, such as 1-10; none for none.")
    var comparisonSeeds = "1-5"

    @Option(help: "The file that the HTML report is written to.")
    var report = "demo-output/report.html"

    @Option(help: "An empty or new folder for keys, configuration, logs and journal, which stays; otherwise a temporary one.")
    var folder: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let settings = try settings()
        let folder = try DemoFolder(folder)
        defer { folder.remove() }
        let time = SystemTime()
        let display = ProgressDisplay(time: time)
        var logger = logging.logger(label: "reeve.demo")
        // What the demo itself has to tell goes through the display; its log is for what goes wrong.
        if logging.logLevel == .info { logger.logLevel = .warning }
        let demo: Demo
        do {
            demo = try Demo(
                settings, folder: folder.path, programs: try Self.programsFolder(), version: CommandShell.version, time: time,
                logger: logger
            ) { event in
                display.show(event)
            }
            try await CommandShell.serve(demo.services, logger: logger)
        } catch {
            display.finish()
            folder.keep()
            throw CommandFailure.failed("the demo failed: \(error); its logs are in \(folder.path)/log")
        }
        display.finish()
        guard let outcome = demo.outcome else { throw CommandFailure.failed("the demo was interrupted before its end") }
        try show(outcome, settings)
    }

    private func settings() throws(CommandFailure) -> DemoSettings {
        guard factor > 0, factor.isFinite else {
            throw .badConfiguration("--factor is \(factor): allowed is any positive number")
        }
        return DemoSettings(
            schedulers: try ExperimentOptions.schedulers(schedulers, among: DemoSettings.possibleSchedulers),
            preset: try options.placementPreset(), seed: options.seed, compression: factor,
            trainingSteps: try ExperimentOptions.positive(trainingSteps, "--training-steps"),
            inferenceSteps: try ExperimentOptions.positive(inferenceSteps, "--inference-steps"),
            targets: try options.targets(),
            comparisonSeeds: comparisonSeeds == "none" ? [] : try ExperimentOptions.seeds(comparisonSeeds))
    }

    private func show(_ outcome: Demo.Outcome, _ settings: DemoSettings) throws(CommandFailure) {
        let live: DarlyReport
        do {
            live = try DarlyReport(outcome, settings: settings)
        } catch {
            throw .failed("the report cannot be made: \(error)")
        }
        let colour = Terminal.takesColour
        print("Over agents, sockets and coordinator as processes, seed \(settings.seed)\n")
        print(live.summaryTable(colour: colour))
        let comparison =
            outcome.comparison.isEmpty ? nil : DarlyReport(runs: outcome.comparison, conditions: live.conditions)
        if let comparison {
            print("The same experiment in one process and virtual time, over the seeds\n")
            print(comparison.summaryTable(colour: colour))
        }
        try OutputFile.write(live.html(comparison: comparison), to: report)
        print("Report: \(URL(fileURLWithPath: report).path)")
    }

    /// The folder of this very program, where the others stand too.
    static func programsFolder() throws(CommandFailure) -> String {
        do {
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            for name in ["reeve-agent", "reeve-coordinator"]
            where !FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                throw CommandFailure.failed("\(folder) has no \(name): the demo starts the programs that stand beside it")
            }
            return folder
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("where this program stands cannot be told: \(error)")
        }
    }
}
