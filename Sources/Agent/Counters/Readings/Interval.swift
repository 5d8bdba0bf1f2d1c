import Measures
import Registers

/// What happened between two frames: one difference per row and quantity, as far as it is believable.
struct Interval: Sendable {
    /// What was left out, and why.
    struct Tally: Hashable, Sendable {
        /// Differences that cannot be true.
        var implausible = 0
        /// Counters that were set back.
        var resets = 0
    }

    private(set) var present: [QuantitySet]
    private(set) var tally = Tally()
    /// Length of the interval by each row's own time-stamp counter, in seconds; by the monotonic clock without one.
    private(set) var seconds: [Double]
    /// The same by the monotonic clock.
    private(set) var clockSeconds = 0.0
    private var deltas: [UInt64]
    /// What was dropped because it cannot be true.
    private var implausible: [QuantitySet]

    init(rowCount: Int) {
        present = Array(repeating: [], count: rowCount)
        seconds = Array(repeating: 0, count: rowCount)
        implausible = present
        deltas = Array(repeating: 0, count: rowCount * Self.quantities)
    }

    /// The quantities that some row has a difference of.
    var quantities: QuantitySet { present.reduce([]) { $0.union($1) } }

    /// The difference, nil when it is absent or was dropped.
    subscript(row: Int, quantity: Quantity) -> UInt64? {
        present[row].contains(quantity) ? deltas[row * Self.quantities + Int(quantity.rawValue)] : nil
    }

    /// Takes the differences of `quantities` from `old` to `new`, frames of one layout. `selection` tells how counts are
    /// to be understood, `timeStampHertz` is the rate of the time-stamp counter, nil while it is unknown, and `gate`
    /// decides what is believable.
    mutating func measure(
        _ quantities: QuantitySet, from old: CounterFrame, to new: CounterFrame, selection: SourceSelection,
        timeStampHertz: Double?, gate: PlausibilityGate
    ) {
        tally = Tally()
        clockSeconds = new.takenAt.seconds(since: old.takenAt)
        for row in present.indices {
            present[row] = []
            implausible[row] = []
            let common = old.present[row].intersection(new.present[row]).intersection(quantities)
            guard !common.isEmpty else { continue }
            common.forEach { subtract($0, row, old, new, selection) }
            seconds[row] = clockSeconds
            if quantities.contains(.timeStamp) {
                let ticks = self[row, .timeStamp].map { Double($0) }
                if let ticks, let timeStampHertz { seconds[row] = ticks / timeStampHertz }
                // A time-stamp counter that hardly moves is that of a CPU that is gone, or was set back to shortly before
                // where it stood: nothing on it can be believed.
                if ticks ?? gate.mostHertz * clockSeconds < Double(gate.leastTicks) { present[row] = [] }
            }
            if seconds[row] <= 0 { present[row] = [] }
            guard !present[row].isEmpty else { continue }
            let implausible = gate.implausible(in: self, row: row, selection: selection)
            self.implausible[row] = implausible
            tally.implausible += implausible.rawValue.nonzeroBitCount
            present[row].subtract(implausible)
        }
    }

    /// Whether all of the rows that tell how long they executed claim to have done so for longer than their time stamp
    /// says that the interval lasted. Rows without a time stamp have no two clocks to be at odds.
    func areClocksAtOdds(rows: Range<Int>) -> Bool {
        let clocks = QuantitySet([.referenceCycles, .maximumClock])
        var isAny = false
        for row in rows {
            let isAtOdds = present[row].contains(.timeStamp) && !implausible[row].isDisjoint(with: clocks)
            guard isAtOdds || present[row].isDisjoint(with: clocks) else { return false }
            isAny = isAny || isAtOdds
        }
        return isAny
    }

    private mutating func subtract(
        _ quantity: Quantity, _ row: Int, _ old: CounterFrame, _ new: CounterFrame, _ selection: SourceSelection
    ) {
        guard let before = old[row, quantity], let after = new[row, quantity] else { return }
        let index = row * Self.quantities + Int(quantity.rawValue)
        if quantity.isReading {
            deltas[index] = after
        } else {
            let width = selection.width(of: quantity, row: row)
            if width.isReset(from: before, to: after) {
                tally.resets += 1
                return
            }
            deltas[index] = width.delta(from: before, to: after)
        }
        present[row].insert(quantity.bit)
    }

    private static let quantities = Quantity.allCases.count
}
