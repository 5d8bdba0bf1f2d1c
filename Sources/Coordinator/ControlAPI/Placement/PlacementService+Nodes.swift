import Cluster
import Learning
import Logging
import Measures
import Placement
import Settings
import Topology

/// Which nodes are decided about: those of the start, and others later on.
extension PlacementService {
    /// Waits until the cluster answers and has a node, then refuses a configuration that names a node or function that it
    /// does not have.
    func firstTopology(known: [NodeName]) async throws -> LiveTopology {
        while true {
            do {
                let snapshot = try await cluster.observe()
                if let topology = try LiveTopology(settings, snapshot: snapshot, known: known, at: time.now) {
                    return topology
                }
                report("the cluster: no node of it is ready")
            } catch let error as ClusterError {
                report("the cluster: \(error)")
            }
            try await pause(Self.retryAfter)
        }
    }

    /// The nodes that the learner in the checkpoint decides about, in its order; none where there is no such learner.
    func nodesOfCheckpoint() -> [NodeName] {
        let loaded = try? store.load()
        return loaded.flatMap { SchedulingTopology(ofCheckpointLabel: $0.checkpoint.topology) }?.nodes ?? []
    }

    /// Whether there are other nodes than before; where they are listed nobody looks.
    func areOthers(_ topology: inout LiveTopology) async throws -> Bool {
        guard topology.follows else { return false }
        let snapshot = try await cluster.observe()
        guard try topology.take(snapshot, at: time.now) else { return false }
        let names = topology.topology.nodes.map(\.rawValue).joined(separator: ", ")
        logger.notice("other nodes are decided about", metadata: ["nodes": "\(names)"])
        return true
    }
}
