/// The points of one series in one block of one tier, as bytes: a format's number, how many points there are, and their
/// columns bit by bit. A point that follows the one before it, of as many values, costs two bits and its numbers.
struct Chunk: Sendable {
    /// A point by its place in the block.
    struct Element: Hashable, Sendable {
        var slot: Int
        var mean, min, max: Double
        var count: UInt32
    }

    /// The format that is written.
    private static let format: UInt8 = 1
    private static let headBytes = 3
    /// Bits of a gap between two points' places.
    private static let gapBits = 12
    /// Places that a block has at most.
    static let slots = 1 << gapBits

    /// How many points there are.
    private(set) var count = 0
    /// The place of the last one; -1 before the first.
    private(set) var lastSlot = -1
    /// Whether the numbers are kept to the last bit; otherwise to one part in a million.
    let isExact: Bool
    private var bits = BitWriter()
    private var columns = (mean: ValueCode(), min: ValueCode(), max: ValueCode(), count: CountCode())

    /// No points yet.
    init(isExact: Bool) { self.isExact = isExact }

    /// The chunk of `elements`, in any order; those of the same place are merged.
    init(_ elements: [Element], isExact: Bool) {
        self.init(isExact: isExact)
        for element in elements.sorted(by: { $0.slot < $1.slot }) { add(element) }
    }

    /// The chunk as it is stored.
    var bytes: [UInt8] {
        [Self.format, UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)] + bits.bytes
    }

    /// The bytes that it takes.
    var byteCount: Int { Self.headBytes + bits.bytes.count }

    /// Adds a point of a place of at least 0 and less than `slots`. One that comes after the last costs nothing but its bits; for
    /// any other the chunk is written anew, and what was at its place and what comes become one.
    mutating func add(_ element: Element) {
        if element.slot > lastSlot { return append(isExact ? element : element.rounded) }
        var elements = self.elements
        if let index = elements.firstIndex(where: { $0.slot >= element.slot }), elements[index].slot == element.slot {
            elements[index].merge(element)
        } else {
            elements.append(element)
        }
        self = Chunk(elements, isExact: isExact)
    }

    private mutating func append(_ element: Element) {
        let gap = element.slot - lastSlot - 1
        bits.write(gap == 0 ? 0 : 1, 1)
        if gap > 0 { bits.write(UInt64(gap), Self.gapBits) }
        columns.count.write(element.count, to: &bits)
        columns.mean.write(element.mean, companion: nil, to: &bits)
        columns.min.write(element.min, companion: element.mean, to: &bits)
        columns.max.write(element.max, companion: element.mean, to: &bits)
        lastSlot = element.slot
        count += 1
    }

    /// The points, by place.
    var elements: [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        // What has just been written can be read.
        _ = Self.read(bytes) { elements.append($0) }
        return elements
    }

    /// Hands each point in `bytes` to `body`, by place. False, after as many as can be read, where the bytes are no chunk.
    static func read(_ bytes: some Sequence<UInt8>, _ body: (Element) -> Void) -> Bool {
        let whole = bytes.withContiguousStorageIfAvailable { read(UnsafeRawBufferPointer($0), body) }
        return whole ?? Array(bytes).withUnsafeBytes { read($0, body) }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer, _ body: (Element) -> Void) -> Bool {
        guard bytes.count >= headBytes, bytes[0] == format else { return false }
        var bits = BitReader(UnsafeRawBufferPointer(rebasing: bytes[headBytes...]))
        var columns = (mean: ValueCode(), min: ValueCode(), max: ValueCode(), count: CountCode())
        var slot = -1
        for _ in 0..<(Int(bytes[1]) | Int(bytes[2]) << 8) {
            guard let isGap = bits.bit(), let gap = isGap ? bits.read(gapBits) : 0 else { return false }
            slot += Int(gap) + 1
            guard let count = columns.count.read(from: &bits), count > 0,
                let mean = columns.mean.read(companion: nil, from: &bits),
                let min = columns.min.read(companion: mean, from: &bits),
                let max = columns.max.read(companion: mean, from: &bits)
            else { return false }
            body(Element(slot: slot, mean: mean, min: min, max: max, count: count))
        }
        return true
    }
}

extension Chunk.Element {
    /// The element as it is kept where nothing needs to be exact.
    var rounded: Self {
        var rounded = self
        rounded.mean = ValueCode.rounded(mean)
        rounded.min = ValueCode.rounded(min)
        rounded.max = ValueCode.rounded(max)
        return rounded
    }

    /// Takes the values behind `other` as well.
    mutating func merge(_ other: Self) {
        var point = HistoryPoint(startUnixSeconds: 0, mean: mean, min: min, max: max, count: count)
        point.merge(HistoryPoint(startUnixSeconds: 0, mean: other.mean, min: other.min, max: other.max, count: other.count))
        (mean, min, max, count) = (point.mean, point.min, point.max, point.count)
    }
}

/// How many values each point had, as bits: nearly always as many as the one before, or nearly as many.
struct CountCode: Sendable {
    private var previous: UInt32 = 0
    private static let small: ClosedRange<Int64> = -8...7

    mutating func write(_ count: UInt32, to bits: inout BitWriter) {
        let difference = Int64(count) - Int64(previous)
        previous = count
        if difference == 0 {
            bits.write(0, 1)
        } else if Self.small.contains(difference) {
            bits.write(0b10, 2)
            bits.write(UInt64(difference - Self.small.lowerBound), 4)
        } else {
            bits.write(0b11, 2)
            bits.write(UInt64(count), 32)
        }
    }

    mutating func read(from bits: inout BitReader) -> UInt32? {
        guard let differs = bits.bit() else { return nil }
        guard differs else { return previous }
        guard let isLarge = bits.bit() else { return nil }
        if isLarge {
            guard let count = bits.read(32) else { return nil }
            previous = UInt32(count)
        } else {
            guard let offset = bits.read(4) else { return nil }
            let count = Int64(previous) + Int64(offset) + Self.small.lowerBound
            guard let count = UInt32(exactly: count) else { return nil }
            previous = count
        }
        return previous
    }
}
