public import Topology

/// What has happened to a container's limits.
public struct HarvestEvent: Sendable, Hashable {
    /// When, in seconds on the caller's time line.
    public let at: Double
    /// The container's id.
    public let containerID: String
    /// The function that it is a replica of.
    public let function: FunctionName
    /// The limits before and afterwards.
    public let before, after: Resources
    /// Why, in words.
    public let reason: String
}

/// A loan, or a part of one, that has gone back on a node.
public struct HarvestReturn: Sendable, Hashable {
    /// When, in seconds on the caller's time line.
    public let at: Double
    /// Which resource; `amount` is in millicores or mebibytes.
    public let resource: ResourceKind
    /// Millicores or mebibytes.
    public let amount: Int
    /// The functions whose containers lent and borrowed.
    public let lender, borrower: FunctionName
    /// How long it was lent, in seconds.
    public let lentSeconds: Double
    /// Why it went back.
    public let reason: ReturnReason
    /// How much of it another lender has replaced at once.
    public let replaced: Int
}
