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
    private var deltas: [UInt64]

    init(rowCount: Int) {
        present = Array(repeating: [], count: rowCount)
        seconds = Array(repeating: 0, count: rowCount)
        deltas = Array(repeating: 0, count: rowCount * Self.quantities)
    }

    /// The difference, nil when it is absent or was dropped.
    subscript(row: Int, quantity: Quantity) -> UInt64? {
        present[row].contains(quantity) ? deltas[row * Self.quantities + Int(quantity.rawValue)] : nil
    }

    /// Takes the differences from `old` to `new`, frames of one layout. `timeStampHertz` is the rate of the time-stamp
    /// counter, nil while it is unknown; `gate` decides what is believable.
    mutating func measure(
        from old: CounterFrame, to new: CounterFrame, timeStampHertz: Double?, gate: PlausibilityGate
    ) {
        tally = Tally()
        let clockSeconds = new.takenAt.seconds(since: old.takenAt)
        for row in present.indices {
            present[row] = []
            let common = old.present[row].intersection(new.present[row])
            for quantity in Quantity.allCases where common.contains(quantity) {
                guard let before = old[row, quantity], let after = new[row, quantity] else { continue }
                if quantity.width.isReset(from: before, to: after) {
                    tally.resets += 1
                    continue
                }
                deltas[row * Self.quantities + Int(quantity.rawValue)] = quantity.width.delta(from: before, to: after)
                present[row].insert(quantity.bit)
            }
            let ticks = self[row, .timeStamp]
            if let ticks, let timeStampHertz {
                seconds[row] = Double(ticks) / timeStampHertz
            } else {
                seconds[row] = clockSeconds
            }
            // A time-stamp counter that stands still is that of a CPU that is gone: nothing on it can be believed.
            if ticks == 0 || seconds[row] <= 0 {
                present[row] = []
                continue
            }
            let implausible = gate.implausible(in: self, row: row)
            tally.implausible += implausible.rawValue.nonzeroBitCount
            present[row].subtract(implausible)
        }
    }

    private static let quantities = Quantity.allCases.count
}
