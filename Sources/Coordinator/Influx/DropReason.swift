/// Why lines were given up; the raw values serve as labels.
public enum DropReason: String, Hashable, Sendable, CaseIterable {
    /// The queue was full, and they were its oldest.
    case queueFull = "queue_full"
    /// The database wrote the rest of their batch and not them: a field of another kind, a time beyond its retention.
    case partialWrite = "partial_write"
    /// The database cannot read them.
    case malformed
    /// A line by itself is more than the database takes.
    case tooLarge = "too_large"
    /// The database refuses them for another reason, and would again.
    case refused
    /// They were still waiting when the coordinator ended.
    case stopped
}

/// Why a batch has to be sent again; the raw values serve as labels.
public enum RetryReason: String, Hashable, Sendable, CaseIterable {
    /// The database could not be reached, or did not answer in time.
    case unreachable
    /// It answered with a status from 500 on.
    case serverError = "server_error"
    /// It asked for patience: status 408 or 429.
    case busy
    /// It does not let the coordinator write: 401 or 403. Whoever mends that loses nothing.
    case access
    /// It has no such database or bucket: 404. Whoever makes it loses nothing.
    case missing
}
