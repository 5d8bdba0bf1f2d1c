/// An invocation that has arrived and waits for its allocation.
public struct InvocationRequest: Sendable, Hashable {
    /// The function that is called.
    public var function: FunctionIndex
    /// What the function's user has defined for it.
    public var user: Resources
    /// Place in the order of arrivals, counted from 0; it grows with each request, those of the same instant too.
    public var sequence: Int
    /// Seconds from the start of the run to the arrival.
    public var arrivalSeconds: Double

    /// A request for `function`, the `sequence`-th, at `arrivalSeconds`.
    @inlinable
    public init(function: FunctionIndex, user: Resources, sequence: Int, arrivalSeconds: Double) {
        self.function = function
        self.user = user
        self.sequence = sequence
        self.arrivalSeconds = arrivalSeconds
    }
}

/// What a manager sees of the whole cluster when it decides.
public struct ClusterLoad: Sendable, Hashable {
    /// Invocations that have arrived and are not finished, the waiting ones included.
    public var unfinishedRequests: Int
    /// What no invocation holds, summed over all servers.
    public var free: Resources
    /// What `free` is a part of, where that changes; nil where the managers have been told for good.
    public var capacity: Resources?

    /// A cluster with `unfinishedRequests` and `free` resources, perhaps of `capacity`.
    @inlinable
    public init(unfinishedRequests: Int, free: Resources, capacity: Resources? = nil) {
        self.unfinishedRequests = unfinishedRequests
        self.free = free
        self.capacity = capacity
    }
}
