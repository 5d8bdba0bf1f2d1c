import DequeModule
import Measures
import Topology

/// The batches that are not acknowledged yet, oldest first, bounded in count and in memory. When either bound is reached
/// the oldest goes, and is counted.
struct BatchBuffer: Sendable {
    /// One batch. Only the values that are present are kept, for most columns of most machines have none.
    struct Entry: Sendable {
        let sequence: UInt64
        let columns: ColumnTable
        private(set) var sampleCount = 0
        /// Sample after sample: the instant it was taken at, its presence words, its present values.
        private var words: [UInt64] = []

        init(sequence: UInt64, columns: ColumnTable) {
            self.sequence = sequence
            self.columns = columns
        }

        /// Adds a sample, which must have one value per column.
        mutating func append(_ sample: Sample, takenAt instant: MonotonicInstant) {
            let count = sample.values.count
            precondition(count == columns.columns.count, "a sample has one value per column")
            var presence = sample.presence
            // Bits behind the last column mean nothing.
            if count % 64 != 0 { presence[presence.count - 1] &= 1 << UInt64(count % 64) - 1 }
            let present = presence.reduce(0) { $0 + $1.nonzeroBitCount }
            words.reserveCapacity(words.count + 1 + presence.count + present)
            words.append(instant.nanoseconds)
            words += presence
            for (index, word) in presence.enumerated() {
                var remaining = word
                while remaining != 0 {
                    words.append(sample.values[index * 64 + remaining.trailingZeroBitCount].bitPattern)
                    remaining &= remaining - 1
                }
            }
            sampleCount += 1
        }

        /// Hands out each sample with the instant it was taken at; absent values are 0.
        func forEachSample(_ body: (MonotonicInstant, _ values: [Double], _ presence: ArraySlice<UInt64>) -> Void) {
            let presenceWords = (columns.columns.count + 63) / 64
            var position = 0
            for _ in 0..<sampleCount {
                let presence = words[position + 1..<position + 1 + presenceWords]
                let takenAt = MonotonicInstant(nanoseconds: words[position])
                position += 1 + presenceWords
                var values = [Double](repeating: 0, count: columns.columns.count)
                for (index, word) in presence.enumerated() {
                    var remaining = word
                    while remaining != 0 {
                        values[index * 64 + remaining.trailingZeroBitCount] = Double(bitPattern: words[position])
                        position += 1
                        remaining &= remaining - 1
                    }
                }
                body(takenAt, values, presence)
            }
        }

        /// What the entry takes in memory: its numbers, and at most so much for the array that holds them (32 bytes of
        /// header, rounded by the allocator) and for its places in the queue, which may be twice as long as what it holds.
        var bytes: Int { words.capacity * 8 + 128 }
    }

    private let maximumCount: Int
    private let maximumBytes: Int
    private var entries: Deque<Entry> = []
    private var entryBytes = 0
    /// The tables that entries refer to, by version, each with what it takes and how many entries refer to it.
    private var tables: [UInt32: (bytes: Int, entries: Int)] = [:]
    private var tableBytes = 0
    /// The table that was weighed last: an agent whose batches are acknowledged at once would weigh it for each of them.
    private var weighed: (version: UInt32, bytes: Int)?

    /// Batches that went because the buffer was full.
    private(set) var dropped: UInt64 = 0

    /// An empty buffer of at most so many batches that take at most so many bytes; one batch is always kept.
    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = max(maximumCount, 1)
        self.maximumBytes = maximumBytes
    }

    var count: Int { entries.count }
    var first: Entry? { entries.first }
    subscript(index: Int) -> Entry { entries[index] }

    /// What the buffer takes in memory, in bytes: its batches and their column tables.
    var bytes: Int { entryBytes + tableBytes }

    /// Adds a batch behind the others, in place of the oldest ones where there is no room.
    mutating func append(_ entry: Entry) {
        entries.append(entry)
        entryBytes += entry.bytes
        let version = entry.columns.version
        if let known = tables[version] {
            tables[version] = (known.bytes, known.entries + 1)
        } else {
            let bytes = weigh(entry.columns)
            tables[version] = (bytes, 1)
            tableBytes += bytes
        }
        while entries.count > maximumCount || (bytes > maximumBytes && entries.count > 1) {
            removeFirst()
            dropped += 1
        }
    }

    /// Lets the oldest batch go, which is not counted.
    mutating func removeFirst() {
        let entry = entries.removeFirst()
        entryBytes -= entry.bytes
        let version = entry.columns.version
        guard let table = tables[version] else { return }
        if table.entries > 1 {
            tables[version] = (table.bytes, table.entries - 1)
        } else {
            tables[version] = nil
            tableBytes -= table.bytes
        }
    }

    /// What the table takes, which its version decides: a table with other columns has another one.
    private mutating func weigh(_ table: ColumnTable) -> Int {
        if let weighed, weighed.version == table.version { return weighed.bytes }
        let bytes = Self.bytes(of: table)
        weighed = (table.version, bytes)
        return bytes
    }

    /// What a column table takes in memory: its columns, and the texts that are too long to stand in them.
    private static func bytes(of table: ColumnTable) -> Int {
        table.columns.reduce(64) { sum, column in
            sum + MemoryLayout<Column>.stride + [column.metric.name, column.source, column.detail ?? ""].reduce(0) {
                $0 + ($1.utf8.count > 15 ? $1.utf8.count + 48 : 0)
            }
        }
    }
}
