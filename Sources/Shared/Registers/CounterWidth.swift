/// How many bits of a counter register count before it wraps to zero.
public struct CounterWidth: Hashable, Sendable {
    /// Number of bits, 1 to 64.
    public let bits: Int

    /// A width of `bits`; nil when that is not 1 to 64.
    public init?(bits: Int) {
        guard (1...64).contains(bits) else { return nil }
        self.bits = bits
    }

    private init(known bits: Int) { self.bits = bits }

    /// 32 bits: energy counters, client memory controllers.
    public static let bits32 = CounterWidth(known: 32)
    /// 48 bits: core and memory-controller counters of Xeon processors (CPUID leaf 0AH reports it).
    public static let bits48 = CounterWidth(known: 48)
    /// 64 bits: time-stamp counter and residencies.
    public static let bits64 = CounterWidth(known: 64)

    /// Ones in the bits that count.
    public var mask: UInt64 { bits == 64 ? .max : (1 << UInt64(bits)) - 1 }

    /// How far the counter went from `old` to `new`: (new - old) modulo 2^bits, right for at most one wrap.
    public func delta(from old: UInt64, to new: UInt64) -> UInt64 { (new &- old) & mask }

    /// Whether a step from `old` to `new` is a counter set back rather than one that wrapped: it went down, and as a
    /// wrap it would have covered more than half of the range.
    public func isReset(from old: UInt64, to new: UInt64) -> Bool {
        new & mask < old & mask && delta(from: old, to: new) > mask >> 1
    }
}
