/// How pods are resized in place.
public struct ResizeSettings: Hashable, Sendable {
    /// Who resizes, as the notes on pods say it; drawn anew for each process.
    public var identity: String
    /// The namespace in which others may have left resized pods behind; nil for all of them.
    public var namespace: String?
    /// For how long a node may take to carry a resize out, in nanoseconds; then it is taken back. Kubelets look at their
    /// pods each second at most, and what waits for room (Deferred) may wait for ever.
    public var patienceNanoseconds: UInt64
    /// How often it is looked whether a node is done, in nanoseconds.
    public var lookNanoseconds: UInt64
    /// After so long, what could not be put back or asked is tried again, in nanoseconds.
    public var retryNanoseconds: UInt64

    /// Settings as described.
    public init(
        identity: String, namespace: String? = nil, patienceNanoseconds: UInt64 = 10_000_000_000, lookNanoseconds: UInt64 = 250_000_000,
        retryNanoseconds: UInt64 = 5_000_000_000
    ) {
        self.identity = identity
        self.namespace = namespace
        self.patienceNanoseconds = patienceNanoseconds
        self.lookNanoseconds = lookNanoseconds
        self.retryNanoseconds = retryNanoseconds
    }
}
