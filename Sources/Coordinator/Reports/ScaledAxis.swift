#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How values are laid out along an axis.
public enum AxisScale: Sendable, Equatable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; only positive values have a place.
    case logarithmic
}

/// An axis of either scale with its tick marks.
struct ScaledAxis: Equatable {
    let scale: AxisScale
    /// Of values for a linear scale, of decimal logarithms for a logarithmic one.
    private let axis: Axis

    /// An axis that spans `domain`; on a logarithmic scale whole powers of ten around it where it is wider than one.
    init(_ scale: AxisScale, domain: ClosedRange<Double>, start: Double, end: Double) {
        self.scale = scale
        switch scale {
        case .linear: axis = Axis(domain: domain, start: start, end: end)
        case .logarithmic:
            let lower = log10(max(domain.lowerBound, Double.leastNormalMagnitude))
            let upper = log10(max(domain.upperBound, Double.leastNormalMagnitude))
            axis = Axis(domain: lower...max(upper, lower), start: start, end: end)
        }
    }

    /// Where `value` lies in drawing units; nil outside of the axis.
    func position(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        switch scale {
        case .linear: return axis.domain.contains(value) ? axis.position(value) : nil
        case .logarithmic:
            guard value > 0 else { return nil }
            let exponent = log10(value)
            return axis.domain.contains(exponent) ? axis.position(exponent) : nil
        }
    }

    /// About `count` ticks and their texts.
    func ticks(about count: Int) -> [(value: Double, label: String)] {
        switch scale {
        case .linear: axis.ticks(about: count).map { ($0, axis.label($0, count: count)) }
        case .logarithmic: logarithmicTicks(about: count)
        }
    }

    /// Powers of ten, with twice and five times each where there is room for these, or every so many powers.
    private func logarithmicTicks(about count: Int) -> [(value: Double, label: String)] {
        let lower = Int((axis.domain.lowerBound - 1e-9).rounded(.down))
        let upper = Int((axis.domain.upperBound + 1e-9).rounded(.up))
        let factors = (upper - lower) * 3 <= count ? [1.0, 2, 5] : [1]
        let stride = max(1, (upper - lower + count - 1) / max(count, 1))
        return (lower...upper).filter { ($0 - lower).isMultiple(of: stride) }.flatMap { exponent in
            factors.map { factor in
                let value = factor * pow(10, Double(exponent))
                return (value, NumberText.shortest(value, decimals: max(0, -exponent)))
            }
        }.filter { position($0.value) != nil }
    }
}
