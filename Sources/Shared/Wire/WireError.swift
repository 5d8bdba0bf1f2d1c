/// Bytes that are not a message of this protocol, or a message that cannot be written.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private let name: String
        /// The bytes are no protobuf message of the expected type, or decoding them would take more than
        /// `WireLimits.decodingBudgetBytes` of memory.
        public static let malformed = Code(name: "malformed")
        /// The message parses, but its parts contradict each other.
        public static let inconsistent = Code(name: "inconsistent")
        /// The message is of a kind that this version does not know.
        public static let unknownKind = Code(name: "unknownKind")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What, where and what is allowed, in one sentence.
    public let description: String

    /// An error of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        description = sentence
    }
}
