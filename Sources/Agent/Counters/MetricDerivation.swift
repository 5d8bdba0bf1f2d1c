/// Turns differences into metric values. Pure: the same interval gives the same value.
struct MetricDerivation: Sendable {
    /// The quantities that each row can tell, of which some may be absent from one interval.
    let told: [QuantitySet]
    /// The rate of the time-stamp counter in hertz, nil while it is unknown.
    let timeStampHertz: Double?

    /// The value of `formula` over `rows`; nil where a denominator is zero or nothing takes part. Formulas: Intel
    /// PCM's, a node's value being sum over sum and not a mean of ratios.
    func value(of formula: MetricRule.Formula, over rows: [Int], in interval: Interval) -> Double? {
        switch formula {
        case .ratio(let upper, let lower):
            return ratio(upper, lower, rows, interval)
        case .residency(let quantity):
            return ratio(quantity, .timeStamp, rows, interval).map { min(1, $0) }
        case .halted:
            return halted(rows, interval)
        case .rate(let quantity, let perCount):
            return rate(quantity, rows, interval).map { $0 * perCount }
        case .activeFrequency:
            guard let timeStampHertz else { return nil }
            return ratio(.cycles, .referenceCycles, rows, interval).map { timeStampHertz * $0 }
        }
    }

    private func ratio(_ upper: Quantity, _ lower: Quantity, _ rows: [Int], _ interval: Interval) -> Double? {
        var numerator = 0.0
        var denominator = 0.0
        for row in rows {
            guard let above = interval[row, upper], let below = interval[row, lower] else { continue }
            numerator += Double(above)
            denominator += Double(below)
        }
        return denominator > 0 ? numerator / denominator : nil
    }

    private func halted(_ rows: [Int], _ interval: Interval) -> Double? {
        var notHalted = 0.0
        var total = 0.0
        for row in rows {
            guard let reference = interval[row, .referenceCycles], let ticks = interval[row, .timeStamp] else {
                continue
            }
            var deeper = 0.0
            var isComplete = true
            for quantity in Self.deeperStates where told[row].contains(quantity) {
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

    /// A sum that lacks a row which could have told is no sum: nil rather than too low.
    private func rate(_ quantity: Quantity, _ rows: [Int], _ interval: Interval) -> Double? {
        var sum = 0.0
        var isEmpty = true
        for row in rows where told[row].contains(quantity) {
            guard let count = interval[row, quantity], interval.seconds[row] > 0 else { return nil }
            sum += Double(count) / interval.seconds[row]
            isEmpty = false
        }
        return isEmpty ? nil : sum
    }

    /// The states that C1 is the remainder of.
    static let deeperStates: [Quantity] = [.coreC3, .coreC6, .coreC7]
}
