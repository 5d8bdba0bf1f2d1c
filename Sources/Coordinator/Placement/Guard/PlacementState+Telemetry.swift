import Cluster
import Topology

extension PlacementState {
    /// The first of `topology`'s ready nodes of which too little is known to change anything, if there is one. A node
    /// that is not ready receives nothing and need not be known.
    func telemetryRefusal(in topology: SchedulingTopology, maximumAgeNanoseconds: UInt64) -> GuardRefusal? {
        let ready = Set(snapshot.nodes.map(\.name))
        for node in topology.nodes where ready.contains(node) {
            switch metrics[node] {
            case nil: return .telemetry(node, reason: "nothing was read")
            case .unknown(let reason): return .telemetry(node, reason: reason)
            case .known(let readings):
                // The newest: some metrics are read less often than others, and say so by their age.
                guard let age = readings.values.filter({ $0.value != nil }).map(\.ageSeconds).min() else {
                    return .telemetry(node, reason: "it tells no value")
                }
                guard age * 1e9 <= Double(maximumAgeNanoseconds) else {
                    return .telemetry(node, reason: "its newest reading is \((age * 10).rounded() / 10) s old")
                }
            }
        }
        return nil
    }
}
