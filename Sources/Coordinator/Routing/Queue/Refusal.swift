/// Why a request is not served, for an answer with status 503.
public struct Refusal: Hashable, Sendable {
    /// What stands in the way.
    public enum Reason: Hashable, Sendable {
        /// There is no worker in the list.
        case noWorkers
        /// No worker takes requests: each is out of health, draining, or without weight.
        case noneInService
        /// Every worker is full, and the queue is, too.
        case queueFull
        /// It has waited for as long as a request may.
        case waitedTooLong
    }

    /// What stands in the way.
    public let reason: Reason
    /// When to try again, in whole seconds, for the Retry-After header; at least 1.
    public let retryAfterSeconds: Int

    /// A refusal for `reason`; `retryAfterSeconds` is at least 1.
    public init(reason: Reason, retryAfterSeconds: Int) {
        self.reason = reason
        self.retryAfterSeconds = max(retryAfterSeconds, 1)
    }

    /// The reason as a sentence for the answer's body.
    public var sentence: String {
        switch reason {
        case .noWorkers: "there is no worker to send this to"
        case .noneInService: "no worker takes requests at the moment"
        case .queueFull: "every worker is full, and so is the queue"
        case .waitedTooLong: "no worker became free in time"
        }
    }
}
