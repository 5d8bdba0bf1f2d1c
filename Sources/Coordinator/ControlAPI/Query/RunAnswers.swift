import FoundationEssentials
import Measures
import Topology
import Workflows

/// What the submission of a run is answered with.
public struct RunSubmittedAnswer: Codable, Sendable {
    /// The run's name.
    public var run: String
}

/// A run in a list.
public struct RunAnswer: Codable, Sendable {
    /// The run's name.
    public var run: String
    /// The workflow.
    public var workflow: String
    /// "waiting", "running", "completed", "failed" or "cancelled".
    public var state: String
    /// The latency that it is meant to stay within, in seconds.
    public var targetSeconds: Double
    /// Seconds from its beginning to its end; absent before it has ended.
    public var latencySeconds: Double?
    /// Whether it completed within its target; absent before it has ended.
    public var isServed: Bool?
    /// Why it failed or was cancelled.
    public var reason: String?
    /// The length of its output; absent without one.
    public var outputBytes: Int?

    /// Whether it has ended.
    public var hasEnded: Bool { isServed != nil }

    init(_ report: RunReport) {
        let record = RunRecord(report)
        run = report.id.rawValue
        workflow = report.workflow.rawValue
        state = record?.end.rawValue ?? (report.state == .waiting ? "waiting" : "running")
        targetSeconds = report.target.seconds
        latencySeconds = record?.latencySeconds
        isServed = record?.isServed
        reason = record?.reason
        outputBytes = record?.outputBytes
    }

    init(_ record: RunRecord) {
        run = record.run
        workflow = record.workflow
        state = record.end.rawValue
        targetSeconds = record.targetSeconds
        latencySeconds = record.latencySeconds
        isServed = record.isServed
        reason = record.reason
        outputBytes = record.outputBytes
    }
}

/// What `reeve runs` shows: the newest runs, the newest first.
public struct RunsAnswer: Codable, Sendable {
    /// The runs.
    public var runs: [RunAnswer]
}

/// What `reeve result` shows: how a run went.
public struct RunResultAnswer: Codable, Sendable {
    /// The most spans, and the most bytes of an output, that are told: an answer is one message.
    static let (mostSpans, mostOutputBytes) = (2_000, 256 << 10)

    /// The run.
    public var run: RunAnswer
    /// The output, where it is text; absent before the end, where it is too large, or where only the journal knows of
    /// the run.
    public var output: String?
    /// The same in base64, where the output is no text.
    public var outputBase64: String?
    /// For each function the seconds during which at least one attempt at it was open.
    public var functionSeconds: [String: Double]
    /// The attempts at its calls, in the order in which they ended.
    public var spans: [RunRecord.Span]
    /// How many more there were.
    public var spansLeftOut: Int

    init(_ report: RunReport) {
        self.init(RunRecord(report), as: RunAnswer(report))
        guard case .ended(.completed(let bytes), _) = report.state, bytes.count <= Self.mostOutputBytes else { return }
        output = String(validating: bytes, as: UTF8.self)
        outputBase64 = output == nil ? Data(bytes).base64EncodedString() : nil
    }

    init(_ record: RunRecord) { self.init(record, as: RunAnswer(record)) }

    private init(_ record: RunRecord?, as run: RunAnswer) {
        self.run = run
        let all = record?.spans ?? []
        spans = Array(all.prefix(Self.mostSpans))
        spansLeftOut = all.count - spans.count
        let seconds = all.map { FunctionSpan($0) }.openSeconds
        functionSeconds = Dictionary(seconds.map { ($0.key.rawValue, $0.value) }) { $1 }
    }
}

extension FunctionSpan {
    /// The span that `record` tells of, its run beginning at 0.
    fileprivate init(_ record: RunRecord.Span) {
        let start = UInt64(record.startSeconds * 1e9)
        self.init(
            step: record.step, function: FunctionName(record.function), attempt: record.attempt,
            start: MonotonicInstant(nanoseconds: start),
            end: MonotonicInstant(nanoseconds: start + UInt64(record.openSeconds * 1e9)),
            functionSeconds: record.functionSeconds, failure: record.failure)
    }
}
