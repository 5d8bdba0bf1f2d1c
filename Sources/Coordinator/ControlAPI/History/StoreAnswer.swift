import Store

/// How what is kept is: the journal and the history.
public struct StoreAnswer: Codable, Sendable {
    /// The history.
    public struct HistoryState: Codable, Sendable {
        /// "running", or "stopped" while nothing can be written.
        public var state: String
        /// Why nothing is written, one sentence.
        public var reason: String?
        /// Seconds since 1970 since when nothing is written.
        public var stoppedAtUnixSeconds: Double?
        /// The series that there are.
        public var series: Int
        /// Points written since the start.
        public var writtenPoints: UInt64
        /// Points that wait to be written.
        public var queuedPoints: Int
        /// Points dropped since the start, because too many waited.
        public var droppedPoints: UInt64
        /// Points refused since the start, because there were too many series or they were no numbers.
        public var refusedPoints: UInt64
        /// Seconds for which the oldest point that is not written yet has been waiting.
        public var lagSeconds: Double
        /// Bytes in use.
        public var usedBytes: Int
        /// Bytes that may be in use.
        public var limitBytes: Int
        /// Blocks that went before their time since the start, because the bytes were used up.
        public var droppedBlocks: UInt64
        /// The tiers: "1s for 1h, 10s for 24h".
        public var tiers: String
    }

    /// Entries that the journal could not take since the start.
    public var journalFailures: UInt64
    /// Why it could not take the newest of them, while it takes none; nil while it does.
    public var journalFailure: String?
    /// The history; nil where none is kept.
    public var history: HistoryState?

    init(_ journal: DecisionJournal, _ history: History?) {
        let health = journal.health.state
        journalFailures = health.failures
        journalFailure = health.newest
        self.history = history.map { HistoryState($0.status) }
    }
}

extension StoreAnswer.HistoryState {
    init(_ status: HistoryStatus) {
        switch status.state {
        case .running: state = "running"
        case .stopped(let sentence, let since):
            state = "stopped"
            reason = sentence
            stoppedAtUnixSeconds = since
        }
        series = status.series
        writtenPoints = status.writtenPoints
        queuedPoints = status.queuedPoints
        droppedPoints = status.droppedPoints
        refusedPoints = status.refusedPoints
        lagSeconds = status.lagSeconds
        usedBytes = status.usedBytes
        limitBytes = status.limitBytes
        droppedBlocks = status.droppedBlocks
        tiers = HistoryTier.text(of: status.tiers.map(\.tier))
    }
}
