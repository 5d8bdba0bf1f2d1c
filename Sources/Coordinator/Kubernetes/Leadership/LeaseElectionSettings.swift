/// How a leader is elected on a Lease.
public struct LeaseElectionSettings: Hashable, Sendable {
    /// The Lease's namespace.
    public var namespace: String
    /// The Lease's name: candidates for one office name the same.
    public var name: String
    /// This candidate's name, unlike any other's, those that ran before on this machine included.
    public var identity: String
    /// How long a lease is believed that is not renewed, in seconds. client-go's usual value is 15.
    public var leaseSeconds: Int
    /// How long after its last renewal was sent a leader goes on acting, in milliseconds; below the lease's time, so
    /// that a leader has stopped before another begins. client-go's usual value is 10 s.
    public var renewDeadlineMilliseconds: Int
    /// The wait between two renewals, in milliseconds. client-go's usual value is 2 s. Who stands by looks at the lease
    /// four times as often.
    public var retryMilliseconds: Int

    /// Settings as described. Throws `KubernetesError` when the times do not leave a leader room to renew and to stop.
    public init(
        namespace: String, name: String, identity: String, leaseSeconds: Int = 15,
        renewDeadlineMilliseconds: Int = 10_000, retryMilliseconds: Int = 2_000
    ) throws(KubernetesError) {
        guard !identity.isEmpty else {
            throw KubernetesError(.configuration, "a candidate for lease \(namespace)/\(name) needs an identity")
        }
        guard retryMilliseconds >= 1, renewDeadlineMilliseconds > retryMilliseconds, leaseSeconds <= 3_600,
            leaseSeconds * 1_000 > renewDeadlineMilliseconds
        else {
            throw KubernetesError(
                .configuration,
                "lease \(namespace)/\(name) of \(leaseSeconds) s, renewed every \(retryMilliseconds) ms, given up "
                    + "after \(renewDeadlineMilliseconds) ms: allowed is a wait below the deadline, the deadline "
                    + "below the lease, and the lease at most 3600 s")
        }
        self.namespace = namespace
        self.name = name
        self.identity = identity
        self.leaseSeconds = leaseSeconds
        self.renewDeadlineMilliseconds = renewDeadlineMilliseconds
        self.retryMilliseconds = retryMilliseconds
    }

    /// The lease as logs name it.
    var subject: String { "\(namespace)/\(name)" }

    /// How long one request may take: half of what is left of the deadline after the wait before it, so that a second
    /// one can make up for the first.
    var requestNanoseconds: UInt64 { (renewDeadlineNanoseconds - retryNanoseconds) / 2 }
    /// The wait between two looks at another's lease. A lease is believed for its whole time from the look that saw it
    /// change, so what passes until that look comes on top of it for whoever takes over.
    var lookNanoseconds: UInt64 { retryNanoseconds / Self.looksPerRetry }
    private static let looksPerRetry: UInt64 = 4
    /// How many requests a candidate makes at most, as long as they are answered.
    public var requestsPerSecond: Double { 1e9 / Double(lookNanoseconds) }
    var renewDeadlineNanoseconds: UInt64 { UInt64(renewDeadlineMilliseconds) * 1_000_000 }
    var retryNanoseconds: UInt64 { UInt64(retryMilliseconds) * 1_000_000 }
}
