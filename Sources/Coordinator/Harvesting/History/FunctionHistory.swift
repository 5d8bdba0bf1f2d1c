/// What a manager remembers of one function, from its arrivals and its finished calls.
///
/// Finished calls count in the order in which they arrived, not in that of their ends. Memory is bounded: sums, the newest
/// call, and the last few peaks.
public struct FunctionHistory: Sendable {
    /// The newest finished call, by arrival; nil before any has finished.
    public private(set) var last: FinishedCall?
    /// The largest peak of each resource among the successful calls since the newest safeguarded one, that one included;
    /// since the first call where none was safeguarded yet, and zero before any succeeded.
    public private(set) var recentPeak = Resources.zero
    /// How many calls have arrived.
    public private(set) var arrivedCount = 0
    /// How many calls have finished.
    public private(set) var finishedCount = 0

    private var lastArrivalSeconds = 0.0
    private var gapSeconds = 0.0
    private var gapCount = 0
    private var peakMillicores = 0.0
    private var peakMebibytes = 0.0
    private var executionSeconds = 0.0
    private var completionSeconds = 0.0
    private var calibration = -1
    private var peaks: [Peak] = []
    private var oldestPeak = 0

    /// So many successful calls may end before an older, safeguarded one and still count into `recentPeak` when it ends.
    static let rememberedPeaks = 16

    /// What managers need of a finished call.
    public struct FinishedCall: Sendable, Hashable {
        /// Place in the order of arrivals.
        public let sequence: Int
        /// What the user had defined.
        public let user: Resources
        /// What the call was given.
        public let allocated: Resources
        /// The most it used.
        public let peakUse: Resources
        /// Whether it ended well.
        public let succeeded: Bool

        /// That part of `record`.
        init(_ record: FinishedInvocation) {
            sequence = record.sequence
            user = record.user
            allocated = record.allocated
            peakUse = record.peakUse
            succeeded = record.succeeded
        }
    }

    private struct Peak: Sendable {
        let sequence: Int
        let use: Resources
    }

    /// A function of which nothing is known.
    public init() {}

    /// A call has arrived. Calls of the same instant leave no gap between them: only positive gaps count.
    public mutating func arrived(atSeconds arrival: Double) {
        if arrivedCount > 0, arrival > lastArrivalSeconds {
            gapSeconds += arrival - lastArrivalSeconds
            gapCount += 1
        }
        lastArrivalSeconds = max(lastArrivalSeconds, arrival)
        arrivedCount += 1
    }

    /// A call has finished.
    public mutating func finished(_ record: FinishedInvocation) {
        finishedCount += 1
        peakMillicores += Double(record.peakUse.millicores)
        peakMebibytes += Double(record.peakUse.mebibytes)
        executionSeconds += record.executionSeconds
        completionSeconds += record.completionSeconds
        if record.sequence >= last?.sequence ?? Int.min {
            last = FinishedCall(record)
        }
        if record.succeeded {
            noteSuccess(record)
        }
    }

    /// Mean seconds between arrivals, of the positive gaps; nil before the first of them.
    public var meanIntervalSeconds: Double? {
        gapCount > 0 ? gapSeconds / Double(gapCount) : nil
    }

    /// Mean peak in millicores over the finished calls; nil before the first.
    public var meanPeakMillicores: Double? { mean(peakMillicores) }
    /// Mean peak in mebibytes over the finished calls; nil before the first.
    public var meanPeakMebibytes: Double? { mean(peakMebibytes) }
    /// Mean seconds of execution over the finished calls; nil before the first.
    public var meanExecutionSeconds: Double? { mean(executionSeconds) }
    /// Mean seconds from arrival to end over the finished calls; nil before the first.
    public var meanCompletionSeconds: Double? { mean(completionSeconds) }

    private func mean(_ sum: Double) -> Double? {
        finishedCount > 0 ? sum / Double(finishedCount) : nil
    }

    private mutating func noteSuccess(_ record: FinishedInvocation) {
        let peak = Peak(sequence: record.sequence, use: record.peakUse)
        if peaks.count < Self.rememberedPeaks {
            peaks.append(peak)
        } else {
            peaks[oldestPeak] = peak
            oldestPeak = (oldestPeak + 1) % Self.rememberedPeaks
        }
        if record.safeguarded, record.sequence > calibration {
            calibration = record.sequence
            recentPeak = peaks.lazy.filter { $0.sequence >= record.sequence }
                .reduce(Resources.zero) { $0.greater($1.use) }
        } else if record.sequence > calibration {
            recentPeak = recentPeak.greater(record.peakUse)
        }
    }
}
