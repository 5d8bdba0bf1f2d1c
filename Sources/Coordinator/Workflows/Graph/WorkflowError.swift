/// What is wrong with a workflow, or why one of its runs cannot be had: what, where and what is allowed, in one
/// sentence.
public struct WorkflowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private let name: String
        /// The workflow's description cannot be.
        public static let invalid = Code(name: "invalid")
        /// A workflow, function or run of that name is not known.
        public static let unknownSubject = Code(name: "unknownSubject")
        /// There is no room for more; what there is goes on.
        public static let full = Code(name: "full")
        /// What was asked for did not take place, or not yet.
        public static let refused = Code(name: "refused")
        /// Something outside could not be reached.
        public static let unreachable = Code(name: "unreachable")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence.
    public let description: String

    /// An error of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        description = sentence
    }
}
