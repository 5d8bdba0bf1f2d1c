/// A package by its number in one `PackageRegistry`; the number stays the package's own when the registry is read
/// again.
public struct PackageID: Hashable, Comparable, Sendable {
    /// The number, counted from 0.
    public let rawValue: Int

    /// Package `number`.
    public init(_ number: Int) { rawValue = number }

    /// In the order in which the registry first heard of them.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
