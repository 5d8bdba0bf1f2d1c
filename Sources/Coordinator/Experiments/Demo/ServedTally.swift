import Cluster
import Measures
import Simulation
import Synchronization
import Topology

/// Counts the requests that the world has served in the present phase, on whatever thread they end.
final class ServedTally: Sendable {
    private struct State {
        var progress: DemoProgress
        var startedAt: MonotonicInstant
    }

    private let time: any TimeSource
    private let state: Mutex<State?> = Mutex(nil)

    /// A tally that begins with the first phase.
    init(time: any TimeSource) {
        self.time = time
    }

    /// Begins to count for `progress`.
    func begin(_ progress: DemoProgress) {
        let now = time.now
        state.withLock { $0 = State(progress: progress, startedAt: now) }
    }

    /// Counts `request`.
    func add(_ request: ServedRequest) {
        let now = time.now
        state.withLock { state in
            guard var present = state else { return }
            present.progress.step += 1
            let target = request.request.target
            if target.isMet(byLatencySeconds: request.outcome.latencySeconds) { present.progress.kept += 1 }
            present.progress.latencySeconds = request.outcome.latencySeconds
            present.progress.targetSeconds = target.seconds
            present.progress.millisecondsPerStep =
                now.seconds(since: present.startedAt) * 1_000 / Double(present.progress.step)
            state = present
        }
    }

    /// The count with `epsilon` in it; nil before the first phase.
    func progress(epsilon: Double?) -> DemoProgress? {
        state.withLock { state in
            state?.progress.epsilon = epsilon
            return state?.progress
        }
    }
}
