public import Harvesting

/// Everything that is known of a call that has ended.
public struct InvocationRecord: Sendable, Hashable {
    /// What its manager is told.
    public var finished: FinishedInvocation
    /// What it could have used; managers are never told.
    public var demand: InvocationDemand
    /// What its manager wanted it to have.
    public var wanted: Resources
    /// The server it ran on.
    public var server: Int
    /// Seconds of its cold start; 0 where it found a warm instance.
    public var coldStartSeconds: Double
    /// Whether it took a cold start.
    public var wasCold: Bool
    /// Whether what it lent was taken back while it ran.
    public var wasReclaimed: Bool
    /// Whether it lost borrowed resources while it ran.
    public var wasShrunk: Bool
    /// Whether it came to have more than its user's amount while it ran.
    public var wasAcceleratedInFlight: Bool

    /// Whether it was given less than its user's amount of a resource at its start.
    public var isHarvested: Bool { !finished.user.fits(in: finished.allocated) }
    /// Whether it was given more than its user's amount of a resource, at its start or in flight.
    public var isAccelerated: Bool { wasAcceleratedInFlight || !finished.allocated.fits(in: finished.user) }
}

/// Takes the records of calls as they end.
public protocol InvocationSink {
    /// Takes in the next one; calls come in the order of their ends.
    mutating func record(_ record: borrowing InvocationRecord)
}
