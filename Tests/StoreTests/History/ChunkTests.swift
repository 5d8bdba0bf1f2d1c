import Measures
@testable import Store
import Testing

@Suite("Chunks of the history")
struct ChunkTests {
    private static func element(
        _ slot: Int, _ mean: Double, _ min: Double? = nil, _ max: Double? = nil, count: UInt32 = 1
    ) -> Chunk.Element {
        Chunk.Element(slot: slot, mean: mean, min: min ?? mean, max: max ?? mean, count: count)
    }

    private static func read(_ bytes: [UInt8]) -> [Chunk.Element]? {
        var elements: [Chunk.Element] = []
        return Chunk.read(bytes) { elements.append($0) } ? elements : nil
    }

    @Test(arguments: [
        [], [element(0, 0)], [element(239, -1.5)], [element(0, 1), element(1, 1), element(2, 1)],
        [element(0, 1.25, 0, 3, count: 100), element(1, 1.5, 0.25, 3, count: 99), element(7, 8, 8, 8, count: 1_000_000)],
        [element(3, 0, -0.0, 0), element(4_000, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, count: .max)],
        [element(0, 5, count: 10), element(1, 5, count: 18), element(2, 5, count: 2), element(3, 5, count: 9)],
        [element(0, .leastNonzeroMagnitude), element(1, 0.1), element(2, .pi), element(3, -.pi)],
    ])
    func `an exact chunk gives back to the last bit what was put in`(elements: [Chunk.Element]) {
        let chunk = Chunk(elements, isExact: true)
        #expect(Self.read(chunk.bytes) == elements)
        #expect(chunk.elements == elements)
        #expect(chunk.byteCount == chunk.bytes.count)
    }

    @Test(arguments: [UInt64](1...20))
    func `whatever numbers there are, they come back exactly, or within one part in a million`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var elements: [Chunk.Element] = []
        var slot = -1
        for _ in 0..<200 {
            slot += random.next() % 10 == 0 ? Int(random.next() % 15) + 1 : 1
            let scale = [1.0, 1e-9, 1e12, 0][Int(random.next() % 4)]
            let numbers = (0..<3).map { _ in (Double(random.next() % 1_000_003) / 1_000 - 200) * scale }.sorted()
            let isSingle = random.next() % 3 == 0
            elements.append(
                Self.element(
                    slot, numbers[1], isSingle ? nil : numbers[0], isSingle ? nil : numbers[2],
                    count: UInt32(random.next() % 4 == 0 ? random.next() % 4_000_000_000 + 1 : 100)))
        }
        #expect(Self.read(Chunk(elements, isExact: true).bytes) == elements)
        let rounded = try #require(Self.read(Chunk(elements, isExact: false).bytes))
        #expect(rounded.map(\.slot) == elements.map(\.slot) && rounded.map(\.count) == elements.map(\.count))
        for (was, kept) in zip(elements, rounded) {
            for (a, b) in [(was.mean, kept.mean), (was.min, kept.min), (was.max, kept.max)] {
                #expect(abs(a - b) <= abs(a) * 1e-6)
            }
            #expect(kept.min <= kept.mean && kept.mean <= kept.max)
        }
    }

    @Test func `what comes late finds its place, and what comes to a place that is taken is merged with what is there`() {
        var chunk = Chunk(isExact: true)
        for element in [Self.element(5, 1, 0, 2, count: 3), Self.element(9, 4)] { chunk.add(element) }
        chunk.add(Self.element(7, 8))
        chunk.add(Self.element(5, 5, 5, 6, count: 1))
        chunk.add(Self.element(9, 6))
        #expect(
            chunk.elements == [
                Self.element(5, 2, 0, 6, count: 4), Self.element(7, 8), Self.element(9, 5, 4, 6, count: 2),
            ])
        #expect(chunk.count == 3 && chunk.lastSlot == 9)
    }

    @Test func `a number that does not change costs bits, and one that does no more than its digits`() {
        let constant = Chunk((0..<240).map { Self.element($0, 0.5, 0.25, 0.75, count: 100) }, isExact: false)
        #expect(constant.byteCount < 240)
        var random = SeededRandom(seed: 1)
        let noise = Chunk(
            (0..<240).map { slot in
                let mean = 1 + Double(random.next() % 1_000_000) * 1e-6
                return Self.element(slot, mean, mean * 0.9, mean * 1.1, count: 100)
            }, isExact: false)
        #expect(noise.byteCount < 240 * 11)
    }

    @Test func `bytes that are no chunk are told, however they were cut or changed`() {
        let chunk = Chunk((0..<50).map { Self.element($0 * 2, Double($0) * 1.1, -1, 1_000, count: 7) }, isExact: true)
        let bytes = chunk.bytes
        for length in 0..<bytes.count { #expect(Self.read(Array(bytes.prefix(length))) == nil) }
        #expect(Self.read([2] + bytes.dropFirst()) == nil)
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            var changed = bytes
            changed[Int(random.next() % UInt64(changed.count))] ^= UInt8(random.next() % 255) + 1
            _ = Self.read(changed)
        }
    }

    @Test func `records of open blocks come back as they were, and a cut one is told`() {
        let put: [TailRecords.Record] = [
            .point(Self.element(0, 1.5)), .point(Self.element(4_095, 0.1, -0.1, 0.3, count: 12)), .finished,
            .point(Self.element(3, 2, 1, 4, count: .max)), .point(Self.element(9, .pi)),
        ]
        var records = TailRecords()
        for (index, record) in put.enumerated() { records.add(record, of: SeriesNumber(rawValue: Int32(index * 1_000))) }
        var found: [TailRecords.Record] = []
        var numbers: [Int32] = []
        let isWhole = TailRecords.read(records.bytes) { number, record in
            numbers.append(number.rawValue)
            found.append(record)
        }
        #expect(isWhole && found == put && numbers == [0, 1_000, 2_000, 3_000, 4_000])
        #expect(!TailRecords.read(Array(records.bytes.dropLast())) { _, _ in })
        #expect(!TailRecords.read([255]) { _, _ in })
    }
}
