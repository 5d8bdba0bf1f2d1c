/// The number of a model-specific register (MSR).
public struct RegisterAddress: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The register's number, as in the manuals.
    public let rawValue: UInt32

    /// The register with this number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The register with this number.
    public init(_ number: UInt32) { rawValue = number }

    /// The number in hexadecimal, as the manuals write it.
    public var description: String { "0x" + String(rawValue, radix: 16, uppercase: true) }

    /// In the order of their numbers.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
