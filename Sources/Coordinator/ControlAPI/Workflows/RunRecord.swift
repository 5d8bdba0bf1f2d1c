import Measures
import Topology
public import Workflows

/// A workflow run that has ended, as the journal keeps it. Its output is not kept there.
public struct RunRecord: Hashable, Sendable, Codable {
    /// How a run ended.
    public enum End: String, Hashable, Sendable, Codable {
        /// With an output.
        case completed
        /// Because a call failed for good, or time was up.
        case failed
        /// Because somebody wanted it to.
        case cancelled
    }

    /// One attempt at a call.
    public struct Span: Hashable, Sendable, Codable {
        /// The step, with the elements it was at.
        public var step: String
        /// The function.
        public var function: String
        /// Counts the call's attempts from 1.
        public var attempt: Int
        /// Seconds from the first attempt's start to this one's.
        public var startSeconds: Double
        /// Seconds that it was open.
        public var openSeconds: Double
        /// Seconds that the function took by its own account, if it gave one.
        public var functionSeconds: Double?
        /// What went wrong; nil when the answer was used.
        public var failure: String?
    }

    /// The run's name.
    public var run: String
    /// Counts the runs of one coordinator's life from 0: the request's number in decisions.
    public var sequence: Int
    /// The workflow.
    public var workflow: String
    /// The latency it was meant to stay within, in seconds.
    public var targetSeconds: Double
    /// How it ended.
    public var end: End
    /// Why it failed or was cancelled, one sentence; nil when it completed.
    public var reason: String?
    /// Seconds from its beginning to its end; 0 when it never began.
    public var latencySeconds: Double
    /// Whether it completed within its target.
    public var isServed: Bool
    /// The length of its output; nil without one.
    public var outputBytes: Int?
    /// The attempts at its calls.
    public var spans: [Span]

    /// The record of `report`; nil while its run has not ended.
    public init?(_ report: RunReport) {
        guard case .ended(let end, let seconds) = report.state else { return nil }
        run = report.id.rawValue
        sequence = report.sequence
        workflow = report.workflow.rawValue
        targetSeconds = report.target.seconds
        latencySeconds = seconds
        isServed = report.isServed ?? false
        switch end {
        case .completed(let output): (self.end, reason, outputBytes) = (.completed, nil, output.count)
        case .failed(let sentence): (self.end, reason, outputBytes) = (.failed, sentence, nil)
        case .cancelled(let sentence): (self.end, reason, outputBytes) = (.cancelled, sentence, nil)
        }
        let start = report.spans.map(\.start).min()
        spans = report.spans.map { span in
            Span(
                step: span.step, function: span.function.rawValue, attempt: span.attempt,
                startSeconds: start.map { span.start.seconds(since: $0) } ?? 0,
                openSeconds: span.end.seconds(since: span.start), functionSeconds: span.functionSeconds,
                failure: span.failure)
        }
    }
}
