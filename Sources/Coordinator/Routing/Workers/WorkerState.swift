public import Measures

/// Whether a worker takes requests, with what is known in that state alone.
public enum WorkerState: Hashable, Sendable {
    /// It takes requests.
    case active(RecentFailures)
    /// It is back from an ejection and takes one request at a time until one of them succeeds; `ejections` have
    /// followed each other without a success between them.
    case probation(ejections: Int)
    /// It failed and takes nothing before `until`.
    case ejected(until: MonotonicInstant, ejections: Int)
    /// It is to go: what it has it finishes, and it takes nothing more.
    case draining(since: MonotonicInstant)
    /// It is gone from the list; it is remembered while requests are still with it.
    case removed(since: MonotonicInstant)
}

/// The failures of an active worker that follow each other without a success between them.
public struct RecentFailures: Hashable, Sendable {
    /// How many.
    public var count: Int
    /// When the first of them was seen; nil when there is none.
    public var first: MonotonicInstant?

    /// No failures.
    public static let none = RecentFailures(count: 0, first: nil)
}
