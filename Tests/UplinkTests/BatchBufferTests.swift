import Measures
import Testing
import Topology

@testable import Uplink

@Suite("The buffer of batches")
struct BatchBufferTests {
    private static func table(_ version: UInt32, columns: Int) -> ColumnTable {
        ColumnTable(
            version: version,
            columns: (0..<columns).map {
                Column(metric: .l3LoadMisses, scope: .core($0), source: "msr", quality: .measured, detail: "D1/20, retired loads")
            })
    }

    private static func entry(_ sequence: UInt64, _ table: ColumnTable, present: Int) -> BatchBuffer.Entry {
        var entry = BatchBuffer.Entry(sequence: sequence, columns: table)
        entry.append(
            Sample((0..<table.columns.count).map { $0 < present ? Double($0) : nil }),
            takenAt: MonotonicInstant(nanoseconds: sequence))
        return entry
    }

    @Test(arguments: [1, 2, 63, 64, 65, 128, 200])
    func `samples come out as they went in, absent values and all`(columns: Int) {
        var entry = BatchBuffer.Entry(sequence: 4, columns: Self.table(1, columns: columns))
        let samples = (1...3).map { (number: Int) -> Sample in
            let values: [Double?] = (0..<columns).map { $0 % 3 == number % 3 ? nil : Double($0 * number) }
            return Sample(values)
        }
        for (number, sample) in samples.enumerated() {
            entry.append(sample, takenAt: MonotonicInstant(nanoseconds: UInt64(number) + 7))
        }
        var out: [Sample?] = []
        var instants: [UInt64] = []
        entry.forEachSample { takenAt, values, presence in
            instants.append(takenAt.nanoseconds)
            out.append(Sample(values: values, presence: Array(presence)))
        }
        #expect(out == samples)
        #expect(instants == [7, 8, 9])
    }

    @Test func `presence behind the last column means nothing`() throws {
        var entry = BatchBuffer.Entry(sequence: 1, columns: Self.table(1, columns: 3))
        entry.append(try #require(Sample(values: [1, 2, 3], presence: [.max])), takenAt: MonotonicInstant(nanoseconds: 0))
        var presence: [UInt64] = []
        entry.forEachSample { presence += $2 }
        #expect(presence == [0b111])
    }

    @Test func `a batch takes what is present of it, and little more`() {
        let table = Self.table(1, columns: 800)
        for present in [0, 100, 800] {
            let bytes = Self.entry(1, table, present: present).bytes
            let numbers = 8 * (1 + 13 + present)
            #expect(bytes >= numbers && bytes <= numbers + 128 + 64, "\(present) present: \(bytes)")
        }
    }

    @Test func `the oldest go when there are too many, and are counted`() {
        var buffer = BatchBuffer(maximumCount: 3, maximumBytes: 1 << 30)
        for sequence in 1...5 as ClosedRange<UInt64> { buffer.append(Self.entry(sequence, Self.table(1, columns: 1), present: 1)) }
        #expect(buffer.count == 3 && buffer.first?.sequence == 3 && buffer[2].sequence == 5)
        #expect(buffer.dropped == 2)
        buffer.removeFirst()
        #expect(buffer.dropped == 2)
    }

    @Test func `the oldest go when they take too much memory, but the newest stays`() {
        let table = Self.table(1, columns: 800)
        let one = Self.entry(1, table, present: 800).bytes
        var probe = BatchBuffer(maximumCount: 9, maximumBytes: .max)
        probe.append(Self.entry(1, table, present: 800))
        let tableBytes = probe.bytes - one
        #expect(tableBytes > 800 * MemoryLayout<Column>.stride)
        // The allocator gives one array a little more than another of the same length.
        let limit = tableBytes + 4 * one + one / 2
        var buffer = BatchBuffer(maximumCount: 100, maximumBytes: limit)
        for sequence in 1...9 as ClosedRange<UInt64> {
            buffer.append(Self.entry(sequence, table, present: 800))
            #expect(buffer.bytes <= limit)
        }
        #expect(buffer.count == 4 && buffer.first?.sequence == 6 && buffer.dropped == 5)
        var tight = BatchBuffer(maximumCount: 100, maximumBytes: 1)
        for sequence in 1...3 as ClosedRange<UInt64> { tight.append(Self.entry(sequence, table, present: 800)) }
        #expect(tight.count == 1 && tight.first?.sequence == 3 && tight.dropped == 2)
    }

    @Test func `tables count as long as a batch refers to them`() {
        var buffer = BatchBuffer(maximumCount: 100, maximumBytes: .max)
        let entries = ([(1, 1), (2, 1), (3, 2), (4, 1)] as [(UInt64, UInt32)]).map { sequence, version in
            Self.entry(sequence, Self.table(version, columns: 50), present: 0)
        }
        for entry in entries { buffer.append(entry) }
        let both = buffer.bytes
        buffer.removeFirst()
        buffer.removeFirst()
        let firstTwo = entries[0].bytes + entries[1].bytes
        #expect(both - buffer.bytes == firstTwo)
        buffer.removeFirst()
        #expect(both - buffer.bytes > firstTwo + entries[2].bytes)
        buffer.removeFirst()
        #expect(buffer.bytes == 0 && buffer.count == 0)
    }

    @Test func `a table that changes with every batch is bounded as well`() {
        var buffer = BatchBuffer(maximumCount: .max, maximumBytes: 200_000)
        for sequence in 1...1_000 as ClosedRange<UInt64> {
            buffer.append(Self.entry(sequence, Self.table(UInt32(sequence), columns: 100), present: 1))
            #expect(buffer.bytes <= 200_000)
        }
        #expect(buffer.count > 1 && UInt64(buffer.count) + buffer.dropped == 1_000)
    }
}

extension Metric {
    fileprivate static let l3LoadMisses = Metric("l3_load_misses_per_second")
}
