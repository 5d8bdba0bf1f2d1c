/// When a request that a worker did not answer is sent to another one.
///
/// It never is once a byte of an answer has come, or when its body was not held. Otherwise it is sent again when the
/// worker cannot have begun it: no connection could be made, or the worker said that it is full (429, or 503 with
/// Retry-After).
public struct RetryRule: Hashable, Sendable {
    /// How many workers a request is sent to at most because of failures, the first included; 1 for no retries.
    public var attempts: Int
    /// Whether a request of an idempotent method (RFC 9110, section 9.2.2) is sent again when a connection that was
    /// kept alive closes before a byte of the answer: the worker may have closed it before the request came, and may
    /// not (RFC 9112, section 9.3.1).
    public var resendsIdempotent: Bool

    /// A rule as described; `attempts` is at least 1.
    public init(attempts: Int = 3, resendsIdempotent: Bool = true) {
        self.attempts = attempts
        self.resendsIdempotent = resendsIdempotent
    }
}
