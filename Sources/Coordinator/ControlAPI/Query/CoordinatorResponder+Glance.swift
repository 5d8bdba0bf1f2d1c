import Telemetry
import Topology
import Wire

/// What is asked by whoever looks at everything at once, again and again.
extension CoordinatorResponder {
    /// The newest values of `metrics`, names with commas between; of those that learners see without it.
    func values(_ arguments: inout QueryArguments) throws -> ValuesAnswer {
        let (state, now) = try hub().snapshot()
        let metrics = try arguments.optionalNames("metrics")?.map { Metric($0) } ?? ValuesAnswer.standardMetrics
        return ValuesAnswer(state: state, metrics: metrics, at: now)
    }

    /// How requests went: the newest, or those after a sequence.
    func requests(_ arguments: inout QueryArguments) throws -> RequestsAnswer {
        let (journal, after, limit) = try page(&arguments, standard: 100)
        return RequestsAnswer(requests: try journal.requests(after: after, limit: limit))
    }

    /// What else has happened: lately, or after a sequence.
    func timeline(_ arguments: inout QueryArguments) throws -> TimelineAnswer {
        let (journal, after, limit) = try page(&arguments, standard: 40)
        return TimelineAnswer(events: try journal.timeline(after: after, limit: limit))
    }

    private func page(
        _ arguments: inout QueryArguments, standard: Int64
    ) throws -> (journal: DecisionJournal, after: Int64?, limit: Int) {
        guard let journal else {
            throw NotThere(sentence: "this coordinator does not do that: its configuration has no section store")
        }
        let limit = try arguments.integer("limit", in: 1...5_000, default: standard) ?? standard
        return (journal, try arguments.integer("after", in: 0...Int64.max, default: nil), Int(limit))
    }
}
