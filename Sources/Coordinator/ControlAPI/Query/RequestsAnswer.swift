import Placement
import Store
import Topology

/// How requests went, one line each: their latency against their target, and what was changed before them.
public struct RequestsAnswer: Codable, Sendable {
    /// One request.
    public struct Request: Codable, Sendable {
        /// The journal's sequence: what the next page begins after, and what `reeve explain` asks for where it was decided.
        public var sequence: Int64
        /// When its end was written down, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// "decision" where placement decided before it, else "run". A run of the workflow that is placed has both.
        public var kind: String
        /// The workflow.
        public var workflow: String
        /// The latency that it was meant to stay within, in seconds.
        public var targetSeconds: Double
        /// Its latency in seconds; absent where it failed.
        public var latencySeconds: Double?
        /// Latency divided by target: more than 1 is a violation. Absent where it failed.
        public var quotient: Double?
        /// What was changed before it, such as "move models to w03"; absent where nothing was.
        public var change: String?
        /// Why it failed, or what else did, one sentence; absent where nothing did.
        public var failure: String?
    }

    /// The requests in the order in which they were written down.
    public var requests: [Request]
}

extension DecisionJournal {
    /// What a request's line needs of a decision; the rest is passed over unread.
    private struct DecisionLine: Decodable {
        struct Record: Decodable {
            let workflow: WorkflowName
            let targetSeconds: Double
            let latencySeconds: Double?
            let quotient: Double?
            let change: String?
            let failures: [String]
        }

        let record: Record
    }

    private struct RunLine: Decodable {
        let workflow: String
        let targetSeconds: Double
        let latencySeconds: Double
        let end: RunRecord.End
        let reason: String?
    }

    /// The requests after `sequence`, or the newest when nil, in their order, at most `limit`. Throws `StoreError`.
    func requests(after sequence: Int64?, limit: Int) throws -> [RequestsAnswer.Request] {
        let decisions = try records("decision", after: sequence, limit: limit).map { entry in
            let line = try decode(DecisionLine.self, entry).record
            return RequestsAnswer.Request(
                sequence: entry.sequence, writtenAtUnixSeconds: entry.writtenAtUnixSeconds, kind: entry.kind,
                workflow: line.workflow.rawValue, targetSeconds: line.targetSeconds, latencySeconds: line.latencySeconds,
                quotient: line.quotient, change: line.change, failure: line.failures.first)
        }
        let runs = try records("run", after: sequence, limit: limit).map { entry in
            let line = try decode(RunLine.self, entry)
            let latency = line.end == .completed ? line.latencySeconds : nil
            return RequestsAnswer.Request(
                sequence: entry.sequence, writtenAtUnixSeconds: entry.writtenAtUnixSeconds, kind: entry.kind,
                workflow: line.workflow, targetSeconds: line.targetSeconds, latencySeconds: latency,
                quotient: latency.map { $0 / line.targetSeconds }, change: nil, failure: line.reason)
        }
        let merged = (decisions + runs).sorted { $0.sequence < $1.sequence }
        return Array(sequence == nil ? merged.suffix(limit) : merged.prefix(limit))
    }
}
