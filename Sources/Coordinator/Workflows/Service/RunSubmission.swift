public import Topology

/// A workflow that somebody wants run.
public struct RunSubmission: Hashable, Sendable {
    /// The workflow.
    public let workflow: WorkflowName
    /// The latency it is meant to stay within.
    public let target: LatencyTarget
    /// What its first steps are given.
    public let input: [UInt8]

    /// A submission as described.
    public init(workflow: WorkflowName, target: LatencyTarget, input: [UInt8]) {
        self.workflow = workflow
        self.target = target
        self.input = input
    }
}

/// A run as it stands.
public struct RunReport: Hashable, Sendable {
    /// How far a run is.
    public enum State: Hashable, Sendable {
        /// It waits for the scheduler to take it up.
        case waiting
        /// It goes on.
        case running
        /// It ended, `latencySeconds` after it began.
        case ended(RunEnd, latencySeconds: Double)
    }

    /// The run.
    public let id: RunID
    /// Counts the runs of one coordinator from 0.
    public let sequence: Int
    /// The workflow.
    public let workflow: WorkflowName
    /// The latency it is meant to stay within.
    public let target: LatencyTarget
    /// How far it is.
    public internal(set) var state: State
    /// The attempts at its calls; none before it has ended.
    public internal(set) var spans: [FunctionSpan] = []

    /// Whether it has ended.
    public var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Whether it ended well and within its target; nil before it has ended.
    public var isServed: Bool? {
        guard case .ended(let end, let seconds) = state else { return nil }
        guard case .completed = end else { return false }
        return target.isMet(byLatencySeconds: seconds)
    }
}
