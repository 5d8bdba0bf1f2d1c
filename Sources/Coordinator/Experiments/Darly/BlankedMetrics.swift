import Cluster
import Topology

/// A metrics reader that shows nothing: every node is known and none of its counters has a value. A learner behind it
/// has the same state but for the counters, so that what they are worth can be measured.
struct BlankedMetrics: MetricsReader {
    func freshWindow(of nodes: [NodeName]) -> [NodeName: NodeMetrics] {
        Dictionary(uniqueKeysWithValues: nodes.map { ($0, .known([:])) })
    }
}
