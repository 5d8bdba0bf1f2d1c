import FoundationEssentials
import Learning
import Placement

/// Journals the decisions of a session so that they can be replayed: before the first, and from time to time after it,
/// the state of the policy that decided.
///
/// The state is added once a day, because the journal drops whole days, and after a decision that the journal did not
/// take, because what the policy learnt of that one stands nowhere else.
struct SessionRecorder {
    private static let secondsPerDay = 86_400.0
    private let prepared: PreparedSession
    private let journal: DecisionJournal
    /// The day of the newest state, counted since 1970; nil when one is due.
    private var recordedDay: Int?

    /// A recorder of what `prepared` decides, which has not decided anything yet.
    init(_ prepared: PreparedSession, journal: DecisionJournal) {
        self.prepared = prepared
        self.journal = journal
    }

    /// Adds the policy as it is before the first decision. Throws `StoreError`.
    mutating func begin() throws { try addPolicy(open: nil) }

    /// Adds `record`, the newest decision. Throws `StoreError`.
    mutating func add(_ record: DecisionRecord) throws {
        do {
            try journal.add(record, session: prepared.id)
        } catch {
            recordedDay = nil
            throw error
        }
        // What chance a yardstick has used up is not known: it is followed from its beginning or not at all.
        guard prepared.parts.learner != nil, recordedDay != today else { return }
        try addPolicy(open: OpenTransition(record))
    }

    private var today: Int { Int((journal.unixSeconds() / Self.secondsPerDay).rounded(.down)) }

    private mutating func addPolicy(open: OpenTransition?) throws {
        recordedDay = nil
        try journal.add(
            PolicyRecord(
                sessionID: prepared.id, session: prepared.session, topology: prepared.parts.actionSpace.topology,
                checkpoint: try prepared.checkpoint().map { Data($0.encoded()) }, open: open))
        recordedDay = today
    }
}
