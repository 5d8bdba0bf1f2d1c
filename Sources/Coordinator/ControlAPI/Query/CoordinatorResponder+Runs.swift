import Topology
import Wire
import Workflows

/// What is asked about runs of workflows.
extension CoordinatorResponder {
    /// The most runs that are listed at once.
    private static let longestList: Int64 = 1_000

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

    /// The newest runs: those of this coordinator, and those of earlier ones that the journal still has.
    func runs(_ arguments: inout QueryArguments) throws -> RunsAnswer {
        let limit = Int(try arguments.integer("limit", in: 1...Self.longestList, default: 20) ?? 20)
        let present = try workflows().runs.reversed().prefix(limit).map { RunAnswer($0) }
        var rows = Array(present)
        if rows.count < limit, let journal {
            let known = Set(try workflows().runs.map(\.id.rawValue))
            let earlier = try journal.newestRuns(limit: limit + known.count).reversed().filter { !known.contains($0.run) }
            rows += earlier.prefix(limit - rows.count).map { RunAnswer($0) }
        }
        return RunsAnswer(runs: rows)
    }

    /// How run `run` went, or how far it is.
    func runResult(_ arguments: inout QueryArguments) throws -> RunResultAnswer {
        let id = RunID(rawValue: try arguments.string("run"))
        if let report = try workflows().runs.last(where: { $0.id == id }) { return RunResultAnswer(report) }
        // The journal keeps no outputs.
        let kept = try journal?.newestRuns(limit: Int(Self.longestList)).last { $0.run == id.rawValue }
        guard let kept else { throw NotThere(sentence: "there is no run \(id), or not any more: reeve runs lists them") }
        return RunResultAnswer(kept)
    }

    /// Ends run `run`.
    func cancelRun(_ arguments: inout QueryArguments) throws -> RunResultAnswer {
        let service = try workflows()
        let id = RunID(rawValue: try arguments.string("run"))
        try arguments.finish()
        do throws(WorkflowError) {
            try service.cancel(id, because: "the operator cancelled it")
            return RunResultAnswer(try service.report(of: id))
        } catch {
            if error.code == .unknownSubject { throw NotThere(sentence: error.description) }
            throw error
        }
    }
}
