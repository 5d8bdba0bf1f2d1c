/// A request that brought no whole answer: what, where and why, in one sentence without credentials.
///
/// An answer with a status such as 404 or 500 is an answer, not an error.
public struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, free of anything known only at run time.
        public let description: String
        /// No connection could be made: no such host, nobody listens, no way there.
        public static let unreachable = Code(description: "unreachable")
        /// TLS failed: a certificate that is not believed, or no agreement.
        public static let tls = Code(description: "tls")
        /// A limit of `HTTPRequest.Timeouts` ran out.
        public static let timeout = Code(description: "timeout")
        /// The connection broke, or what came over it was no HTTP.
        public static let interrupted = Code(description: "interrupted")
        /// The answer is larger than allowed.
        public static let tooLarge = Code(description: "tooLarge")
        /// The task that waited was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// The transport has ended, or ended while the request was under way.
        public static let closed = Code(description: "closed")
        /// As many requests are under way as the transport takes at once.
        public static let overloaded = Code(description: "overloaded")
        /// The request cannot be sent as it is.
        public static let invalidRequest = Code(description: "invalidRequest")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence.
    public let description: String
    /// Whether any of the request went out, so that the peer may have carried it out.
    public let mayHaveBeenSent: Bool

    /// An error of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String, mayHaveBeenSent: Bool = false) {
        self.code = code
        description = sentence
        self.mayHaveBeenSent = mayHaveBeenSent
    }
}
