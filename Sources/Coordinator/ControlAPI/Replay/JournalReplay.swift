public import Learning
import Placement

/// Decides again what stands in a journal.
public struct JournalReplay {
    private static let pageLength = 500
    private let journal: DecisionJournal
    private let unixSeconds: ClosedRange<Double>

    /// A replay of the decisions of `journal` that were written within `unixSeconds`.
    public init(_ journal: DecisionJournal, unixSeconds: ClosedRange<Double>) {
        self.journal = journal
        self.unixSeconds = unixSeconds
    }

    /// Each decision by the policy that took it, from the states of it that stand in the journal; what it learns in
    /// between it learns again. Throws `StoreError`, and what a state that cannot be used throws.
    public func byRecordedPolicies() throws -> ReplayReport {
        var report = ReplayReport(policy: "the recorded ones")
        var subject = Subject.none("no state of its policy stands before it in the journal")
        let start = try journal.policyPlace(at: unixSeconds.lowerBound).map { $0 - 1 } ?? 0
        var state = try journal.policy(after: start)
        try forEachDecision(after: start) { entry in
            while let due = state, due.sequence < entry.sequence {
                subject = .policy(try due.record.replay(), session: due.record.sessionID)
                state = try journal.policy(after: due.sequence)
            }
            let decision = subject.next(entry)
            if let decision, unixSeconds.contains(entry.writtenAtUnixSeconds) { report.decisions.append(decision) }
        }
        return report
    }

    /// Each decision by the learner of `checkpoint`, called `name` in the report, which always takes its best action and
    /// learns nothing. Throws `StoreError`, and `LearningError` when the checkpoint cannot be used.
    public func byLearner(of checkpoint: Checkpoint, name: String) throws -> ReplayReport {
        var report = ReplayReport(policy: name)
        let learner = try checkpoint.learner()
        let policy = LearnedPolicy(learner, mode: .frozen)
        try forEachDecision(after: 0) { entry in
            guard unixSeconds.contains(entry.writtenAtUnixSeconds), let decision = entry.record.decision else { return }
            guard decision.fits(observationCount: learner.observationCount, actionCount: learner.actionCount) else {
                let why =
                    "it is about \(decision.observation.count) observed values and \(decision.allowed.count) actions where"
                    + " the policy has \(learner.observationCount) and \(learner.actionCount)"
                return report.decisions.append(.init(entry, decision, notReplayed: why))
            }
            let choice = policy.decide(decision.observation, allowed: ActionMask(allowed: decision.allowed))
            report.decisions.append(.init(entry, decision, decision.comparison(with: choice)))
        }
        return report
    }

    private func forEachDecision(after start: Int64, _ body: (DecisionJournal.Entry) throws -> Void) throws {
        var cursor = start
        while true {
            let page = try journal.decisions(after: cursor, limit: Self.pageLength, session: nil)
            guard let last = page.last else { return }
            for entry in page { try body(entry) }
            cursor = last.sequence
        }
    }

    /// What decides again, as far as it is known.
    private enum Subject {
        case policy(DecisionReplay, session: Int64)
        case none(String)

        /// The comparison for `entry`; nil when nothing was decided in it.
        mutating func next(_ entry: DecisionJournal.Entry) -> ReplayReport.Decision? {
            switch self {
            case .policy(var replay, let session) where session == entry.session:
                do {
                    let comparison = try replay.next(entry.record)
                    self = .policy(replay, session: session)
                    guard let comparison, let decision = entry.record.decision else { return nil }
                    return .init(entry, decision, comparison)
                } catch {
                    self = .none("\(error)")
                }
            case .policy: self = .none("no state of the policy of session \(entry.session) stands before it in the journal")
            case .none: break
            }
            guard case .none(let why) = self, let decision = entry.record.decision else { return nil }
            return .init(entry, decision, notReplayed: why)
        }
    }
}
