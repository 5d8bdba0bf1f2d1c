/// A description of a cluster or a workflow that cannot be: what, where and what is allowed, in one sentence.
public struct TopologyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that reads as `sentence`.
    public init(_ sentence: String) { description = sentence }
}
