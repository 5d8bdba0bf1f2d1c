import ArgumentParser
import CommandShell
import Experiments
import FaaSSimulation
import Foundation
import Harvesting
import Learning
import Measures
import Reports

/// `reeve experiment freyr`: managers of CPU and memory on a simulated cluster of function servers.
struct FreyrCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freyr", abstract: "Judge managers of CPU and memory on a simulated cluster, call by call.")

    @Option(help: "Who decides: one or more of \(FreyrCommand.known), separated by commas, or all.")
    var manager = "all"

    @Option(help: "The calls: a file, or a folder of the tables invocations.csv, durations.csv and memory.csv.")
    var trace: String

    @Option(help: "Decides every random number.")
    var seed: UInt64 = 1

    @Option(help: "Several seeds in place of --seed, such as 1-5.")
    var seeds: String?

    @Option(help: "Act on the policy in this file instead of the one that comes with the program.")
    var policy: String?

    @Option(help: "Train the policy on this trace first.")
    var train: String?

    @Option(help: "The seed of the training.")
    var trainingSeed: UInt64 = 101

    @Option(help: "How often the training runs through its trace.")
    var episodes = FreyrTraining.defaultEpisodes

    @Option(help: "Write the trained policy to this file.")
    var savePolicy: String?

    @Option(help: "Write the result as JSON to this file, - for standard output.")
    var json: String?

    @Option(help: "Write the report as an HTML page to this file.")
    var html: String?

    static let known = FreyrSubject.allCases.map(\.rawValue).joined(separator: ", ")

    func run() throws {
        let subjects = try subjects()
        let seeds = try seeds.map { text throws(CommandFailure) in try ExperimentOptions.seeds(text) } ?? [seed]
        let setting = try Self.setting(trace, "--trace")
        let display = ProgressDisplay(time: SystemTime())
        let started = SystemTime().now
        let trained = try trainedPolicy(display)
        let trainingSeconds = train == nil ? nil : SystemTime().now.seconds(since: started)
        let experiment = FreyrExperiment(setting: setting, policy: trained)
        var runs: [FreyrRun] = []
        var samples: [CallSample] = []
        for seed in seeds {
            for subject in subjects {
                display.show(
                    "\(subject.rawValue), seed \(seed)",
                    share: Double(runs.count) / Double(seeds.count * subjects.count))
                var sample = CallSample(size: Self.drawnCalls, seed: seed)
                runs.append(try Self.run(experiment, subject, seed, &sample))
                samples.append(sample)
            }
        }
        display.finish()
        if let html { try OutputFile.write(try Self.report(runs, samples, of: experiment).html(), to: html) }
        try write(runs, of: experiment, trainingSeconds: trainingSeconds)
    }

    /// So many calls of a run are drawn as dots in its report.
    private static let drawnCalls = 2_000

    private static func report(
        _ runs: [FreyrRun], _ samples: [CallSample], of experiment: FreyrExperiment
    ) throws(CommandFailure) -> FreyrReport {
        do {
            return try FreyrReport(runs, samples: samples, of: experiment)
        } catch {
            throw .failed("the report cannot be made: \(error.description)")
        }
    }

    private func subjects() throws(CommandFailure) -> [FreyrSubject] {
        if manager == "all" { return FreyrSubject.allCases }
        var subjects: [FreyrSubject] = []
        for name in manager.split(separator: ",", omittingEmptySubsequences: false) {
            guard let subject = FreyrSubject(rawValue: String(name)) else {
                throw .badConfiguration("there is no manager \"\(name)\": allowed is all, or some of \(Self.known)")
            }
            if !subjects.contains(subject) { subjects.append(subject) }
        }
        return subjects
    }

    private static func setting(_ path: String, _ option: String) throws(CommandFailure) -> FreyrSetting {
        do {
            return try FreyrSetting(path: path)
        } catch {
            throw .badConfiguration("\(option): \(error.description)")
        }
    }

    private static func run(
        _ experiment: FreyrExperiment, _ subject: FreyrSubject, _ seed: UInt64, _ sample: inout CallSample
    ) throws(CommandFailure) -> FreyrRun {
        do {
            return try experiment.run(subject, seed: seed, sink: &sample)
        } catch {
            throw .failed("\(subject.rawValue) with seed \(seed): \(error)")
        }
    }

    /// The policy to act on: trained now, read from a file, or the one that comes with the program.
    private func trainedPolicy(_ display: ProgressDisplay) throws(CommandFailure) -> TrainedPolicy {
        guard policy == nil || train == nil else {
            throw .badConfiguration("--policy and --train exclude each other: a policy is read or made")
        }
        guard savePolicy == nil || train != nil else {
            throw .badConfiguration("--save-policy keeps what --train makes: it needs that option")
        }
        if let train { return try trainedNow(train, display) }
        do {
            guard let policy else { return try FreyrManager.shippedPolicy() }
            return try TrainedPolicy(bytes: Array(Data(contentsOf: URL(fileURLWithPath: policy))))
        } catch {
            throw .badConfiguration("--policy \(policy ?? ""): \(error)")
        }
    }

    /// The command as it was given, for the policy's origin.
    private static var commandLine: String { (["reeve"] + CommandLine.arguments.dropFirst()).joined(separator: " ") }

    private func trainedNow(_ path: String, _ display: ProgressDisplay) throws(CommandFailure) -> TrainedPolicy {
        let episodes = try ExperimentOptions.positive(episodes, "--episodes")
        let training = FreyrTraining(
            setting: try Self.setting(path, "--train"), seed: trainingSeed, episodes: episodes)
        let trained: TrainedPolicy
        do {
            trained = try training.run(command: Self.commandLine) { done in
                display.show("training, episode \(done + 1) of \(episodes)", share: Double(done) / Double(episodes))
            }
        } catch {
            throw .failed("the training: \(error)")
        }
        if let savePolicy { try OutputFile.write(bytes: trained.encoded(), to: savePolicy) }
        return trained
    }

    private func write(
        _ runs: [FreyrRun], of experiment: FreyrExperiment, trainingSeconds: Double?
    ) throws(CommandFailure) {
        let result: FreyrResult
        do {
            result = try FreyrResult(
                runs, of: experiment, trainingSeconds: trainingSeconds, version: CommandShell.version)
        } catch {
            throw .failed("the result cannot be made: \(error.description)")
        }
        guard let json else {
            print(result.summaryTable.text(colour: Terminal.takesColour), terminator: "")
            return
        }
        try OutputFile.write(json: result, to: json)
    }
}
