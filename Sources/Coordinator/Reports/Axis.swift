#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A linear map from values to positions on the page, with its tick marks.
struct Axis: Equatable {
    /// The values at the axis' two ends.
    let domain: ClosedRange<Double>
    /// Where `domain.lowerBound` and `domain.upperBound` lie, in drawing units.
    let start, end: Double

    /// An axis that spans `domain` exactly; a domain without extent is widened by one half to each side.
    init(domain: ClosedRange<Double>, start: Double, end: Double) {
        self.domain =
            domain.lowerBound < domain.upperBound ? domain : domain.lowerBound - 0.5...domain.upperBound + 0.5
        self.start = start
        self.end = end
    }

    /// Where `value` lies, in drawing units.
    func position(_ value: Double) -> Double {
        start + (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound) * (end - start)
    }

    /// The tick values inside the domain, about `count` of them, at multiples of 1, 2 or 5 times a power of ten.
    func ticks(about count: Int) -> [Double] {
        let step = Self.step(for: domain, count: count)
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// The text of a tick at `value` when there are about `count` ticks: as many places as the distance between ticks
    /// needs.
    func label(_ value: Double, count: Int) -> String {
        let exponent = log10(Self.step(for: domain, count: count)).rounded(.down)
        return NumberText.fixed(value, decimals: max(0, Int(-exponent)))
    }

    /// `domain` widened to the next ticks outside it.
    static func widened(_ domain: ClosedRange<Double>, count: Int) -> ClosedRange<Double> {
        let spread = Axis(domain: domain, start: 0, end: 1).domain
        let step = step(for: spread, count: count)
        let lower = (spread.lowerBound / step + 1e-9).rounded(.down) * step
        let upper = (spread.upperBound / step - 1e-9).rounded(.up) * step
        return lower...upper
    }

    /// The smallest of 1, 2, 5, 10 times a power of ten that makes at most about `count` intervals (Heckbert, "Nice
    /// numbers for graph labels", Graphics Gems, 1990).
    private static func step(for domain: ClosedRange<Double>, count: Int) -> Double {
        let raw = (domain.upperBound - domain.lowerBound) / Double(max(count, 1))
        let power = pow(10, log10(raw).rounded(.down))
        let factor = [1.0, 2, 5].first { raw <= $0 * power * (1 + 1e-9) } ?? 10
        return factor * power
    }
}
