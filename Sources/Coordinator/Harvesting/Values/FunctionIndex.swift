/// A function by its place in a table of functions, counted from 0.
///
/// Names stand in a table outside, so that nothing here compares texts.
public struct FunctionIndex: Sendable, Hashable, Comparable {
    /// The place in the table.
    public let rawValue: Int32

    /// The function at `place`, which must be 0 to 2^31 - 1.
    @inlinable
    public init(_ place: Int) {
        precondition(place >= 0, "functions are counted from 0")
        rawValue = Int32(place)
    }

    /// The place in the table, as an array's index.
    @inlinable
    public var place: Int { Int(rawValue) }

    /// Earlier in the table compares as less.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
