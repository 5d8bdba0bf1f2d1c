import Logging
import Measures
import Synchronization

/// Runs that wait for a decision do not wait for ever: a loop that has no session, whose cluster does not answer or whose
/// move takes its time holds nobody up for longer than the pacing says.
extension WorkflowService {
    /// Lets the scheduling loop's run begin by itself once the loop has not come to it in time, until cancelled.
    func watchPatience() async {
        do {
            while true {
                try await change { $0.ledger.scheduledWaiting != nil }
                let left = state.withLock { state -> UInt64? in
                    guard case .byScheduler(_, let patience) = state.pacing,
                        let waiting = state.ledger.scheduledWaiting?.report
                    else { return nil }
                    let waited = surroundings.time.now.nanoseconds(since: state.ledger.scheduledAt)
                    guard waited >= patience else { return patience - waited }
                    logger.warning(
                        "a run begins without a decision", metadata: ["run": "\(waiting.id)", "workflow": "\(waiting.workflow)"])
                    state.ledger.unschedule()
                    return nil
                }
                if let left { try await surroundings.pause(left) } else { release.yield() }
            }
        } catch {
            return
        }
    }
}
