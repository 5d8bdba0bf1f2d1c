/// The blocks that are being filled, of every series and tier: a pure value. Points go in, and out come changes of the
/// database, which hold as much as is needed to make this value again.
///
/// A point of a coarser tier is made when a value beyond its end arrives, or when it is over for a while. What comes later
/// still is added to it: nothing is thrown away for being late.
struct OpenBlocks: Sendable {
    /// One series' block of one tier, and the point of the tier that is not over yet.
    private struct Line: Sendable {
        var open: (block: Int64, chunk: Chunk)?
        /// Its start is that of the point; only coarser tiers have one.
        var unfinished: HistoryPoint?
    }

    private struct Series: Sendable {
        let isExact: Bool
        var lines: [Line]
    }

    /// What to write, in one transaction.
    struct Changes: Sendable {
        /// Points of open blocks, in the order in which they came.
        var tails: [(key: BlockKey, records: TailRecords)] = []
        /// Blocks of a series that are complete, each with how many of `tails` came before it was.
        var chunks: [(key: BlockKey, number: SeriesNumber, chunk: Chunk, tailCount: Int)] = []
        /// Blocks of which no series has one open any longer.
        var done: Set<BlockKey> = []
        /// Points of the finest tier behind all this.
        var points = 0

        /// The last records of each tier: those of one tier stand in the order in which they came.
        private var newest: [Int: Int] = [:]
        private var closed: Set<ClosedPart> = []

        var isEmpty: Bool { tails.isEmpty && chunks.isEmpty && done.isEmpty }

        fileprivate mutating func note(_ record: TailRecords.Record, in key: BlockKey, of number: SeriesNumber) {
            if let index = newest[key.tier], tails[index].key == key { return tails[index].records.add(record, of: number) }
            newest[key.tier] = tails.count
            var records = TailRecords()
            records.add(record, of: number)
            tails.append((key, records))
        }

        /// A part that is opened again after it was complete has its records apart, or they would count as part of what
        /// was complete.
        fileprivate mutating func noteOpened(_ key: BlockKey, of number: SeriesNumber) {
            done.remove(key)
            if closed.contains(ClosedPart(key: key, number: number)) { newest[key.tier] = nil }
        }

        fileprivate mutating func noteClosed(_ chunk: Chunk, in key: BlockKey, of number: SeriesNumber) {
            chunks.append((key, number, chunk, tails.count))
            closed.insert(ClosedPart(key: key, number: number))
        }
    }

    private struct ClosedPart: Hashable, Sendable {
        let key: BlockKey
        let number: SeriesNumber
    }

    private let plan: TierPlan
    private var series: [Series?] = []
    private var openCounts: [BlockKey: Int] = [:]
    private(set) var changes = Changes()

    init(_ plan: TierPlan) { self.plan = plan }

    /// Takes the changes since it was last called.
    mutating func takeChanges() -> Changes {
        defer { changes = Changes() }
        return changes
    }

    /// Takes a point of `number`. Only the first point of a series tells whether it `isExact`.
    mutating func take(_ point: HistoryPoint, of number: SeriesNumber, isExact: Bool) {
        changes.points += 1
        add(point, of: number, tier: 0, isExact: isExact)
    }

    private mutating func add(_ point: HistoryPoint, of number: SeriesNumber, tier: Int, isExact: Bool) {
        let entry = plan.entries[tier]
        let block = entry.block(of: point.startUnixSeconds)
        let key = BlockKey(tier: tier, block: block)
        let whole = Chunk.Element(
            slot: entry.slot(of: point.startUnixSeconds), mean: point.mean, min: point.min, max: point.max, count: point.count)
        let element = isExact ? whole : whole.rounded
        put(element, in: key, of: number, isExact: isExact)
        changes.note(.point(element), in: key, of: number)
        guard tier + 1 < plan.entries.count else { return }
        gather(point, of: number, tier: tier + 1, isExact: isExact)
    }

    /// Adds to the unfinished point of a coarser tier; one of another time is finished by that.
    private mutating func gather(_ point: HistoryPoint, of number: SeriesNumber, tier: Int, isExact: Bool) {
        let seconds = plan.entries[tier].secondsPerPoint
        let start = floorDivision(point.startUnixSeconds, seconds) * seconds
        let index = Int(number.rawValue)
        if var unfinished = series[index]?.lines[tier].unfinished {
            if unfinished.startUnixSeconds == start {
                unfinished.merge(point)
                series[index]?.lines[tier].unfinished = unfinished
                return
            }
            series[index]?.lines[tier].unfinished = nil
            add(unfinished, of: number, tier: tier, isExact: isExact)
        }
        var first = point
        first.startUnixSeconds = start
        series[index]?.lines[tier].unfinished = first
    }

