/// Why the coordinator does not take what an agent sends.
public struct Refusal: Hashable, Sendable {
    /// The kind of refusal; codes of newer versions pass through.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt32
        /// The code with number `rawValue`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The agent speaks another major version; it need not try again.
        public static let protocolVersion = Code(rawValue: 1)
        /// The agent's key is not allowed to speak for the node that it names.
        public static let nodeNotAllowed = Code(rawValue: 2)
        /// The message could not be read.
        public static let malformed = Code(rawValue: 3)
        /// The coordinator does not know the incarnation or its table: it needs a hello first.
        public static let helloNeeded = Code(rawValue: 4)
    }

    /// The kind of refusal.
    public var code: Code
    /// What was wrong and what is allowed, in one sentence.
    public var sentence: String

    /// A refusal of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}

/// A message from the coordinator to an agent.
public enum CoordinatorMessage: Hashable, Sendable {
    /// Every batch of `incarnation` up to and including `sequence` is in the coordinator's snapshot; 0 answers a hello.
    case ack(incarnation: UInt64, sequence: UInt64)
    /// The coordinator did not take a message.
    case refusal(Refusal)
    /// Sample every so many milliseconds from now on.
    case setInterval(milliseconds: UInt32)
}
