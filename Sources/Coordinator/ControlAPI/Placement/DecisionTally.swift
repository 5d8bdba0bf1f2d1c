public import Measures
public import Placement
import Synchronization
import Topology

/// What has been decided and run since the coordinator's start, counted for whoever watches it over time. Any thread may
/// use it.
public final class DecisionTally: Sendable {
    /// How the requests of one workflow went.
    public struct Requests: Sendable {
        /// Those that kept their target.
        public var served: UInt64 = 0
        /// Those that took longer.
        public var violated: UInt64 = 0
        /// Those without an output.
        public var failed: UInt64 = 0
        /// Those that somebody ended.
        public var cancelled: UInt64 = 0
        /// The newest one's latency by its target: more than 1 is a violation; nil before the first that has one.
        public var quotient: Double?
        /// The newest one's target, in seconds.
        public var targetSeconds: Double?
        /// Their latencies, in seconds; from a tenth of a second to ten minutes.
        public var latencySeconds = Histogram(bounds: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 25, 30, 35, 40, 60, 120, 300, 600])

        fileprivate mutating func note(latencySeconds latency: Double?, targetSeconds target: Double) {
            targetSeconds = target
            guard let latency else { return failed += 1 }
            if latency <= target { served += 1 } else { violated += 1 }
            quotient = latency / target
            latencySeconds.record(latency)
        }
    }

    /// How one workflow was decided about.
    public struct Decisions: Sendable {
        /// Those that changed something.
        public var changed: UInt64 = 0
        /// Those that left everything as it was.
        public var kept: UInt64 = 0
        /// Requests that ran without one, because the cluster could not be asked.
        public var none: UInt64 = 0
        /// Those that chance rather than judgement took.
        public var random: UInt64 = 0
        /// Choices that the guard did not let pass.
        public var refused: UInt64 = 0
        /// Those before which the guard had taken actions away.
        public var barred: UInt64 = 0
    }

    /// All counts, by workflow.
    public struct Snapshot: Sendable {
        /// Requests that were decided about.
        public var placed: [String: Requests] = [:]
        /// The decisions about them.
        public var decisions: [String: Decisions] = [:]
        /// Runs that were submitted.
        public var runs: [String: Requests] = [:]
    }

    /// Workflows that are counted: what is shown must stay bounded, and no cluster has as many.
    private static let mostWorkflows = 256

    private let counts = Mutex(Snapshot())

    /// Nothing counted yet.
    public init() {}

    /// The counts as they are now.
    public var snapshot: Snapshot { counts.withLock { $0 } }

    /// Counts a decision and the request that it was taken for.
    public func count(_ record: DecisionRecord) {
        let workflow = record.workflow.rawValue
        counts.withLock { counts in
            guard counts.placed[workflow] != nil || counts.placed.count < Self.mostWorkflows else { return }
            counts.placed[workflow, default: Requests()].note(
                latencySeconds: record.latencySeconds, targetSeconds: record.targetSeconds)
            var decisions = counts.decisions[workflow] ?? Decisions()
            defer { counts.decisions[workflow] = decisions }
            guard let decision = record.decision else { return decisions.none += 1 }
            if record.change == nil { decisions.kept += 1 } else { decisions.changed += 1 }
            if decision.isRandom { decisions.random += 1 }
            if record.verdict != nil { decisions.refused += 1 }
            if decision.barred?.isEmpty == false { decisions.barred += 1 }
        }
    }

    /// Counts a run that has ended.
    public func count(_ run: RunRecord) {
        counts.withLock { counts in
            guard counts.runs[run.workflow] != nil || counts.runs.count < Self.mostWorkflows else { return }
            guard run.end != .cancelled else { return counts.runs[run.workflow, default: Requests()].cancelled += 1 }
            counts.runs[run.workflow, default: Requests()].note(
                latencySeconds: run.end == .completed ? run.latencySeconds : nil, targetSeconds: run.targetSeconds)
        }
    }
}
