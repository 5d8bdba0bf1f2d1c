import Cluster
import Topology

/// A cluster whose latency depends on where the framer is, and which fails where told to.
actor FakeCluster: ClusterControl, WorkflowRunner, MetricsReader {
    struct Faults {
        var observing = false, reading = false, changing = false, running = false
    }

    private(set) var snapshot: ClusterSnapshot
    private(set) var calls: [String] = []
    var faults = Faults()
    private var requests: Int
    private var sequence = 0

    init(_ snapshot: ClusterSnapshot = World.snapshot(), requests: Int) {
        self.snapshot = snapshot
        self.requests = requests
    }

    func fail(_ faults: Faults) { self.faults = faults }

    func observe() throws -> ClusterSnapshot {
        calls.append("observe")
        if faults.observing { throw ClusterError(.unreachable, "no answer") }
        return snapshot
    }

    func move(_ functions: [FunctionName], to node: NodeName) throws {
        calls.append("move \(functions.map(\.rawValue).joined(separator: "+")) to \(node)")
        if faults.changing { throw ClusterError(.refused, "\(node) is full") }
        change(functions) { $0.assignment[$1] = node }
    }

    func reschedule(_ functions: [FunctionName]) throws -> NodeName {
        calls.append("reschedule \(functions.map(\.rawValue).joined(separator: "+"))")
        if faults.changing { throw ClusterError(.refused, "nowhere to go") }
        change(functions) { $0.assignment[$1] = NodeName("w04") }
        return NodeName("w04")
    }

    func scale(_ functions: [FunctionName], to count: Int) throws {
        calls.append("scale \(functions.map(\.rawValue).joined(separator: "+")) to \(count)")
        if faults.changing { throw ClusterError(.refused, "no quota") }
        change(functions) { $0.replicas[$1] = count }
    }

    func freshWindow(of nodes: [NodeName]) throws -> [NodeName: NodeMetrics] {
        calls.append("read")
        if faults.reading { throw ClusterError(.unreachable, "no telemetry") }
        return Dictionary(uniqueKeysWithValues: nodes.map { ($0, World.metrics(c0: 0.5)) })
    }

    func nextRequest() throws -> WorkflowRequest? {
        guard sequence < requests else { return nil }
        return WorkflowRequest(
            sequence: sequence, workflow: WorkflowName("video-analytics"), target: try LatencyTarget(seconds: 35))
    }

    func run(_: WorkflowRequest) throws -> WorkflowOutcome {
        calls.append("run")
        sequence += 1
        if faults.running { throw ClusterError(.unreachable, "the gateway hung up") }
        let latency = snapshot.assignment[FunctionName("framer")] == NodeName("w02") ? 30.0 : 40.0
        return WorkflowOutcome(latencySeconds: latency, functionSeconds: [FunctionName("framer"): latency / 2])
    }

    private struct Draft {
        var assignment: [FunctionName: NodeName]
        var replicas: [FunctionName: Int]
    }

    private func change(_ functions: [FunctionName], _ body: (inout Draft, FunctionName) -> Void) {
        var draft = Draft(assignment: snapshot.assignment, replicas: snapshot.replicas)
        for function in functions { body(&draft, function) }
        snapshot = ClusterSnapshot(nodes: snapshot.nodes, assignment: draft.assignment, replicas: draft.replicas)
    }
}
