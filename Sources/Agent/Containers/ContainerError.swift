/// Why containers cannot be watched or their limits not be kept: what, where and the remedy, in one sentence.
public struct ContainerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
