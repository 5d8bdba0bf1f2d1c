import ArgumentParser
import CommandShell
import Experiments
import Foundation
import Measures
import RouterSimulation
import Routing

/// `reeve experiment olscheduler`: our router and its balancers in the olscheduler thesis' experiment.
struct OlschedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "olscheduler",
        abstract: "Route the published load through each balancer, on a model of the workers.")

    @Option(help: "Who chooses: one or more of the balancers, separated by commas, or all.")
    var balancer = "all"

    @Option(help: "A: workers share one machine of four cores; B: each has a core of its own; both.")
    var variant = "both"

    @Option(help: "Package-aware's load thresholds, separated by commas; the first stands among the results.")
    var threshold = "100,5,10,50,150,200,250,300"

    @Option(help: "How often homes are dealt out by another hash.")
    var salts = 5

    @Option(help: "Seeds of the arrivals, such as 1-9.")
    var seeds = "1-9"

    @Option(help: "A registry file of the olscheduler in place of the generated one.")
    var registry: String?

    @Option(help: "Decides the generated registry.")
    var registrySeed = OlschedulerExperiment.registrySeed

    @Option(help: "Decides which package has which of the measured install times.")
    var packageSeed = OlschedulerExperiment.packageSeed

    @Option(
        help: "What part of the measured install times a package takes; by itself what fits the published round robin.")
    var installScale: Double?

    @Option(help: "So many clients that wait for their answers, for five minutes, in place of the published load.")
    var clients: Int?

    @Flag(help: "Give workers that share a machine addresses that do not show it.")
    var hideMachines = false

    @Option(
        help: "Write the result as JSON to this file, - for standard output: one object, or a list for both variants.")
    var json: String?

    @Option(help: "Write the report as an HTML page to this file.")
    var html: String?

    func run() async throws {
        let display = ProgressDisplay(time: SystemTime())
        let experiments = try experiments()
        var results: [OlschedulerResult] = []
        for (index, experiment) in experiments.enumerated() {
            do {
                results.append(
                    try experiment.run(version: CommandShell.version) { name, share in
                        display.show(
                            "variant \(experiment.variant.rawValue), \(name)",
                            share: (Double(index) + share) / Double(experiments.count))
                    })
            } catch {
                throw CommandFailure.failed("variant \(experiment.variant.rawValue): \(error)")
            }
        }
        display.finish()
        let report = OlschedulerReport(results)
        if let html { try OutputFile.write(report.html(), to: html) }
        if let json {
            try OutputFile.write(jsonOf: results, to: json)
        } else {
            print(report.summaryTable(colour: Terminal.takesColour), terminator: "")
        }
    }

    private func experiments() throws(CommandFailure) -> [OlschedulerExperiment] {
        let variants = try variants()
        let balancers = try balancers()
        let thresholds = try thresholds()
        let salts = OlschedulerExperiment.salts(try ExperimentOptions.positive(salts, "--salts"))
        let seeds = try ExperimentOptions.seeds(seeds)
        let source = try source()
        let load: RouterLoad
        if let clients {
            let seconds = RouterLoad.windowMilliseconds / 1_000
            load = .closed(clients: try ExperimentOptions.positive(clients, "--clients"), seconds: seconds)
        } else {
            load = .thesis
        }
        do {
            return try variants.map { variant in
                try OlschedulerExperiment(
                    variant: variant, balancers: balancers, thresholds: thresholds, salts: salts, seeds: seeds,
                    source: source, packageSeed: packageSeed, load: load,
                    machinesHidden: hideMachines)
            }
        } catch {
            throw .badConfiguration("\(error)")
        }
    }

    private func variants() throws(CommandFailure) -> [RouterVariant] {
        if variant == "both" { return RouterVariant.allCases }
        guard let variant = RouterVariant(rawValue: variant.uppercased()) else {
            throw .badConfiguration("--variant is \(variant): allowed is A, B or both")
        }
        return [variant]
    }

    private func balancers() throws(CommandFailure) -> [BalancerEntry] {
        if balancer == "all" { return BalancerEntry.all }
        var entries: [BalancerEntry] = []
        for name in balancer.split(separator: ",", omittingEmptySubsequences: false) {
            do {
                let entry = try BalancerEntry.named(String(name))
                if !entries.contains(where: { $0.name == entry.name }) { entries.append(entry) }
            } catch {
                throw .badConfiguration("--balancer: \(error), or all")
            }
        }
        return entries
    }

    private func thresholds() throws(CommandFailure) -> [Int] {
        var thresholds: [Int] = []
        for part in threshold.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Int(part), value >= 0 else {
                throw .badConfiguration(
                    "--threshold is \"\(threshold)\": allowed are whole numbers from 0, separated by commas")
            }
            if !thresholds.contains(value) { thresholds.append(value) }
        }
        return thresholds
    }

    private func source() throws(CommandFailure) -> OlschedulerExperiment.Source {
        if let installScale, !(installScale > 0 && installScale.isFinite) {
            throw .badConfiguration("--install-scale is \(installScale): allowed is any positive number")
        }
        guard let registry else { return .generated(seed: registrySeed, installScale: installScale) }
        guard let data = FileManager.default.contents(atPath: registry) else {
            throw .badConfiguration("--registry \(registry) cannot be read: allowed is the path of a registry file")
        }
        do throws(RoutingError) {
            return try .file(data, name: registry, installScale: installScale)
        } catch {
            throw .badConfiguration("--registry \(registry): \(error.description)")
        }
    }
}
