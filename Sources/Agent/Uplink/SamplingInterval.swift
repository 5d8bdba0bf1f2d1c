/// How often an agent samples: as its configuration says, until the coordinator asks for something else.
///
/// All nodes of an agent are read in one tick, so the node that is asked for most often decides for all.
struct SamplingInterval: Hashable, Sendable {
    private let configured: UInt32
    private var ordered: [UInt32?]

    /// Nothing asked for yet by any of so many nodes.
    init(configuredMilliseconds: UInt32, nodes: Int) {
        configured = configuredMilliseconds
        ordered = Array(repeating: nil, count: nodes)
    }

    /// The interval in force, in milliseconds.
    var milliseconds: UInt32 { ordered.lazy.map { $0 ?? configured }.min() ?? configured }

    /// The interval in force, in nanoseconds.
    var nanoseconds: UInt64 { UInt64(milliseconds) * 1_000_000 }

    /// Notes that the coordinator wants node number `node` sampled every so many milliseconds.
    mutating func order(_ milliseconds: UInt32, by node: Int) { ordered[node] = milliseconds }
}
