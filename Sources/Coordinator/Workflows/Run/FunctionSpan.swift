public import Measures
public import Topology

/// One attempt at a call, from asking to the answer.
public struct FunctionSpan: Hashable, Sendable {
    /// Which step it belongs to, with the elements it was at: "detect[3].classify".
    public let step: String
    /// The function.
    public let function: FunctionName
    /// Counts the call's attempts from 1.
    public let attempt: Int
    /// When it was sent.
    public let start: MonotonicInstant
    /// When its answer, its failure or its end of patience came.
    public let end: MonotonicInstant
    /// Seconds that the function took by its own account, if it gave one.
    public let functionSeconds: Double?
    /// What went wrong; nil when the answer was used.
    public let failure: String?

    /// A span as described.
    public init(
        step: String, function: FunctionName, attempt: Int, start: MonotonicInstant, end: MonotonicInstant,
        functionSeconds: Double?, failure: String?
    ) {
        self.step = step
        self.function = function
        self.attempt = attempt
        self.start = start
        self.end = end
        self.functionSeconds = functionSeconds
        self.failure = failure
    }
}

extension [FunctionSpan] {
    /// For each function the seconds during which at least one attempt at it was open: its share of a run that went
    /// through elements in parallel.
    public var openSeconds: [FunctionName: Double] {
        Dictionary(grouping: self, by: \.function).mapValues { spans in
            var seconds = 0.0
            var covered = MonotonicInstant(nanoseconds: 0)
            for span in spans.sorted(by: { $0.start < $1.start }) where span.end > covered {
                seconds += span.end.seconds(since: Swift.max(span.start, covered))
                covered = span.end
            }
            return seconds
        }
    }
}
