/// How a request that a worker had accepted ended.
public enum RequestOutcome: Hashable, Sendable {
    /// It was answered, and well.
    case succeeded
    /// The function failed and the worker said so: nothing against the worker, and nothing is learnt of packages.
    case functionFailed
    /// The worker failed: no connection, no answer in time, or one that was cut short.
    case workerFailed
    /// The worker said that it is full (429, or 503 with Retry-After), and that it should be left alone so long, in
    /// seconds, if it said so.
    case full(retryAfterSeconds: Double?)
    /// The client went away before there was an answer, which says nothing of the worker.
    case abandoned
}
