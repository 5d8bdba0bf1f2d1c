/// A worker, a registry or a request that cannot be: what, where and what is allowed, in one sentence.
public struct RoutingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that reads as `sentence`.
    public init(_ sentence: String) { description = sentence }
}
