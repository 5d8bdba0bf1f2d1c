/// An amount of CPU and memory, exact: thousandths of a core and mebibytes.
///
/// Whole numbers, so that what a ledger adds and takes away always comes out even.
public struct Resources: Sendable, Hashable {
    /// Thousandths of a core.
    public var millicores: Int
    /// Mebibytes, 2^20 bytes each.
    public var mebibytes: Int

    /// Nothing of either.
    public static let zero = Self(millicores: 0, mebibytes: 0)

    /// The amount of `millicores` thousandths of a core and `mebibytes` mebibytes.
    @inlinable
    public init(millicores: Int, mebibytes: Int) {
        self.millicores = millicores
        self.mebibytes = mebibytes
    }

    /// The sum, resource by resource.
    @inlinable
    public static func + (left: Self, right: Self) -> Self {
        Self(millicores: left.millicores + right.millicores, mebibytes: left.mebibytes + right.mebibytes)
    }

    /// The difference, resource by resource; negative where `right` has more.
    @inlinable
    public static func - (left: Self, right: Self) -> Self {
        Self(millicores: left.millicores - right.millicores, mebibytes: left.mebibytes - right.mebibytes)
    }

    /// Adds `right`, resource by resource.
    @inlinable
    public static func += (left: inout Self, right: Self) { left = left + right }

    /// Takes `right` away, resource by resource.
    @inlinable
    public static func -= (left: inout Self, right: Self) { left = left - right }

    /// Whether both resources of this amount are there in `other`.
    @inlinable
    public func fits(in other: Self) -> Bool {
        millicores <= other.millicores && mebibytes <= other.mebibytes
    }

    /// The lesser of each resource.
    @inlinable
    public func lesser(_ other: Self) -> Self {
        Self(millicores: min(millicores, other.millicores), mebibytes: min(mebibytes, other.mebibytes))
    }

    /// The greater of each resource.
    @inlinable
    public func greater(_ other: Self) -> Self {
        Self(millicores: max(millicores, other.millicores), mebibytes: max(mebibytes, other.mebibytes))
    }
}
