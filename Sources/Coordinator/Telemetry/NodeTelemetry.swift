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
        /// Batches that the agent's bounded buffer dropped before they were acknowledged.
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
    /// The meaning of the numbers in `latest`.
    public private(set) var columns: ColumnTable
    /// The newest sample, nil before the first of the present table.
    public var latest: Sample? { newestBatch?.lastSample }
    /// When the newest sample was taken, on the coordinator's time line.
    public private(set) var latestTakenAt: MonotonicInstant?
    /// The highest sequence taken; 0 before the first.
    public private(set) var lastSequence: UInt64
    /// What became of the node's messages.
    public private(set) var counts = Counts()
    private(set) var recent: RecentSamples
    /// Kept whole, for that costs no copy of its numbers.
    private var newestBatch: Batch?
    private var stateColumns: [Int?]

    init(hello: Hello, settings: TelemetrySettings) {
        node = hello.node
        recent = RecentSamples(capacity: settings.recentSamples)
        incarnation = hello.incarnation
        agentVersion = hello.agentVersion
        intervalMilliseconds = hello.intervalMilliseconds
        columns = hello.columns
        lastSequence = hello.oldestSequence - 1
        stateColumns = Self.locate(Metric.schedulingState, in: hello.columns)
    }

    /// Takes a further hello of the same node: a new table, a resent one, or a restarted agent.
    mutating func take(_ hello: Hello) {
        if hello.incarnation != incarnation {
            incarnation = hello.incarnation
            lastSequence = hello.oldestSequence - 1
            counts.restarts += 1
            forgetSamples()
        } else if hello.columns != columns {
            forgetSamples()
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
            latestTakenAt = takenAt
        }
        newestBatch = batch
        return .accepted
    }

    private mutating func forgetSamples() {
        newestBatch = nil
        latestTakenAt = nil
        recent.removeAll()
    }

    private static func locate(_ metrics: [Metric], in table: ColumnTable) -> [Int?] {
        metrics.map { metric in table.columns.firstIndex { $0.metric == metric && $0.scope == .system } }
    }

    /// What is known of the node over `start` and later; nil while the window is not full yet.
    func window(from start: MonotonicInstant, at now: MonotonicInstant, settings: TelemetrySettings) -> NodeMetrics? {
        guard let newest = latestTakenAt, now.nanoseconds(since: newest) <= settings.unknownAfterNanoseconds else {
            return .unknown(reason: silence(at: now))
        }
        guard let means = recent.means(from: start, spanningNanoseconds: settings.windowNanoseconds) else { return nil }
        return .known(readings(of: means, ageSeconds: now.seconds(since: newest)))
    }

    /// What is known of the node now, for people and not for decisions: over the newest window, or from the newest
    /// sample alone when it covers more than a window.
    public func present(at now: MonotonicInstant, settings: TelemetrySettings) -> NodeMetrics {
        guard let newest = latestTakenAt, now.nanoseconds(since: newest) <= settings.unknownAfterNanoseconds else {
            return .unknown(reason: silence(at: now))
        }
        let start = newest.reversed(byNanoseconds: settings.windowNanoseconds)
        let values = recent.means(from: start, spanningNanoseconds: 0) ?? recent.newest
        return .known(readings(of: values, ageSeconds: now.seconds(since: newest)))
    }

    private func readings(of means: [Double?], ageSeconds: Double) -> [Metric: Reading] {
        var readings: [Metric: Reading] = [:]
        for (index, metric) in Metric.schedulingState.enumerated() {
            let column = stateColumns[index].map { columns.columns[$0] }
            readings[metric] = Reading(
                value: means[index], quality: column?.quality ?? .unavailable, source: column?.source ?? "none",
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

    /// The newest sample.
    fileprivate var lastSample: Sample? {
        Sample(values: Array(values.suffix(columnCount)), presence: Array(presence.suffix(wordsPerSample)))
    }
}
