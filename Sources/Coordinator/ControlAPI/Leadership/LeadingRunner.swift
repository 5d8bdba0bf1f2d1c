public import Cluster

/// Gives out a workflow's requests only while this coordinator leads; they wait meanwhile.
public struct LeadingRunner: WorkflowRunner {
    private let runner: any WorkflowRunner
    private let leadership: Leadership

    /// The requests of `runner`, for whoever has `leadership`.
    public init(_ runner: any WorkflowRunner, leadership: Leadership) {
        self.runner = runner
        self.leadership = leadership
    }

    /// The request to serve next, once there is one and this coordinator leads; nil when there will be none.
    public func nextRequest() async throws -> WorkflowRequest? {
        while let request = try await runner.nextRequest() {
            if leadership.isLeader { return request }
            // What waited may be gone by the time the office is won.
            try await leadership.awaitOffice()
        }
        return nil
    }

    /// Runs `request`: what was decided is measured, even where the office is lost on the way.
    public func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome { try await runner.run(request) }
}
