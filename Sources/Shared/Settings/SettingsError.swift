/// A configuration that cannot be used: which key, which value, and what is allowed, in one sentence.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that reads as `sentence`.
    public init(_ sentence: String) { description = sentence }
}
