import Harvesting
import Measures
import Topology

/// What `reeve harvest` shows: who lends what to whom on each node, until when, and what has gone back and why.
public struct HarvestAnswer: Codable, Sendable {
    /// An amount of both resources.
    public struct Amount: Hashable, Codable, Sendable {
        /// Thousandths of a core.
        public var millicores: Int
        /// Mebibytes.
        public var mebibytes: Int

        init(_ resources: Resources) {
            millicores = resources.millicores
            mebibytes = resources.mebibytes
        }
    }

    /// A container that takes part.
    public struct Container: Codable, Sendable {
        /// The container's id, 64 hexadecimal digits.
        public var containerID: String
        /// The pod's namespace and name.
        public var namespace, pod: String
        /// The function that it is a replica of.
        public var function: String
        /// What the user defined; 0 of what the user has not limited, which is left alone.
        public var user: Amount
        /// What it may use now.
        public var limits: Amount
        /// What it ought to have by its use alone.
        public var wanted: Amount
        /// Its largest use in the newest report.
        public var peak: Amount
        /// What it has put up, what of that is lent out, and what it has borrowed.
        public var lent, lentOut, borrowed: Amount
        /// Seconds until its limits are the user's again unless the lease is renewed; absent while they are.
        public var remainingSeconds: Double?
        /// Why it is left alone; absent where it is not.
        public var leftAlone: String?

        init(_ container: HarvestedContainer, at now: Double) {
            containerID = container.containerID
            namespace = container.namespace
            pod = container.pod
            function = container.function.rawValue
            user = Amount(container.user)
            limits = Amount(container.limits)
            wanted = Amount(container.wanted)
            peak = Amount(container.peak)
            lent = Amount(container.lent)
            lentOut = Amount(container.lentOut)
            borrowed = Amount(container.borrowed)
            remainingSeconds = container.leaseEnds.map { max($0 - now, 0) }
            leftAlone = container.leftAlone
        }
    }

    /// A loan in force.
    public struct Loan: Codable, Sendable {
        /// "cpu" or "memory".
        public var resource: String
        /// Millicores or mebibytes.
        public var amount: Int
        /// The ids of the containers that lend and borrow.
        public var lender, borrower: String
        /// Since when, and until when unless it is renewed, in seconds from now.
        public var sinceSeconds, remainingSeconds: Double
    }

    /// A change of limits.
    public struct Event: Codable, Sendable {
        /// Seconds since it happened.
        public var ageSeconds: Double
        /// The container's id.
        public var containerID: String
        /// The function that it is a replica of.
        public var function: String
        /// The limits before and afterwards.
        public var before, after: Amount
        /// Why.
        public var reason: String
    }

    /// Something lent that has gone back.
    public struct Returned: Codable, Sendable {
        /// Seconds since it went back.
        public var ageSeconds: Double
        /// "cpu" or "memory".
        public var resource: String
        /// Millicores or mebibytes.
        public var amount: Int
        /// The functions whose containers lent and borrowed.
        public var lender, borrower: String
        /// How long it was lent.
        public var lentSeconds: Double
        /// Why: "notNeeded", "lenderEnded", "ownerNeedsIt", "calledBack", "decidedAnew" or "expired".
        public var reason: String
        /// How much of it another lender has replaced at once.
        public var replaced: Int
    }

    /// One node.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// Why nothing is harvested there; absent where it is.
        public var remark: String?
        /// What changes limits there: "leases" of the node's agent, or "pod resize".
        public var carrier: String
        /// What is put up on the node, and what of it is borrowed.
        public var lent, borrowed: Amount
        /// The containers that take part.
        public var containers: [Container]
        /// The loans in force.
        public var loans: [Loan]
        /// What happened to limits lately, oldest first.
        public var events: [Event]
        /// What went back lately, oldest first.
        public var returned: [Returned]

        init(_ name: NodeName, _ view: HarvestBoard.View, at instant: MonotonicInstant) {
            let now = Double(instant.nanoseconds) * 1e-9
            node = name.rawValue
            remark = view.remark
            carrier = view.carrier
            lent = Amount(view.containers.reduce(.zero) { $0 + $1.lent })
            borrowed = Amount(view.containers.reduce(.zero) { $0 + $1.borrowed })
            containers = view.containers.map { Container($0, at: now) }
            loans = view.loans.map { entry in
                Loan(
                    resource: entry.loan.resource.rawValue, amount: entry.loan.amount, lender: entry.lender,
                    borrower: entry.borrower, sinceSeconds: now - entry.loan.since,
                    remainingSeconds: max(entry.loan.expiry - now, 0))
            }
            events = view.events.map { event in
                Event(
                    ageSeconds: now - event.at, containerID: event.containerID, function: event.function.rawValue,
                    before: Amount(event.before), after: Amount(event.after), reason: event.reason)
            }
            returned = view.returned.map { one in
                Returned(
                    ageSeconds: now - one.at, resource: one.resource.rawValue, amount: one.amount,
                    lender: one.lender.rawValue, borrower: one.borrower.rawValue, lentSeconds: one.lentSeconds,
                    reason: one.reason.rawValue, replaced: one.replaced)
            }
        }
    }

    /// "observe" or "act".
    public var mode: String
    /// Who decides.
    public var manager: String
    /// The nodes by name.
    public var nodes: [Node]

    /// The answer about `node`, or about all nodes.
    init(_ board: HarvestBoard, of node: NodeName?, at now: MonotonicInstant) {
        mode = board.mode.rawValue
        manager = board.rule.rawValue
        nodes = board.nodes.filter { node == nil || $0.key == node }.sorted { $0.key < $1.key }
            .map { Node($0.key, $0.value, at: now) }
    }
}
