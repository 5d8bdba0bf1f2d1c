public import Measures

/// An invocation with what the registry says of its function.
public struct RoutedRequest: Hashable, Sendable {
    /// What came in.
    public let invocation: Invocation
    /// The function's packages, the largest first; nil when the registry does not know the function.
    public let packages: [PackageID]?

    /// `invocation`, whose function needs `packages`.
    public init(_ invocation: Invocation, packages: [PackageID]?) {
        self.invocation = invocation
        self.packages = packages
    }
}

/// A request that a worker has.
public struct SentRequest: Hashable, Sendable {
    /// Stands for it until it ends.
    public let token: RequestToken
    /// What was sent.
    public let request: RoutedRequest
    /// Who has it.
    public let worker: WorkerID
    /// When it was sent.
    public let sentAt: MonotonicInstant
    /// Of its packages, those that nothing sent there before needed.
    public let absent: [PackageID]
    /// Of its packages, those that earlier requests, not yet ended, needed there, too.
    public let promised: [PackageID]
}
