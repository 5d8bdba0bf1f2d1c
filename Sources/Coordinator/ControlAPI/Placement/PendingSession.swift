import Learning
import Placement
import Topology

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

    /// A learner to begin with, and where it comes from.
    struct Restored {
        let checkpoint: Checkpoint
        let text: String
    }

    /// The learner that it goes on from: none for a new training, the newest checkpoint for a frozen or restarted
    /// session. Where there is no checkpoint at all yet, `warmStart` stands for it.
    func restored(
        in store: CheckpointStore, warmStart: WarmStart?, on topology: SchedulingTopology
    ) throws -> Restored? {
        guard session.scheduler.isLearned else { return nil }
        if case .otherNodes = origin { return nil }
        do {
            let loaded = try store.load()
            // A new training begins with a new learner, whatever an earlier one has left behind.
            if case .ordered = origin, session.mode == .training { return nil }
            let passedOver = loaded.fallbackReason.map { "; passed over: \($0)" } ?? ""
            return Restored(
                checkpoint: loaded.checkpoint, text: "after \(loaded.checkpoint.steps) steps\(passedOver)")
        } catch {
            if error.code == .absent, let warmStart {
                let checkpoint = try warmStart.checkpoint(for: session, on: topology)
                return Restored(
                    checkpoint: checkpoint, text: "from \(warmStart.path), after \(checkpoint.steps) steps there")
            }
            switch (origin, session.mode) {
            case (.ordered, .training): return nil
            // A training that died before its first checkpoint begins anew; anything else must be mended by hand.
            case (_, .training) where error.code == .absent: return nil
            default: throw error
            }
        }
    }
}
