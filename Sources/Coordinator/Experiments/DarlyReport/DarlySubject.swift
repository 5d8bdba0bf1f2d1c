import Measures
import Reports

/// All runs of one scheduler, one for each seed.
struct DarlySubject {
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

    /// The scheduler's name as the command takes it.
    let name: String
    /// Ascending by seed; never empty.
    let runs: [DarlyRun]

    /// Groups `runs` by scheduler, in the order in which the report shows them. A seed that occurs twice for one
    /// scheduler counts twice: which of the two is meant cannot be known.
    static func grouped(_ runs: [DarlyRun]) -> [DarlySubject] {
        Dictionary(grouping: runs, by: \.scheduler)
            .map { DarlySubject(name: $0.key, runs: $0.value.sorted { $0.seed < $1.seed }) }
            .sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    }

    private static let order = ["oracle", "custom", "fullmap", "kubernetes", "native", "blind", "random", "static"]

    private var rank: Int { Self.order.firstIndex(of: name) ?? Self.order.count }

    /// What it is there for; an unknown scheduler is taken for a yardstick, beside which nothing published stands.
    var role: Role {
        switch name {
        case "oracle", "custom", "fullmap", "kubernetes": .learner
        case "native": .baseline
        default: .yardstick
        }
    }

    /// Its name in prose.
    var title: String {
        switch name {
        case "oracle": "Oracle"
        case "custom": "Custom"
        case "fullmap": "Fullmap"
        case "kubernetes": "Kubernetes-guided"
        case "native": "native Kubernetes"
        default: name
        }
    }

    /// Its line in the charts: the same in all of them.
    var colour: ChartColour {
        let slots: [ChartColour] = [.blue, .vermilion, .green, .purple, .ink, .ochre, .sky, .grey]
        return slots[min(rank, slots.count - 1)]
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
    var shown: DarlyRun { runs[0] }

    /// The spread over the seeds of what `value` reads from the summary of `phase`; nil when no run has it.
    func quartiles(
        _ phase: DarlyRun.Step.Phase, _ value: (DarlyRun.Phase) -> Double?
    ) -> Quartiles? {
        Quartiles(runs.compactMap { $0.summary(of: phase) }.compactMap(value))
    }

    /// The median over the seeds of what `value` reads from the summary of `phase`; nil when no run has it.
    func median(_ phase: DarlyRun.Step.Phase, _ value: (DarlyRun.Phase) -> Double?) -> Double? {
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
            guard let phase = run.inference else { return false }
            return phase.loose.share.map { $0 < Self.failedBelowLoose } == true
                || phase.strict.share.map { $0 < Self.failedBelowStrict } == true
        }.map(\.seed)
    }
}
