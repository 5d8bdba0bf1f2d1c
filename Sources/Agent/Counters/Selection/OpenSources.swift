import Measures
import Registers

/// The sources of one set of online CPUs, in the order of preference, and the choice between them.
struct OpenSources {
    let layout: FrameLayout
    private(set) var sources: [any CounterSource]
    private(set) var selection: SourceSelection
    private(set) var liveness: Liveness
    let timeStampHertz: Double?
    let gate: PlausibilityGate
    private var selectedRevision = 0

    init(
        layout: FrameLayout, sources: [any CounterSource], timeStampHertz: Double?, gate: PlausibilityGate,
        now: MonotonicInstant
    ) {
        var sources = sources
        let liveness = Liveness(sources: sources.count)
        selection = SourceSelection(layout: layout, sources: &sources, liveness: liveness, now: now)
        self.layout = layout
        self.sources = sources
        self.liveness = liveness
        self.timeStampHertz = timeStampHertz
        self.gate = gate
        selectedRevision = revision
    }

    /// Raised whenever the choice may have to be made anew.
    private var revision: Int { sources.reduce(liveness.revision) { $0 + $1.revision } }

    var failedReads: Int { sources.reduce(0) { $0 + $1.failedReads } }
    var reads: Int { sources.reduce(0) { $0 + $1.reads } }
    var hasLostCPU: Bool { sources.contains { $0.hasLostCPU } }

    /// What the sources supply, read as often as `periods` say.
    func survey(_ periods: SamplingPeriods) -> ColumnSurvey {
        ColumnSurvey(
            sourceNames: sources.map(\.name), selection: selection, topology: layout.topology, periods: periods)
    }

    /// Reads what is due from whoever supplies it.
    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        for index in sources.indices { sources[index].read(due, into: &frame) }
        liveness.observe(frame, selection)
    }

    /// Takes note of what moved.
    mutating func observe(_ interval: Interval) { liveness.observe(interval, selection) }

    /// Chooses anew when a source has lost or regained something, or may claim again what nobody else supplies: where the
    /// next source does, nothing would be won, and its own use would look like a stranger's. Returns what each row gets from
    /// another source than before, nil when everything stays.
    mutating func reselect(now: MonotonicInstant) -> [QuantitySet]? {
        let mayRetry = sources.contains { source in
            (source.retryAt.map { now >= $0 } ?? false) && selection.missed.contains(source.name)
        }
        guard mayRetry || revision != selectedRevision else { return nil }
        let before = selection
        selection = SourceSelection(layout: layout, sources: &sources, liveness: liveness, now: now)
        selectedRevision = revision
        return (0..<layout.rowCount).map { selection.difference(to: before, row: $0) }
    }

    /// Gives back everything that was claimed.
    mutating func close() {
        for index in sources.indices { sources[index].close() }
    }
}
