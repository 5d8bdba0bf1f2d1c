public import HTTPClient

/// What the API server refused, or why it was not reached: what, where and why, in one sentence without credentials.
public struct KubernetesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, free of anything known only at run time.
        public let description: String
        /// The configuration or a credential cannot be had: a file, a context, a program that fails.
        public static let configuration = Code(description: "configuration")
        /// No connection could be made.
        public static let unreachable = Code(description: "unreachable")
        /// TLS failed: one side does not believe the other.
        public static let tls = Code(description: "tls")
        /// No answer in time, from the server or from what stands behind it (504).
        public static let timeout = Code(description: "timeout")
        /// The connection broke.
        public static let interrupted = Code(description: "interrupted")
        /// The task that waited was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// The HTTP client has ended.
        public static let closed = Code(description: "closed")
        /// The client was not allowed to send it.
        public static let withheld = Code(description: "withheld")
        /// The answer is not what it must be, or too large.
        public static let invalidAnswer = Code(description: "invalidAnswer")
        /// The request is not as it must be (400, 405, 406, 415).
        public static let badRequest = Code(description: "badRequest")
        /// The server does not know who asks (401).
        public static let unauthorized = Code(description: "unauthorized")
        /// Who asks may not do this (403).
        public static let forbidden = Code(description: "forbidden")
        /// There is no such object, or no such kind of objects (404).
        public static let notFound = Code(description: "notFound")
        /// There is an object of this name already (409, reason AlreadyExists).
        public static let alreadyExists = Code(description: "alreadyExists")
        /// Somebody else has changed the object, or owns the field (409).
        public static let conflict = Code(description: "conflict")
        /// The version or the page asked for is gone (410).
        public static let expired = Code(description: "expired")
        /// The object is not as it must be (422); `causes` names the fields.
        public static let invalid = Code(description: "invalid")
        /// The server has too much to do (429); nothing was done.
        public static let tooManyRequests = Code(description: "tooManyRequests")
        /// A PodDisruptionBudget does not allow the eviction now (429, cause DisruptionBudget).
        public static let disruptionBudget = Code(description: "disruptionBudget")
        /// The server, or the service behind it, is not ready (503).
        public static let unavailable = Code(description: "unavailable")
        /// The server failed (500 and what else has no name here).
        public static let serverFailed = Code(description: "serverFailed")
    }

    /// One of the reasons in detail.
    public struct Cause: Hashable, Sendable, Decodable {
        /// A word, such as "FieldValueInvalid" or "DisruptionBudget".
        public let reason: String?
        /// A sentence.
        public let message: String?
        /// The field in question, as a path.
        public let field: String?
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence.
    public let description: String
    /// The HTTP status, where there was an answer.
    public let status: Int?
    /// The server's word for why, where it gave one.
    public let reason: String?
    /// The server's sentence, where it gave one.
    public let message: String?
    /// The server's reasons in detail.
    public let causes: [Cause]
    /// How long the server wants to be left alone, in seconds, where it said so.
    public let retryAfterSeconds: Int?
    /// Whether the server may have carried the request out all the same.
    public let mayHaveBeenDone: Bool

    /// An error of kind `code` that reads as `sentence`.
    public init(
        _ code: Code, _ sentence: String, status: Int? = nil, reason: String? = nil, message: String? = nil,
        causes: [Cause] = [], retryAfterSeconds: Int? = nil, mayHaveBeenDone: Bool = false
    ) {
        self.code = code
        description = sentence
        self.status = status
        self.reason = reason
        self.message = message
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
        self.mayHaveBeenDone = mayHaveBeenDone
    }

    /// The same error with `words` at the end of its sentence.
    func adding(_ words: String) -> KubernetesError {
        KubernetesError(
            code, description + words, status: status, reason: reason, message: message, causes: causes,
            retryAfterSeconds: retryAfterSeconds, mayHaveBeenDone: mayHaveBeenDone)
    }

    /// The failure of the connection, as the API client calls it.
    public init(_ error: HTTPError) {
        let code: Code =
            switch error.code {
            case .unreachable: .unreachable
            case .tls: .tls
            case .timeout: .timeout
            case .cancelled: .cancelled
            case .closed, .overloaded: .closed
            case .tooLarge: .invalidAnswer
            case .invalidRequest: .badRequest
            default: .interrupted
            }
        self.init(code, error.description, mayHaveBeenDone: error.mayHaveBeenSent)
    }
}
