/// A question or an order to the coordinator.
public struct Query: Hashable, Sendable {
    /// The major version of the protocol that the asker speaks.
    public var protocolMajor: UInt32
    /// Chosen by the asker; the reply repeats it.
    public var id: UInt64
    /// A word of the operator's command, such as "nodes".
    public var verb: String
    /// Named values; each name at most once.
    public var arguments: [String: String]

    /// A query in this build's protocol version unless told otherwise.
    public init(
        protocolMajor: UInt32 = WireLimits.protocolMajor, id: UInt64, verb: String, arguments: [String: String] = [:]
    ) {
        self.protocolMajor = protocolMajor
        self.id = id
        self.verb = verb
        self.arguments = arguments
    }
}

/// The coordinator's answer to one query.
public struct Reply: Hashable, Sendable {
    /// Why a query was not answered; codes of newer versions pass through.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt32
        /// The code with number `rawValue`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The coordinator tried and failed.
        public static let failed = Code(rawValue: 1)
        /// The query itself is not possible.
        public static let badRequest = Code(rawValue: 2)
        /// What was asked for is not there.
        public static let notFound = Code(rawValue: 3)
        /// The asker may not do that.
        public static let notAllowed = Code(rawValue: 4)
    }

    /// The answer or the reason why there is none.
    public enum Outcome: Hashable, Sendable {
        /// The answer, as UTF-8 JSON text.
        case json([UInt8])
        /// What was wrong and what is allowed, in one sentence.
        case failure(Code, String)
    }

    /// The query's id.
    public var id: UInt64
    /// The answer or the reason why there is none.
    public var outcome: Outcome

    /// The reply to query `id`.
    public init(id: UInt64, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }
}
