import Topology

extension ObservationSpace {
    /// For each entry, those of `old` that it is like: the same entry where the node was there before, otherwise the
    /// same kind of entry of every node that was.
    func sources(in old: ObservationSpace) -> [[Int]] {
        let like = topology.nodes.map { node in
            old.topology.nodes.firstIndex(of: node).map { [$0] } ?? Array(old.topology.nodes.indices)
        }
        return like.flatMap { nodes in
            metrics.indices.map { metric in nodes.map { $0 * metrics.count + metric } }
        }
            + topology.functions.indices.map { [old.firstLocation + $0] }
            + like.map { nodes in nodes.map { old.firstLoad + $0 } }
            + (old.firstLoad + old.topology.nodes.count..<old.count).map { [$0] }
    }

    /// What an observation in `old` would have been here: nodes that were not there are unknown and empty, and a function
    /// on a node that has gone is in a place that is not known.
    func translate(_ values: [Float], from old: ObservationSpace) -> [Float] {
        let before = topology.nodes.map { old.topology.nodes.firstIndex(of: $0) }
        let readings = before.flatMap { index in
            metrics.indices.map { metric in
                index.map { values[$0 * metrics.count + metric] } ?? metrics[metric].entry(for: nil).value
            }
        }
        let places = topology.functions.indices.map { function in
            let number = Self.number(values[old.firstLocation + function], of: old.topology.nodes.count)
            guard let number, old.topology.nodes.indices.contains(number - 1),
                let place = topology.nodes.firstIndex(of: old.topology.nodes[number - 1])
            else {
                return Self.scaled(0, fullScale: 1)
            }
            return Self.scaled(Double(place + 1), fullScale: Double(topology.nodes.count))
        }
        let loads = before.map { index in index.map { values[old.firstLoad + $0] } ?? 0 }
        return readings + places + loads + values[(old.firstLoad + old.topology.nodes.count)...]
    }

    private var firstLocation: Int { topology.nodes.count * metrics.count }
    private var firstLoad: Int { firstLocation + topology.functions.count }

    /// The whole number that was scaled by `largest`; nil for what is no number.
    private static func number(_ value: Float, of largest: Int) -> Int? {
        Int(exactly: (Double(value / limit) * Double(largest)).rounded())
    }
}
