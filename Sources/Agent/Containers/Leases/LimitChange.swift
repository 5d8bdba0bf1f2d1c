/// One limit that a lease changes: the file, what it held before, and what it holds while the lease lasts, byte for
/// byte as the kernel writes them.
struct LimitChange: Hashable, Sendable {
    let path: String
    let previous: String
    let granted: String
}

/// What became of giving one limit back.
enum Restoration: Hashable, Sendable {
    /// The previous value is in force.
    case restored
    /// The group is gone, and its limits with it.
    case gone
    /// Somebody else has set the limit meanwhile, to this text.
    case foreign(String)
    /// It cannot be read or written now, for this reason.
    case failed(String)
}
