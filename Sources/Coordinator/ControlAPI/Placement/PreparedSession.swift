import Learning
import Placement

/// A session ready to serve requests.
struct PreparedSession {
    let id: Int64
    let session: PlacementSession
    let parts: SessionPolicy
    let driver: SchedulingDriver

    /// The learner as it is, if there is one.
    func checkpoint() throws -> Checkpoint? {
        try parts.learner?.checkpoint(
            topology: parts.actionSpace.topology.checkpointLabel(for: session.scheduler), preset: session.preset)
    }
}
