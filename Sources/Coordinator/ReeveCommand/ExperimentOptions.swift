import ArgumentParser
import CommandShell
import Experiments
import Placement
import Topology

/// The options that the demo and the darly experiment have in common.
struct ExperimentOptions: ParsableArguments {
    @Option(help: "The learners' parameters: thesis or reeve.")
    var preset = PlacementPreset.reeve.name

    @Option(help: "Decides every random number.")
    var seed: UInt64 = 1

    @Option(help: "The loose latency target, in seconds.")
    var looseSeconds = DarlyTargets.thesis.looseSeconds

    @Option(help: "The strict latency target, in seconds.")
    var strictSeconds = DarlyTargets.thesis.strictSeconds

    /// The preset called so. Throws `CommandFailure` naming those there are.
    func placementPreset() throws(CommandFailure) -> PlacementPreset {
        guard let preset = PlacementPreset.named(preset) else {
            let known = PlacementPreset.all.map(\.name).joined(separator: ", ")
            throw .badConfiguration("--preset is \(preset): allowed is \(known)")
        }
        return preset
    }

    /// The targets. Throws `CommandFailure` when they are not possible.
    func targets() throws(CommandFailure) -> DarlyTargets {
        do {
            return try DarlyTargets(looseSeconds: looseSeconds, strictSeconds: strictSeconds)
        } catch {
            throw .badConfiguration("--loose-seconds and --strict-seconds: \(error.description)")
        }
    }

    /// `steps` if there is at least one. Throws `CommandFailure` naming `option` otherwise.
    static func positive(_ steps: Int, _ option: String) throws(CommandFailure) -> Int {
        guard steps >= 1 else { throw .badConfiguration("\(option) is \(steps): allowed is 1 and more") }
        return steps
    }

    /// The schedulers in `text`, a list separated by commas, or all of `possible` for "all". Throws `CommandFailure`
    /// naming those there are.
    static func schedulers(_ text: String, among possible: [Scheduler]) throws(CommandFailure) -> [Scheduler] {
        if text == "all" { return possible }
        var schedulers: [Scheduler] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let scheduler = Scheduler(rawValue: String(name)), possible.contains(scheduler) else {
                let known = possible.map(\.rawValue).joined(separator: ", ")
                throw .badConfiguration("there is no scheduler \"\(name)\" here: allowed is all, or some of \(known)")
            }
            if !schedulers.contains(scheduler) { schedulers.append(scheduler) }
        }
        return schedulers
    }

    /// The seeds in `text`: "3", "1-10" or "1-3,7". Throws `CommandFailure` for anything else, and for more than a thousand.
    static func seeds(_ text: String) throws(CommandFailure) -> [UInt64] {
        var seeds: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                last - first < 1_000, seeds.count < 1_000
            else {
                throw .badConfiguration(
                    "--seeds is \"\(text)\": allowed are up to a thousand whole numbers such as 3, 1-10 or 1-3,7")
            }
            seeds += (first...last).filter { !seeds.contains($0) }
        }
        return seeds
    }
}