    private mutating func put(_ element: Chunk.Element, in key: BlockKey, of number: SeriesNumber, isExact: Bool) {
        let index = Int(number.rawValue)
        while series.count <= index { series.append(nil) }
        if series[index] == nil {
            series[index] = Series(isExact: isExact, lines: Array(repeating: Line(), count: plan.entries.count))
        }
        if let open = series[index]?.lines[key.tier].open, open.block != key.block { close(index, key.tier) }
        if series[index]?.lines[key.tier].open == nil {
            series[index]?.lines[key.tier].open = (key.block, Chunk(isExact: isExact))
            openCounts[key, default: 0] += 1
            changes.noteOpened(key, of: number)
        }
        series[index]?.lines[key.tier].open?.chunk.add(element)
    }

    private mutating func close(_ index: Int, _ tier: Int) {
        guard let (block, chunk) = series[index]?.lines[tier].open else { return }
        series[index]?.lines[tier].open = nil
        let key = BlockKey(tier: tier, block: block)
        changes.noteClosed(chunk, in: key, of: SeriesNumber(rawValue: Int32(index)))
        openCounts[key, default: 1] -= 1
        if openCounts[key] == 0 {
            openCounts[key] = nil
            changes.done.insert(key)
        }
    }

    /// Finishes the points and closes the blocks that have been over since `unixSeconds`.
    mutating func sweep(overSince unixSeconds: Int64) {
        for index in series.indices {
            guard let isExact = series[index]?.isExact else { continue }
            let number = SeriesNumber(rawValue: Int32(index))
            for tier in plan.entries.indices {
                let entry = plan.entries[tier]
                if let unfinished = series[index]?.lines[tier].unfinished,
                    unfinished.startUnixSeconds + entry.secondsPerPoint <= unixSeconds
                {
                    series[index]?.lines[tier].unfinished = nil
                    add(unfinished, of: number, tier: tier, isExact: isExact)
                    if let block = series[index]?.lines[tier - 1].open?.block {
                        changes.note(.finished, in: BlockKey(tier: tier - 1, block: block), of: number)
                    }
                }
                if let block = series[index]?.lines[tier].open?.block, entry.start(ofBlock: block + 1) <= unixSeconds {
                    close(index, tier)
                }
            }
        }
    }

    // MARK: What is shown

    /// What is not in the database of `number` in `tier`: what its open block has, and what finer tiers have beyond that.
    func points(of number: SeriesNumber, tier: Int) -> [HistoryPoint] {
        guard series.indices.contains(Int(number.rawValue)), let lines = series[Int(number.rawValue)]?.lines else { return [] }
        let entry = plan.entries[tier]
        let open = lines[tier].open.map { open in
            open.chunk.elements.map { $0.point(in: entry.start(ofBlock: open.block), entry) }
        }
        return (open ?? []) + lines[...tier].compactMap(\.unfinished)
    }

    /// The beginning of the oldest block that is open in `tier`.
    func oldestStart(tier: Int) -> Int64? {
        openCounts.keys.lazy.filter { $0.tier == tier }.map { plan.entries[tier].start(ofBlock: $0.block) }.min()
    }

    /// The series that have something open.
    var seriesCount: Int { series.count { $0 != nil } }

    // MARK: Beginning anew

    /// Puts back what the database has of an open block, in the order in which it was written. What turns out to be complete
    /// meanwhile is among the changes.
    mutating func restore(_ record: TailRecords.Record, in key: BlockKey, of number: SeriesNumber, isExact: Bool) {
        let index = Int(number.rawValue)
        let next = key.tier + 1
        switch record {
        case .finished:
            guard series.indices.contains(index), next < plan.entries.count else { return }
            series[index]?.lines[next].unfinished = nil
        case .point(let element):
            put(element, in: key, of: number, isExact: isExact)
            guard next < plan.entries.count else { return }
            let entry = plan.entries[key.tier]
            var point = element.point(in: entry.start(ofBlock: key.block), entry)
            let seconds = plan.entries[next].secondsPerPoint
            point.startUnixSeconds = floorDivision(point.startUnixSeconds, seconds) * seconds
            // One of another time has finished the point before it.
            if var unfinished = series[index]?.lines[next].unfinished, unfinished.startUnixSeconds == point.startUnixSeconds {
                unfinished.merge(point)
                point = unfinished
            }
            series[index]?.lines[next].unfinished = point
        }
    }
}
