/// Turns differences into metric values. Pure: the same interval gives the same value.
struct MetricDerivation {
    /// Who supplies what: what each row can tell, of which some may be absent from one interval, and in which units.
    let selection: SourceSelection
    /// The rate of the time-stamp counter in hertz, nil while it is unknown.
    let timeStampHertz: Double?

    /// Bytes that one last-level cache miss brings.
    private static let bytesPerLine = 64.0

    /// The value of `formula` over `rows`; nil where a denominator is zero or nothing takes part. Formulas: Intel
    /// PCM's, a node's value being sum over sum and not a mean of ratios.
    func value(of formula: MetricRule.Formula, over rows: Span<Int>, in interval: Interval) -> Double? {
        switch formula {
        case .ratio(let upper, let lower):
            return ratio(upper, lower, rows, interval)
        case .remainder(let upper, let lower):
            return ratio(upper, lower, rows, interval).map { max(0, 1 - $0) }
        case .residency(let quantity):
            return ratio(quantity, .timeStamp, rows, interval).map { min(1, $0) }
        case .halted(let executing):
            return halted(executing, rows, interval)
        case .haltedByAccounting:
            return haltedByAccounting(rows, interval)
        case .rate(let quantity):
            return rate(quantity, rows, interval)
        case .lineRate(let quantity):
            return rate(quantity, rows, interval).map { $0 * Self.bytesPerLine }
        case .timeShare(let quantity):
            return timeShare(quantity, rows, interval)
        case .frequency(let upper, let lower):
            guard let timeStampHertz else { return nil }
            return ratio(upper, lower, rows, interval).map { timeStampHertz * $0 }
        case .highest(let quantity):
            return highest(quantity, rows, interval)
        }
    }

    private func ratio(_ upper: Quantity, _ lower: Quantity, _ rows: Span<Int>, _ interval: Interval) -> Double? {
        var numerator = 0.0
        var denominator = 0.0
        for place in rows.indices {
            let row = rows[place]
            guard let above = interval[row, upper], let below = interval[row, lower] else { continue }
            numerator += Double(above)
            denominator += Double(below)
        }
        return denominator > 0 ? numerator / denominator : nil
    }

    private func halted(_ executing: Quantity, _ rows: Span<Int>, _ interval: Interval) -> Double? {
        var notHalted = 0.0
        var total = 0.0
        for place in rows.indices {
            let row = rows[place]
            guard let reference = interval[row, executing], let ticks = interval[row, .timeStamp] else { continue }
            var deeper = 0.0
            var isComplete = true
            for quantity in Self.deeperStates where selection.told[row].contains(quantity) {
                guard let residency = interval[row, quantity] else {
                    isComplete = false
                    break
                }
                deeper += Double(residency)
            }
            guard isComplete else { continue }
            notHalted += Double(reference) + deeper
            total += Double(ticks)
        }
        return total > 0 ? max(0, 1 - notHalted / total) : nil
    }

    private func haltedByAccounting(_ rows: Span<Int>, _ interval: Interval) -> Double? {
        var notHalted = 0.0
        var total = 0.0
        for place in rows.indices {
            let row = rows[place]
            guard let busy = interval[row, .busyTime], let stolen = interval[row, .stolenTime],
                let accounted = interval[row, .accountedTime]
            else { continue }
            notHalted += Double(busy) + Double(stolen)
            total += Double(accounted)
        }
        return total > 0 ? max(0, 1 - notHalted / total) : nil
    }

    /// A sum that lacks a row which could have told is no sum: nil rather than too low.
    private func rate(_ quantity: Quantity, _ rows: Span<Int>, _ interval: Interval) -> Double? {
        var sum = 0.0
        var isEmpty = true
        for place in rows.indices where selection.told[rows[place]].contains(quantity) {
            let row = rows[place]
            guard let count = interval[row, quantity], interval.seconds[row] > 0 else { return nil }
            sum += Double(count) * selection.unit(of: quantity, row: row) / interval.seconds[row]
            isEmpty = false
        }
        return isEmpty ? nil : sum
    }

    private func highest(_ quantity: Quantity, _ rows: Span<Int>, _ interval: Interval) -> Double? {
        var highest: Double?
        for place in rows.indices {
            let row = rows[place]
            guard let reading = interval[row, quantity] else { continue }
            let value = Double(reading) * selection.unit(of: quantity, row: row)
            highest = max(highest ?? value, value)
        }
        return highest
    }

    private func timeShare(_ quantity: Quantity, _ rows: Span<Int>, _ interval: Interval) -> Double? {
        var time = 0.0
        var total = 0.0
        for place in rows.indices {
            let row = rows[place]
            guard let count = interval[row, quantity], interval.seconds[row] > 0 else { continue }
            time += Double(count) * selection.unit(of: quantity, row: row)
            total += interval.seconds[row]
        }
        return total > 0 ? min(1, time / total) : nil
    }

    /// The states that C1 is the remainder of.
    static let deeperStates: [Quantity] = [.coreC3, .coreC6, .coreC7]
}
