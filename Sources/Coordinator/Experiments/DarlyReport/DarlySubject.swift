import Measures
import Placement
import Reports

/// All runs of one scheduler, one for each seed.
struct DarlySubject: Sendable {
    /// What a scheduler is there for.
    enum Role: Int, Comparable {
        /// One of the thesis' four learning schedulers, or one made like them.
        case learner
        /// Native Kubernetes, without an agent.
        case baseline
        /// Something simple to compare with, not in the sources.
        case yardstick

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// The scheduler.
    let scheduler: Scheduler
    /// Whether it was shown no counters.
    let countersBlanked: Bool
    /// Ascending by seed; never empty.
    let runs: [DarlyResult]

    /// Groups `runs` by scheduler, in the order in which the report shows them. A seed that occurs twice for one
    /// scheduler counts twice: which of the two is meant cannot be known.
    static func grouped(_ runs: [DarlyResult]) -> [DarlySubject] {
        [false, true].flatMap { blanked in
            order.compactMap { scheduler in
                let own = runs.filter { $0.scheduler == scheduler && $0.countersBlanked == blanked }
                guard !own.isEmpty else { return nil }
                return DarlySubject(
                    scheduler: scheduler, countersBlanked: blanked, runs: own.sorted { $0.seed < $1.seed })
            }
        }
    }

    /// The learning schedulers by their published reward, then the baseline, then the yardsticks.
    static let order: [Scheduler] = [.oracle, .custom, .fullmap, .kubernetes, .native, .blind, .random, .static]

    /// What it is there for; a learner without counters shows what the counters are worth.
    var role: Role {
        switch scheduler {
        case .oracle, .custom, .fullmap, .kubernetes: countersBlanked ? .yardstick : .learner
        case .native: .baseline
        case .blind, .random, .static: .yardstick
        }
    }

    /// Its name in prose.
    var title: String {
        let name =
            switch scheduler {
            case .oracle: "Oracle"
            case .custom: "Custom"
            case .fullmap: "Fullmap"
            case .kubernetes: "Kubernetes-guided"
            case .native: "native Kubernetes"
            case .blind, .random, .static: scheduler.rawValue
            }
        return countersBlanked ? "\(name), no counters" : name
    }

    /// Its line in the charts: the same in all of them.
    var colour: ChartColour {
        switch scheduler {
        case .oracle: .blue
        case .custom: .vermilion
        case .fullmap: .green
        case .kubernetes: .purple
        case .native: .ink
        case .blind: .ochre
        case .random: .sky
        case .static: .grey
        }
    }

    /// Its stroke in the charts.
    var stroke: LinePanel.Stroke {
        switch role {
        case .learner: .solid
        case .baseline: .dashed
        case .yardstick: .dotted
        }
    }

    /// The run that is drawn: the one with the lowest seed.
    var shown: DarlyResult { runs[0] }

    /// The spread over the seeds of what `value` reads from the summary of `phase`; nil when no run has it.
    func quartiles(
        _ phase: DarlyPhase, _ value: (DarlyPhaseResult) -> Double?
    ) -> Quartiles? {
        Quartiles(runs.compactMap { $0.summary(of: phase) }.compactMap(value))
    }

    /// The median over the seeds of what `value` reads from the summary of `phase`; nil when no run has it.
    func median(_ phase: DarlyPhase, _ value: (DarlyPhaseResult) -> Double?) -> Double? {
        quartiles(phase, value)?.median
    }

    /// Below this share of loose runs met in inference a seed has failed.
    static let failedBelowLoose = 0.80
    /// Below this share of strict runs met in inference a seed has failed.
    static let failedBelowStrict = 0.50

    /// The seeds whose frozen policy met less than ``failedBelowLoose`` of loose or ``failedBelowStrict`` of strict
    /// runs.
    var failedSeeds: [UInt64] {
        runs.filter { run in
            run.inference.loose.servedShare.map { $0 < Self.failedBelowLoose } == true
                || run.inference.strict.servedShare.map { $0 < Self.failedBelowStrict } == true
        }.map(\.seed)
    }
}
