/// The five-number summary of a set of measurements.
public struct Quartiles: Sendable, Equatable, Codable {
    /// Smallest value, first quartile, median, third quartile, largest value, in the unit of the input.
    public let minimum, lower, median, upper, maximum: Double

    /// Summarises `values`; nil when there are none or one is not a number.
    ///
    /// Quantiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7).
    public init?(_ values: some Sequence<Double>) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last, !sorted.contains(where: \.isNaN) else { return nil }
        func quantile(_ share: Double) -> Double {
            let position = share * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
        }
        minimum = first
        lower = quantile(0.25)
        median = quantile(0.5)
        upper = quantile(0.75)
        maximum = last
    }
}
