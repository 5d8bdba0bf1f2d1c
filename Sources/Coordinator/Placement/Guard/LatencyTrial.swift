/// Judges a change by the latency that was measured before and after it.
///
/// The rule: the median of as many runs as the settings say right before the change, all under one placement, against
/// the median of as many right after it, cold runs left out. A run that failed counts as longer than any other.
struct LatencyTrial: Sendable {
    /// A change that made the latency worse.
    struct Worse: Sendable, Hashable {
        let change: ClusterChange
        /// What takes it back; nil where the place before it is not known.
        let undo: ClusterChange?
        let medianBeforeSeconds: Double
        let medianAfterSeconds: Double
    }

    private struct Judged {
        let change: ClusterChange
        let undo: ClusterChange?
        let medianBeforeSeconds: Double
    }

    private let settings: GuardSettings
    /// Latencies under the present placement, newest last, at most as many as are compared.
    private(set) var runs: [Double] = []
    private var coldRunsLeft = 0
    private var judged: Judged?

    init(_ settings: GuardSettings) { self.settings = settings }

    /// Why nothing may be changed yet, if so: what is not measured can be judged neither by nor against.
    var refusal: GuardRefusal? {
        runs.count < settings.runsToJudge
            ? .tooFewRuns(measured: runs.count, needed: settings.runsToJudge) : nil
    }

    /// Whether the next run pays for the change before it.
    var isCold: Bool { coldRunsLeft > 0 }

    /// Begins to judge `change`, which `undo` would take back.
    mutating func begin(_ change: ClusterChange, undo: ClusterChange?) {
        let before = Self.median(runs)
        restart()
        judged = before.map { Judged(change: change, undo: undo, medianBeforeSeconds: $0) }
        coldRunsLeft = settings.coldRuns
    }

    /// Begins anew after a change that is not to be judged.
    mutating func beginUnjudged() {
        restart()
        coldRunsLeft = settings.coldRuns
    }

    /// Forgets what was measured: the placement is another one, and nobody here made it so.
    mutating func restart() {
        runs = []
        judged = nil
        coldRunsLeft = 0
    }

    /// Takes in a run's latency in seconds, nil when it failed; the answer is a change found to be worse.
    mutating func note(latencySeconds: Double?) -> Worse? {
        guard coldRunsLeft == 0 else {
            coldRunsLeft -= 1
            return nil
        }
        runs.append(latencySeconds ?? .infinity)
        if runs.count > settings.runsToJudge { runs.removeFirst() }
        guard let judged, runs.count == settings.runsToJudge, let after = Self.median(runs) else { return nil }
        self.judged = nil
        guard after > judged.medianBeforeSeconds * (1 + settings.worseBy) else { return nil }
        return Worse(
            change: judged.change, undo: judged.undo, medianBeforeSeconds: judged.medianBeforeSeconds,
            medianAfterSeconds: after)
    }

    /// The middle value, of an even number the larger of the middle two, so that one failed run of two is seen.
    static func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}
