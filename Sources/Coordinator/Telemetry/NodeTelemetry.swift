public import Measures
public import Topology
import Wire

/// Everything that the coordinator holds of one node: a pure value, changed by the messages of the node's agent.
public struct NodeTelemetry: Sendable {
    /// What became of the node's messages since the coordinator's start.
    public struct Counts: Hashable, Sendable, Codable {
        /// Batches taken into the snapshot.
        public var acceptedBatches: UInt64 = 0
        /// Samples in them.
        public var acceptedSamples: UInt64 = 0
        /// Batches that had been taken before and came again.
        public var duplicateBatches: UInt64 = 0
        /// Batches that came before one that the agent still holds; it sends them again.
        public var earlyBatches: UInt64 = 0
        /// Batches that will never come: the agent's bounded buffer dropped them. It counts those as well that it dropped
        /// unacknowledged while they were on the way.
        public var lostBatches: UInt64 = 0
        /// Times that the agent was started anew.
        public var restarts: UInt64 = 0
    }

    /// What became of one batch.
    enum Verdict: Hashable { case accepted, duplicate, early, helloNeeded }

    /// The node.
    public let node: NodeName
    /// The agent's incarnation.
    public private(set) var incarnation: UInt64
    /// The agent's version, if it tells.
    public private(set) var agentVersion: String?
    /// How often the agent samples, in milliseconds.
    public private(set) var intervalMilliseconds: UInt32
    /// The meaning of the numbers in its samples.
    public private(set) var columns: ColumnTable
    /// When the newest sample was taken, on the coordinator's time line.
    public private(set) var latestTakenAt: MonotonicInstant?
    /// The highest sequence taken; 0 before the first.
    public private(set) var lastSequence: UInt64
    /// What became of the node's messages.
    public private(set) var counts = Counts()
    private(set) var recent: RecentSamples
    /// What the columns last had, whichever sample it came in.
    private var newest: NewestValues
    private var stateColumns: [Int?]

    init(hello: Hello, settings: TelemetrySettings) {
        node = hello.node
        recent = RecentSamples(capacity: settings.recentSamples)
        incarnation = hello.incarnation
        agentVersion = hello.agentVersion
        intervalMilliseconds = hello.intervalMilliseconds
        columns = hello.columns
        newest = NewestValues(columnCount: hello.columns.columns.count)
        lastSequence = hello.oldestSequence - 1
        stateColumns = Self.locate(Metric.schedulingState, in: hello.columns)
    }

    /// The newest value of column number `column` and when it was taken, which for a column that is read less often than
    /// others need not be in the newest sample; nil when it never had one.
    public func newestValue(ofColumn column: Int) -> (value: Double, takenAt: MonotonicInstant)? { newest[column] }

    /// How long the node may be silent before it counts as unknown: as configured, and never less than three of the
    /// intervals that its agent announced.
    public func unknownAfterNanoseconds(_ settings: TelemetrySettings) -> UInt64 {
        max(settings.unknownAfterNanoseconds, 3 * intervalNanoseconds)
    }

    /// The announced interval, of which no more than the longest that there is is believed.
    private var intervalNanoseconds: UInt64 {
        UInt64(min(intervalMilliseconds, WireLimits.intervalMilliseconds.upperBound)) * 1_000_000
    }

    /// Takes a further hello of the same node: a new table, a resent one, or a restarted agent.
    mutating func take(_ hello: Hello) {
        if hello.incarnation != incarnation {
            incarnation = hello.incarnation
            lastSequence = hello.oldestSequence - 1
            counts.restarts += 1
            forgetSamples(columnCount: hello.columns.columns.count)
        } else if hello.columns != columns {
            forgetSamples(columnCount: hello.columns.columns.count)
        }
        agentVersion = hello.agentVersion
        intervalMilliseconds = hello.intervalMilliseconds
        columns = hello.columns
        stateColumns = Self.locate(Metric.schedulingState, in: hello.columns)
    }

    /// Takes one batch if it is the next in order; batches arrive in order again after a resend, so nothing is lost.
    mutating func take(_ batch: Batch, at now: MonotonicInstant) -> Verdict {
        guard batch.incarnation == incarnation, batch.tableVersion == columns.version,
            batch.columnCount == columns.columns.count
        else { return .helloNeeded }
        guard batch.sequence > lastSequence else {
            counts.duplicateBatches += 1
            return .duplicate
        }
        guard batch.sequence == max(lastSequence + 1, batch.oldestSequence) else {
            counts.earlyBatches += 1
            return .early
        }
        // An agent is free in its numbering, so a sum of its gaps may leave the range.
        let gap = batch.sequence - lastSequence - 1
        counts.lostBatches = counts.lostBatches.addingReportingOverflow(gap).overflow ? .max : counts.lostBatches + gap
        lastSequence = batch.sequence
        counts.acceptedBatches += 1
        counts.acceptedSamples += UInt64(batch.ageNanoseconds.count)
        for (index, age) in batch.ageNanoseconds.enumerated() {
            let takenAt = now.reversed(byNanoseconds: age)
            recent.append(takenAt: takenAt) { metric in
                stateColumns[metric].flatMap { batch.value(sample: index, column: $0) }
            }
            let (width, words) = (batch.columnCount, batch.wordsPerSample)
            newest.take(
                values: batch.values[index * width..<(index + 1) * width],
                presence: batch.presence[index * words..<(index + 1) * words], takenAt: takenAt)
            latestTakenAt = takenAt
        }
        return .accepted
    }

