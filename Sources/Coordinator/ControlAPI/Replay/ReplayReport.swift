import Placement
import Topology

/// What came of deciding recorded decisions once more.
public struct ReplayReport: Hashable, Sendable, Codable {
    /// How a decision came out.
    public enum Result: String, Hashable, Sendable, Codable {
        /// The same action for the same values, bit for bit.
        case identical
        /// The same action; its values or the part of chance differ.
        case sameAction
        /// Another action.
        case other
        /// It could not be decided again; `why` says what is in the way.
        case notReplayed
    }

    /// One decision, then and now.
    public struct Decision: Hashable, Sendable, Codable {
        /// Its number in the journal.
        public var sequence: Int64
        /// When it was written, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// The session it belongs to.
        public var session: Int64
        /// The workflow that it was about.
        public var workflow: String
        /// The latency that was to be kept, in seconds.
        public var targetSeconds: Double
        /// What was chosen then.
        public var recorded: String
        /// What is chosen now; nil where that could not be asked.
        public var replayed: String?
        /// How much more the choice of now is worth than that of then by the values of now; nil without values.
        public var advantage: Double?
        /// How the two compare.
        public var result: Result
        /// Why it was not replayed; nil when it was.
        public var why: String?
        /// The latency that came of what was recorded, in seconds; nil when the request failed.
        public var latencySeconds: Double?
        /// The reward that came of what was recorded; nil when there was none.
        public var reward: Double?
    }

    /// Whose choices stand beside the recorded ones.
    public var policy: String
    /// The decisions in the order of the journal. Those in which nothing was decided, because the cluster could not be
    /// asked, are not among them.
    public var decisions: [Decision] = []

    /// How many decisions came out as `result`.
    public func count(_ result: Result) -> Int { decisions.count { $0.result == result } }
}

extension ReplayReport.Decision {
    /// `entry`, whose decision is `decision`, as it was recorded, not replayed for the reason `why`.
    init(_ entry: DecisionJournal.Entry, _ decision: DecisionRecord.Decision, notReplayed why: String) {
        sequence = entry.sequence
        writtenAtUnixSeconds = entry.writtenAtUnixSeconds
        session = entry.session
        workflow = entry.record.workflow.rawValue
        targetSeconds = entry.record.targetSeconds
        recorded = decision.action
        result = .notReplayed
        self.why = why
        latencySeconds = entry.record.latencySeconds
        reward = entry.record.reward
    }

    /// `entry`, whose decision is `decision`, beside what was chosen now.
    init(
        _ entry: DecisionJournal.Entry, _ decision: DecisionRecord.Decision, _ comparison: DecisionReplay.Comparison
    ) {
        self.init(entry, decision, notReplayed: "")
        why = nil
        switch comparison {
        case .identical:
            result = .identical
            replayed = recorded
        case .sameAction:
            result = .sameAction
            replayed = recorded
        case .other(let choice):
            result = .other
            replayed = decision.actions[choice.action]
            if choice.values.indices.contains(choice.action), choice.values.indices.contains(decision.chosen) {
                advantage = Double(choice.values[choice.action]) - Double(choice.values[decision.chosen])
            }
        }
    }
}
