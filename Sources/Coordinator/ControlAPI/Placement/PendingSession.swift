import Learning
import Placement

/// A session about to begin, or to go on.
struct PendingSession {
    /// Where it comes from.
    enum Origin {
        /// It was asked for, by the configuration or an operator.
        case ordered
        /// The journal has it under this number, and no end of it.
        case restart(Int64)
        /// It is under way under this number with this learner, if it has one, and goes on with other nodes.
        case otherNodes(Int64, Checkpoint?)
    }

    let session: PlacementSession
    let origin: Origin

    /// The learner that it brings along.
    var learner: Checkpoint? {
        if case .otherNodes(_, let learner) = origin { learner } else { nil }
    }

    /// The checkpoint that it goes on from: none for a new training, the newest for a frozen or restarted session.
    func checkpoint(in store: CheckpointStore) throws -> CheckpointStore.Loaded? {
        guard session.scheduler.isLearned else { return nil }
        switch (origin, session.mode) {
        case (.otherNodes, _), (.ordered, .training): return nil
        case (.restart, _), (.ordered, .frozen): break
        }
        do {
            return try store.load()
        } catch {
            // A training that died before its first checkpoint begins anew; anything else must be mended by hand.
            guard error.code == .absent, session.mode == .training else { throw error }
            return nil
        }
    }
}
