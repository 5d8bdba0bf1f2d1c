package import Cluster
import Synchronization
package import Topology

/// The test bed for callers that may not suspend, and whose requests take time from their beginning to their end.
extension TestBed {
    /// Where everything is now.
    package var snapshot: ClusterSnapshot {
        state.withLock { $0.cluster.snapshot }
    }

    /// The request of the present step, nil after the scenario's last.
    package var presentRequest: WorkflowRequest? {
        state.withLock { state in
            state.scenario[state.step].map {
                WorkflowRequest(sequence: state.step, workflow: VideoWorkflow.name, target: $0.target)
            }
        }
    }

    /// See `SimulatedCluster.move`.
    package func place(_ functions: [FunctionName], on node: NodeName) throws(ClusterError) {
        try withCluster { cluster throws(ClusterError) in try cluster.move(functions, to: node) }
    }

    /// See `SimulatedCluster.reschedule`.
    package func placeByScheduler(_ functions: [FunctionName]) throws(ClusterError) -> NodeName {
        try withCluster { cluster throws(ClusterError) in try cluster.reschedule(functions) }
    }

    /// See `SimulatedCluster.scale`.
    package func setReplicas(_ replicas: Int, of functions: [FunctionName]) throws(ClusterError) {
        try withCluster { cluster throws(ClusterError) in try cluster.scale(functions, to: replicas) }
    }

    /// Begins request `sequence` and tells how it will go. Until `endRequest` the step stays the present one, with its
    /// pressure. Throws `ClusterError.refused` for any but the present step's request.
    package func beginRequest(_ sequence: Int) throws(ClusterError) -> WorkflowOutcome {
        try state.withLock { state throws(ClusterError) in try begin(sequence, in: &state) }
    }

    /// Goes on to the next step.
    package func endRequest() {
        state.withLock { $0.step += 1 }
    }

    private func withCluster<Result: Sendable>(
        _ body: (inout SimulatedCluster) throws(ClusterError) -> Result
    ) throws(ClusterError) -> Result {
        try state.withLock { state throws(ClusterError) in try body(&state.cluster) }
    }
}