    private mutating func forgetSamples(columnCount: Int) {
        newest = NewestValues(columnCount: columnCount)
        latestTakenAt = nil
        recent.removeAll()
    }

    private static func locate(_ metrics: [Metric], in table: ColumnTable) -> [Int?] {
        metrics.map { metric in table.columns.firstIndex { $0.metric == metric && $0.scope == .system } }
    }

    /// What is known of the node over `start` and later; nil while the window is not full yet.
    func window(from start: MonotonicInstant, at now: MonotonicInstant, settings: TelemetrySettings) -> NodeMetrics? {
        guard let latest = latestTakenAt, now.nanoseconds(since: latest) <= unknownAfterNanoseconds(settings) else {
            return .unknown(reason: silence(at: now))
        }
        guard
            let means = recent.means(
                from: start, spanningNanoseconds: settings.windowNanoseconds, periods: statePeriods)
        else { return nil }
        return .known(readings { (means[$0], now.seconds(since: latest)) })
    }

    /// What is known of the node now, for people and not for decisions: over the newest window; where that has none of a
    /// metric, from the newest sample alone, or the newest value of a metric that is read less often, unless three of
    /// its periods have passed without another.
    public func present(at now: MonotonicInstant, settings: TelemetrySettings) -> NodeMetrics {
        let unknownAfter = unknownAfterNanoseconds(settings)
        guard let latest = latestTakenAt, now.nanoseconds(since: latest) <= unknownAfter else {
            return .unknown(reason: silence(at: now))
        }
        let start = latest.reversed(byNanoseconds: settings.windowNanoseconds)
        let means = recent.newestMeans(from: start)
        return .known(
            readings { metric in
                if let mean = means[metric] { return (mean, now.seconds(since: latest)) }
                guard let column = stateColumns[metric], let newest = newest[column] else {
                    return (nil, now.seconds(since: latest))
                }
                let shownFor = period(ofColumn: column).map { max(3 * $0, unknownAfter) } ?? 0
                guard newest.takenAt == latest || now.nanoseconds(since: newest.takenAt) <= shownFor else {
                    return (nil, now.seconds(since: latest))
                }
                return (newest.value, now.seconds(since: newest.takenAt))
            })
    }

    /// For each scheduling metric that is read less often than each sample, the time between its values, in
    /// nanoseconds.
    private var statePeriods: [UInt64?] { stateColumns.map { $0.flatMap(period) } }

    /// The time between two values of a column that is read less often than each sample, in nanoseconds; nil for
    /// others.
    private func period(ofColumn column: Int) -> UInt64? {
        guard let milliseconds = columns.columns[column].periodMilliseconds else { return nil }
        let believed = UInt64(min(milliseconds, WireLimits.intervalMilliseconds.upperBound)) * 1_000_000
        return believed > intervalNanoseconds ? believed : nil
    }

    private func readings(_ value: (Int) -> (value: Double?, ageSeconds: Double)) -> [Metric: Reading] {
        var readings: [Metric: Reading] = [:]
        for (index, metric) in Metric.schedulingState.enumerated() {
            let column = stateColumns[index].map { columns.columns[$0] }
            let (value, ageSeconds) = value(index)
            readings[metric] = Reading(
                value: value, quality: column?.quality ?? .unavailable, source: column?.source ?? "none",
                ageSeconds: ageSeconds)
        }
        return readings
    }

    private func silence(at now: MonotonicInstant) -> String {
        guard let latestTakenAt else { return "\(node) has sent no sample yet" }
        return "\(node) was last heard \(Int(now.seconds(since: latestTakenAt).rounded())) s ago"
    }
}

extension Batch {
    /// The value of one column of one sample; nil when it is absent or not a finite number.
    fileprivate func value(sample: Int, column: Int) -> Double? {
        let word = presence[sample * wordsPerSample + column / 64]
        let value = values[sample * columnCount + column]
        return word & (1 << UInt64(column % 64)) != 0 && value.isFinite ? value : nil
    }
}
