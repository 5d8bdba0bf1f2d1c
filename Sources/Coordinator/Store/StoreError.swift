/// A store that cannot be opened, written or read: what, where and why, in one sentence.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that says `sentence`.
    init(_ sentence: String) { description = sentence }
}
