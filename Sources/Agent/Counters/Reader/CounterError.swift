/// Why no counter can be read at all: what, where and the remedy, in one sentence.
public struct CounterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
