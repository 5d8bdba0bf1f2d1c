public import Cluster
public import Measures
import Topology

/// Performs the effects of a `SchedulingLoop`: one step is one request served under one decision.
///
/// Not Sendable: it belongs to one owner at a time, whose isolation its steps keep.
public final class SchedulingDriver {
    /// The loop as it stands.
    public private(set) var loop: SchedulingLoop
    /// What decides. It may be exchanged between steps, for example from training to frozen.
    public var policy: any Policy
    private let time: any TimeSource

    /// A driver for `loop`, with `policy` deciding; `time` is what a guard's limits are measured by.
    public init(_ loop: SchedulingLoop, policy: any Policy, time: any TimeSource = SystemTime()) {
        self.loop = loop
        self.policy = policy
        self.time = time
    }

    /// Has the guard, if there is one, hold every change for as long as `isPaused`; requests are served all the same.
    public func hold(_ isPaused: Bool) { loop.hold(isPaused) }

    /// Serves the next request of `runner` and tells how it went; nil when there are no more requests.
    ///
    /// Failures of the cluster, of the metrics or of the request stand in the record, and the next step can follow.
    /// Throws only what `runner.nextRequest` throws, and `CancellationError`; the step under way is then given up.
    public nonisolated(nonsending) func runStep(
        cluster: any ClusterControl, runner: any WorkflowRunner, metrics: any MetricsReader
    ) async throws -> DecisionRecord? {
        loop.abandonStep()
        guard let request = try await runner.nextRequest() else { return nil }
        var effect = try loop.handle(.requested(request), at: time.now)
        while true {
            let event: SchedulingLoop.Event
            switch effect {
            case .observe(let nodes):
                event = try await observe(nodes, cluster, metrics)
            case .decide(let observation, let allowed, let closing):
                if let closing { policy.learn(closing) }
                event = .chose(policy.decide(observation.values, allowed: allowed))
            case .change(let change):
                event = try await perform(change, cluster)
            case .run(let request):
                event = try await outcome(of: { .ran(try await runner.run(request)) }, orElse: { .runFailed($0) })
            case .finish(let record):
                return record
            }
            effect = try loop.handle(event, at: time.now)
        }
    }

    /// Metrics that cannot be read leave every node unknown; the step goes on with what that allows.
    private nonisolated(nonsending) func observe(
        _ nodes: [NodeName], _ cluster: any ClusterControl, _ metrics: any MetricsReader
    ) async throws -> SchedulingLoop.Event {
        let snapshot: ClusterSnapshot
        do {
            snapshot = try await cluster.observe()
        } catch let error as CancellationError {
            throw error
        } catch {
            return .observationFailed("\(error)")
        }
        do {
            return .observed(snapshot, try await metrics.freshWindow(of: nodes))
        } catch let error as CancellationError {
            throw error
        } catch {
            let unknown = NodeMetrics.unknown(reason: "\(error)")
            return .observed(snapshot, Dictionary(uniqueKeysWithValues: nodes.map { ($0, unknown) }))
        }
    }

    private nonisolated(nonsending) func perform(
        _ change: ClusterChange, _ cluster: any ClusterControl
    ) async throws -> SchedulingLoop.Event {
        try await outcome(
            of: {
                switch change {
                case .move(let unit, let node):
                    try await cluster.move(unit.functions, to: node)
                    return .changed(chosenNode: nil)
                case .reschedule(let unit):
                    return .changed(chosenNode: try await cluster.reschedule(unit.functions))
                case .scale(let functions, let replicas):
                    try await cluster.scale(functions, to: replicas)
                    return .changed(chosenNode: nil)
                }
            }, orElse: { .changeFailed($0) })
    }

    private nonisolated(nonsending) func outcome(
        of work: nonisolated(nonsending) () async throws -> SchedulingLoop.Event,
        orElse failed: (String) -> SchedulingLoop.Event
    ) async throws -> SchedulingLoop.Event {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch {
            return failed("\(error)")
        }
    }
}
