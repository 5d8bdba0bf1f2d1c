public import Topology

/// One request for a workflow, with the latency it is meant to stay within.
public struct WorkflowRequest: Hashable, Sendable {
    /// Counts the requests of one runner from 0.
    public let sequence: Int
    /// The workflow asked for.
    public let workflow: WorkflowName
    /// The latency the request is meant to stay within.
    public let target: LatencyTarget

    /// Request number `sequence` for `workflow` under `target`.
    public init(sequence: Int, workflow: WorkflowName, target: LatencyTarget) {
        self.sequence = sequence
        self.workflow = workflow
        self.target = target
    }
}

/// How one request went.
public struct WorkflowOutcome: Hashable, Sendable {
    /// End-to-end latency in seconds, from accepting the request to having its result.
    public let latencySeconds: Double
    /// Seconds spent in each function, as far as known.
    public let functionSeconds: [FunctionName: Double]

    /// An outcome as described.
    public init(latencySeconds: Double, functionSeconds: [FunctionName: Double]) {
        self.latencySeconds = latencySeconds
        self.functionSeconds = functionSeconds
    }
}

/// Runs workflow requests and measures them: implemented by the simulated test bed and by the gateway's runtime engine.
public protocol WorkflowRunner: Sendable {
    /// The request to serve next, or nil when there will be none; waits until there is one. Asking again before `run`
    /// returns the same request.
    func nextRequest() async throws -> WorkflowRequest?

    /// Runs `request` to its end and measures it. Throws `ClusterError` when it fails; it then has no latency.
    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome
}
