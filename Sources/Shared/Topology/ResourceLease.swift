/// The number of a lease, drawn at random by whoever asks for it, so that those of two coordinators do not meet.
public struct LeaseID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: UInt64
    /// The lease with this number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The lease that people call so: 16 hexadecimal digits, as `description` writes them.
    public init?(_ text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let number = UInt64(text, radix: 16)
        else { return nil }
        rawValue = number
    }
    /// 16 hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
    /// In the order of their numbers.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A request to change a container's limits for a time, after which the agent gives the previous ones back by itself.
public struct LeaseRequest: Hashable, Sendable {
    /// The lease's number; that of a lease in force renews it.
    public var id: LeaseID
    /// The container's id, 64 hexadecimal digits.
    public var containerID: String
    /// The CPU limit in cores, higher or lower than the present one; nil leaves it alone.
    public var cpuCores: Double?
    /// The memory limit in bytes, higher or lower than the present one; nil leaves it alone.
    public var memoryBytes: UInt64?
    /// For how long, in nanoseconds.
    public var durationNanoseconds: UInt64

    /// A request as described.
    public init(
        id: LeaseID, containerID: String, cpuCores: Double?, memoryBytes: UInt64?, durationNanoseconds: UInt64
    ) {
        self.id = id
        self.containerID = containerID
        self.cpuCores = cpuCores
        self.memoryBytes = memoryBytes
        self.durationNanoseconds = durationNanoseconds
    }
}

/// What an agent is asked to do about leases.
public enum LeaseOrder: Hashable, Sendable {
    /// Change limits for a time, or renew a lease in force.
    case take(LeaseRequest)
    /// Give back before the time is over.
    case end(LeaseID)

    /// The lease that it is about.
    public var id: LeaseID {
        switch self {
        case .take(let request): request.id
        case .end(let id): id
        }
    }
}

/// A lease in force on a node.
public struct HeldLease: Hashable, Sendable {
    /// The lease's number.
    public var id: LeaseID
    /// The container's id.
    public var containerID: String
    /// The CPU limit in cores, if the lease has one.
    public var cpuCores: Double?
    /// The memory limit in bytes, if the lease has one.
    public var memoryBytes: UInt64?
    /// How long it still lasts, in nanoseconds; 0 while its limits are being given back.
    public var remainingNanoseconds: UInt64

    /// A lease as described.
    public init(
        id: LeaseID, containerID: String, cpuCores: Double?, memoryBytes: UInt64?, remainingNanoseconds: UInt64
    ) {
        self.id = id
        self.containerID = containerID
        self.cpuCores = cpuCores
        self.memoryBytes = memoryBytes
        self.remainingNanoseconds = remainingNanoseconds
    }
}

/// What became of a lease.
public struct LeaseEvent: Hashable, Sendable {
    /// What happened; numbers of newer versions pass through.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number on the wire.
        public let rawValue: UInt32
        /// The kind with number `rawValue`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The new limits are in force.
        public static let granted = Kind(rawValue: 1)
        /// The lease lasts longer than before.
        public static let renewed = Kind(rawValue: 2)
        /// Nothing was changed; the sentence says why.
        public static let refused = Kind(rawValue: 3)
        /// The previous limits are back, or are not the agent's to give back any more; the reason says which.
        public static let ended = Kind(rawValue: 4)
        /// A limit could not be given back yet; it is tried again until it can.
        public static let delayed = Kind(rawValue: 5)
        /// The kind's name, or its number if it has none here.
        public var description: String {
            let names = ["granted", "renewed", "refused", "ended", "delayed"]
            return (1...5).contains(rawValue) ? names[Int(rawValue) - 1] : "\(rawValue)"
        }
    }

    /// Why a lease ended; numbers of newer versions pass through.
    public struct Reason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number on the wire.
        public let rawValue: UInt32
        /// The reason with number `rawValue`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Its time was over.
        public static let expired = Reason(rawValue: 1)
        /// The container's use came near a lowered limit.
        public static let nearGrant = Reason(rawValue: 2)
        /// Whoever took it ended it.
        public static let returned = Reason(rawValue: 3)
        /// The container is gone.
        public static let containerGone = Reason(rawValue: 4)
        /// Somebody else has set the limit meanwhile; it stays as they set it.
        public static let changedElsewhere = Reason(rawValue: 5)
        /// The agent stops.
        public static let agentStopped = Reason(rawValue: 6)
        /// An agent that had not stopped in order had left it behind.
        public static let recovered = Reason(rawValue: 7)
        /// The reason's name, or its number if it has none here.
        public var description: String {
            let names = [
                "expired", "near grant", "returned", "container gone", "changed elsewhere", "agent stopped",
                "recovered",
            ]
            return (1...7).contains(rawValue) ? names[Int(rawValue) - 1] : "\(rawValue)"
        }
    }

    /// The lease's number.
    public var id: LeaseID
    /// The container's id; nil when no lease of that number is known.
    public var containerID: String?
    /// What happened.
    public var kind: Kind
    /// Why, when the lease ended.
    public var reason: Reason?
    /// Details for people, where there are any.
    public var sentence: String?

    /// An event as described.
    public init(id: LeaseID, containerID: String?, kind: Kind, reason: Reason? = nil, sentence: String? = nil) {
        self.id = id
        self.containerID = containerID
        self.kind = kind
        self.reason = reason
        self.sentence = sentence
    }
}
