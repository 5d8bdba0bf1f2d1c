/// The name of a step, unique among the steps beside it.
public struct StepID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String
    /// Takes any string; where a name comes from outside, `init(validating:)` decides whether it is one.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Takes any string.
    public init(_ name: String) { rawValue = name }
    /// Takes 1 to 63 of a-z, 0-9 and "-", so that it can stand in paths, keys and addresses as it is.
    public init?(validating name: String) {
        let isValid = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard isValid, (1...63).contains(name.utf8.count) else { return nil }
        rawValue = name
    }
    /// The name itself.
    public var description: String { rawValue }
    /// In the order of their characters.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
