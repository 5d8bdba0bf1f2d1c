public import Harvesting
public import Measures
import Synchronization
public import Topology

/// Where the harvest of each node is shown: the service writes, answers read. Any thread may use it.
public final class HarvestBoard: Sendable {
    /// One node's harvest as it was last seen.
    public struct View: Sendable {
        /// When that was, on the coordinator's time line.
        public var takenAt: MonotonicInstant
        /// Why nothing is harvested there at the moment; nil where it is.
        public var remark: String?
        /// What changes limits there, such as "leases".
        public var carrier: String
        /// The containers that take part.
        public var containers: [HarvestedContainer]
        /// The loans in force, with the ids of lender and borrower.
        public var loans: [(loan: Loan, lender: String, borrower: String)]
        /// What happened to limits lately, oldest first.
        public var events: [HarvestEvent]
        /// What went back lately, oldest first.
        public var returned: [HarvestReturn]
    }

    /// Whether limits are changed.
    public let mode: HarvestingConfiguration.Mode
    /// Who decides.
    public let rule: HarvestingConfiguration.Rule
    private let paused = Atomic(false)
    private let views = Mutex<[NodeName: View]>([:])

    /// An empty board of a harvest in `mode` by `rule`.
    public init(mode: HarvestingConfiguration.Mode, rule: HarvestingConfiguration.Rule) {
        self.mode = mode
        self.rule = rule
    }

    /// Whether everything is given back and nothing is lent until `resume()`.
    public var isPaused: Bool { paused.load(ordering: .sequentiallyConsistent) }

    /// Has everything given back, and nothing lent.
    public func pause() { paused.store(true, ordering: .sequentiallyConsistent) }

    /// Has it go on.
    public func resume() { paused.store(false, ordering: .sequentiallyConsistent) }

    /// What was last seen of each node.
    public var nodes: [NodeName: View] { views.withLock { $0 } }

    /// Shows `view` of `node`.
    public func show(_ view: View, of node: NodeName) { views.withLock { $0[node] = view } }
}
