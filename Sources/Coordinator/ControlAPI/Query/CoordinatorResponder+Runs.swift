import Topology
import Wire
import Workflows

/// What is asked about runs of workflows.
extension CoordinatorResponder {
    /// Takes in a run: `workflow`, `qosSeconds`, and `input` as text.
    func submitRun(_ arguments: inout QueryArguments) async throws -> RunSubmittedAnswer {
        let service = try workflows()
        let workflow = WorkflowName(try arguments.string("workflow"))
        // A day: the longest that a workflow may take.
        guard let seconds = try arguments.decimal("qosSeconds", above: 0, to: 86_400) else {
            throw QueryArguments.BadArgument(sentence: "run-submit needs argument qosSeconds")
        }
        let input = arguments.optionalString("input") ?? ""
        try arguments.finish()
        let submission = RunSubmission(
            workflow: workflow, target: try LatencyTarget(seconds: seconds), input: Array(input.utf8))
        return RunSubmittedAnswer(run: try await service.submit(submission).rawValue)
    }
}

/// What the submission of a run is answered with.
public struct RunSubmittedAnswer: Codable, Sendable {
    /// The run's name.
    public var run: String
}
