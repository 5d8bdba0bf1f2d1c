/// Bits written one after the other, the highest of each byte first.
struct BitWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Bits of the last byte that are not used yet.
    private var free = 0

    /// The bits so far.
    var bitCount: Int { bytes.count * 8 - free }

    /// Appends the lowest `count` bits of `bits`, of at most 64.
    mutating func write(_ bits: UInt64, _ count: Int) {
        var remaining = count
        while remaining > 0 {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            let taken = min(free, remaining)
            let piece = UInt8(truncatingIfNeeded: bits >> UInt64(remaining - taken)) & UInt8(truncatingIfNeeded: (1 << taken) - 1)
            bytes[bytes.count - 1] |= piece << UInt8(free - taken)
            free -= taken
            remaining -= taken
        }
    }
}

/// Bits read one after the other, as `BitWriter` has written them.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Reads `bytes`, which outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next `count` bits, at most 64; nil where there are not so many.
    mutating func read(_ count: Int) -> UInt64? {
        guard position + count <= bytes.count * 8 else { return nil }
        var result: UInt64 = 0
        var remaining = count
        while remaining > 0 {
            let free = 8 - position % 8
            let taken = min(free, remaining)
            let piece = (bytes[position / 8] >> UInt8(free - taken)) & UInt8(truncatingIfNeeded: (1 << taken) - 1)
            result = result << UInt64(taken) | UInt64(piece)
            position += taken
            remaining -= taken
        }
        return result
    }

    /// The next bit; nil at the end.
    mutating func bit() -> Bool? { read(1).map { $0 == 1 } }
}
