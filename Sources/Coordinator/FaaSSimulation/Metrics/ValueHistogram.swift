/// How often values of each size occurred, in bounded room: each power of two is divided into 128 equal parts, so that
/// a value read back is at most 0.4 % off.
///
/// As HdrHistogram does it (G. Tene), with the exponent and the leading bits of the binary fraction as the bin.
public struct ValueHistogram: Sendable, Hashable {
    private static let partBits = 7
    private static let parts = 1 << partBits
    /// Values from 2^-20 (a microsecond, in seconds) to 2^30. Smaller ones are counted apart and read back as the
    /// smallest of them; larger ones count as the largest.
    private static let exponents = -20..<30

    private var smaller: UInt64 = 0
    private var counts = [UInt64](repeating: 0, count: exponents.count * parts)
    /// How many values there were.
    public private(set) var count: UInt64 = 0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The smallest and the largest, exactly; infinite before the first one.
    public private(set) var minimum = Double.infinity, maximum = -Double.infinity

    /// No values.
    public init() {}

    /// Adds `value`, which is a finite number, 0 or more.
    public mutating func add(_ value: Double) {
        let bin = Self.bin(of: value)
        if bin >= 0 { counts[bin] += 1 } else { smaller += 1 }
        count += 1
        sum += value
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    /// The mean; nil when there are no values.
    public var mean: Double? { count > 0 ? sum / Double(count) : nil }

    /// The value that `share` of the values do not exceed, `share` in 0 ... 1; nil when there are no values.
    public func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = max((share * Double(count)).rounded(.up), 1)
        if rank <= Double(max(smaller, 1)) { return minimum }
        if rank >= Double(count) { return maximum }
        var seen = Double(smaller)
        for (bin, number) in counts.enumerated() where number > 0 {
            seen += Double(number)
            if seen >= rank { return min(max(Self.middle(of: bin), minimum), maximum) }
        }
        return maximum
    }

    /// The share of values up to each of the values that occurred, ascending: the points of the distribution function.
    public var distribution: [(value: Double, share: Double)] {
        var seen = Double(smaller)
        let first = smaller > 0 ? [(value: minimum, share: seen / Double(count))] : []
        return first + counts.enumerated().compactMap { bin, number in
            guard number > 0 else { return nil }
            seen += Double(number)
            return (min(max(Self.middle(of: bin), minimum), maximum), seen / Double(count))
        }
    }

    /// The bin of `value`, -1 for those below all bins.
    private static func bin(of value: Double) -> Int {
        let bits = Int(truncatingIfNeeded: value.bitPattern >> UInt64(Double.significandBitCount - partBits))
        let first = (exponents.lowerBound + 1_023) << partBits
        return min(max(bits - first, -1), exponents.count * parts - 1)
    }

    private static func middle(of bin: Int) -> Double {
        let exponent = bin / parts + exponents.lowerBound
        let fraction = (Double(bin % parts) + 0.5) / Double(parts)
        return Double(sign: .plus, exponent: exponent, significand: 1 + fraction)
    }
}
