/// One column of numbers as bits, each as what differs from the number before (Pelkonen et al., "Gorilla: a fast, scalable,
/// in-memory time series database", VLDB 2015, section 4.1.2). A number that equals a companion, as a point's least value
/// equals its mean when there was but one, costs two bits.
struct ValueCode: Sendable {
    private var previous: UInt64 = 0
    private var leading = 64
    private var trailing = 0
    /// Bits that a new window's description takes.
    private static let windowBits = 12

    /// Rounds `value` to 20 significant binary digits after the leading one: one part in a million, so that what remains
    /// can be written with half of the bits.
    static func rounded(_ value: Double) -> Double {
        let dropped: UInt64 = 32
        let rounded = Double(bitPattern: (value.bitPattern &+ (1 << (dropped - 1))) & ~((1 << dropped) - 1))
        return rounded.isFinite ? rounded : value
    }

    mutating func write(_ value: Double, companion: Double?, to bits: inout BitWriter) {
        let pattern = value.bitPattern
        let difference = pattern ^ previous
        previous = pattern
        if difference == 0 { return bits.write(0, 1) }
        if let companion {
            if pattern == companion.bitPattern { return bits.write(0b10, 2) }
            bits.write(0b11, 2)
        } else {
            bits.write(1, 1)
        }
        let (zerosBefore, zerosAfter) = (difference.leadingZeroBitCount, difference.trailingZeroBitCount)
        let needed = 64 - zerosBefore - zerosAfter
        let isInside = zerosBefore >= leading && zerosAfter >= trailing
        if isInside, 64 - leading - trailing <= needed + Self.windowBits {
            bits.write(0, 1)
            bits.write(difference >> UInt64(trailing), 64 - leading - trailing)
        } else {
            (leading, trailing) = (zerosBefore, zerosAfter)
            bits.write(1, 1)
            bits.write(UInt64(zerosBefore), 6)
            bits.write(UInt64(needed - 1), 6)
            bits.write(difference >> UInt64(zerosAfter), needed)
        }
    }

    /// The next number; nil where the bits end or make no sense.
    mutating func read(companion: Double?, from bits: inout BitReader) -> Double? {
        guard let differs = bits.bit() else { return nil }
        guard differs else { return Double(bitPattern: previous) }
        if let companion {
            guard let isOther = bits.bit() else { return nil }
            guard isOther else {
                previous = companion.bitPattern
                return companion
            }
        }
        guard let isNewWindow = bits.bit() else { return nil }
        if isNewWindow {
            guard let zeros = bits.read(6), let length = bits.read(6), zeros + length + 1 <= 64 else { return nil }
            leading = Int(zeros)
            trailing = 64 - leading - Int(length) - 1
        }
        guard leading + trailing < 64, let difference = bits.read(64 - leading - trailing) else { return nil }
        previous ^= difference << UInt64(trailing)
        return Double(bitPattern: previous)
    }
}
