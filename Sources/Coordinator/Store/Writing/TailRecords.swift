/// Points of many series in one open block, as they were when they came: what a coordinator that was killed finds again.
/// They are kept until the block's chunks are written.
struct TailRecords: Sendable {
    /// One of them.
    enum Record: Hashable, Sendable {
        /// A point that was added to the block.
        case point(Chunk.Element)
        /// The next tier has everything that was added until here.
        case finished
    }

    private(set) var bytes: [UInt8] = []

    /// How the numbers of a record stand there.
    private enum Form {
        /// Least and greatest value are the mean.
        static let single: UInt8 = 1
        /// The lower halves of the numbers are nothing and left out.
        static let half: UInt8 = 2
        /// There are no numbers, but that everything is in the next tier.
        static let finished: UInt8 = 4
    }

    mutating func add(_ record: Record, of number: SeriesNumber) {
        guard case .point(let element) = record else {
            bytes.append(Form.finished)
            return append(UInt32(bitPattern: number.rawValue))
        }
        let patterns = [element.mean, element.min, element.max].map(\.bitPattern)
        let isSingle = patterns[0] == patterns[1] && patterns[0] == patterns[2]
        let isHalf = patterns.allSatisfy { UInt32(truncatingIfNeeded: $0) == 0 }
        bytes.append((isSingle ? Form.single : 0) | (isHalf ? Form.half : 0))
        append(UInt32(bitPattern: number.rawValue))
        append(UInt16(element.slot))
        append(element.count)
        for pattern in patterns.prefix(isSingle ? 1 : 3) {
            if isHalf { append(UInt32(pattern >> 32)) } else { append(pattern) }
        }
    }

    private mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Hands each record in `bytes` to `body`. False, after as many as can be read, where the bytes are no records.
    static func read(_ bytes: [UInt8], _ body: (SeriesNumber, Record) -> Void) -> Bool {
        var rest = Rest(bytes: bytes[...])
        while !rest.bytes.isEmpty {
            guard let (number, record) = rest.record() else { return false }
            body(number, record)
        }
        return true
    }

    private struct Rest {
        var bytes: ArraySlice<UInt8>

        mutating func record() -> (SeriesNumber, Record)? {
            guard let form = next(UInt8.self), form <= Form.finished, let number = next(UInt32.self),
                number < UInt32(ChunkKey.mostSeries)
            else { return nil }
            let series = SeriesNumber(rawValue: Int32(number))
            guard form != Form.finished else { return (series, .finished) }
            guard let slot = next(UInt16.self), slot < Chunk.slots, let count = next(UInt32.self), count > 0,
                let mean = value(form)
            else { return nil }
            var element = Chunk.Element(slot: Int(slot), mean: mean, min: mean, max: mean, count: count)
            if form & Form.single == 0 {
                guard let min = value(form), let max = value(form) else { return nil }
                (element.min, element.max) = (min, max)
            }
            return (series, .point(element))
        }

        private mutating func value(_ form: UInt8) -> Double? {
            guard form & Form.half == 0 else { return next(UInt32.self).map { Double(bitPattern: UInt64($0) << 32) } }
            return next(UInt64.self).map { Double(bitPattern: $0) }
        }

        private mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            let size = MemoryLayout<Number>.size
            guard bytes.count >= size else { return nil }
            var number: Number = 0
            withUnsafeMutableBytes(of: &number) { $0.copyBytes(from: bytes.prefix(size)) }
            bytes.removeFirst(size)
            return Number(littleEndian: number)
        }
    }
}
