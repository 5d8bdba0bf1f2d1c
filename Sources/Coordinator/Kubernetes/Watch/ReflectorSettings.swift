/// How a copy of a list is kept true.
public struct ReflectorSettings: Hashable, Sendable {
    /// How long a watch lasts, in seconds, before it is begun anew from where it was; up to half as much is added at
    /// random. The server sends a bookmark shortly before the end, and one that has fallen silent is found out at the
    /// end.
    public var watchSeconds: Int
    /// How long after its end a watch is still waited for, in seconds, before it counts as dead.
    public var graceSeconds: Int
    /// The wait after a first failure, in milliseconds; each further one is twice as long. client-go's is 800 ms.
    public var firstWaitMilliseconds: UInt64
    /// The longest wait, in milliseconds. client-go's is 30 s.
    public var longestWaitMilliseconds: UInt64
    /// Objects asked for at once when listing.
    public var pageSize: Int

    /// Doublings after which a wait is as long as it gets, with any settings that make sense.
    static let attemptsToLongestWait = 30

    /// Settings as described.
    public init(
        watchSeconds: Int = 120, graceSeconds: Int = 10, firstWaitMilliseconds: UInt64 = 500,
        longestWaitMilliseconds: UInt64 = 30_000, pageSize: Int = 500
    ) {
        self.watchSeconds = max(watchSeconds, 1)
        self.graceSeconds = max(graceSeconds, 0)
        self.firstWaitMilliseconds = firstWaitMilliseconds
        self.longestWaitMilliseconds = longestWaitMilliseconds
        self.pageSize = pageSize
    }
}

/// What has changed in a copy.
public struct ReflectorChange<Object: KubernetesObject>: Sendable {
    /// Objects that are new or have another state.
    public let present: [Object]
    /// Objects that are gone, in their last state known.
    public let gone: [Object]
    /// Whether the copy was compared with a whole new list: the first of these says that the copy is complete.
    public let isRelisted: Bool

    init(present: [Object], gone: [Object], isRelisted: Bool = false) {
        self.present = present
        self.gone = gone
        self.isRelisted = isRelisted
    }
}
