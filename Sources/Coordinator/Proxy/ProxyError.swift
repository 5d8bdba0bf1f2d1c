/// A setting that cannot be, or a socket that cannot be had: what, where and what is allowed, in one sentence.
public struct ProxyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that reads as `sentence`.
    public init(_ sentence: String) { description = sentence }
}
