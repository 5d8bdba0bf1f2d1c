public import Measures
public import Topology

/// The worker nodes that are decided about where the cluster says which there are: they come and go without a restart.
///
/// The rule: a node joins when it is ready for the first time, at the end of the list; it leaves when it has not been
/// ready for as long as `leavesAfterNanoseconds`, so that one that restarts, or whose kubelet is silent for a while, stays
/// what it was. A node under another name is another node. The last one never leaves.
public struct NodeRoster: Sendable, Hashable {
    /// The nodes in the order in which observations and actions number them; empty until one was ready.
    public private(set) var nodes: [NodeName] = []
    private let leavesAfterNanoseconds: UInt64
    private var lastReady: [NodeName: MonotonicInstant] = [:]

    /// A roster on which `known` stand, as if they had been ready until `now`; each may stand once.
    public init(leavesAfterNanoseconds: UInt64, known: [NodeName] = [], at now: MonotonicInstant) {
        self.leavesAfterNanoseconds = leavesAfterNanoseconds
        for node in known where lastReady.updateValue(now, forKey: node) == nil { nodes.append(node) }
    }

    /// Takes in which nodes are ready at `now`; returns whether the roster is another one now.
    public mutating func take(ready: some Sequence<NodeName>, at now: MonotonicInstant) -> Bool {
        let before = nodes
        // Nodes that join at the same time do so in the order of their names, whatever order the cluster lists them in.
        for node in ready.sorted(by: { $0.rawValue < $1.rawValue }) {
            if lastReady.updateValue(now, forKey: node) == nil { nodes.append(node) }
        }
        for node in nodes {
            guard nodes.count > 1, let seen = lastReady[node], now.nanoseconds(since: seen) >= leavesAfterNanoseconds
            else { continue }
            nodes.removeAll { $0 == node }
            lastReady[node] = nil
        }
        return nodes != before
    }
}
