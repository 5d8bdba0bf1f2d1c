/// Why an uplink ended for good, in one sentence.
public struct UplinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
