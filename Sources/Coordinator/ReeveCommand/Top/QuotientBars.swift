/// Quotients of latency and target as bars of one character each.
enum QuotientBars {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    /// How many eighths of the height a latency that just keeps its target takes.
    private static let eighthsAtTarget = 4.0

    /// One bar for each of `quotients`, higher than half where the target was missed; × where there was no latency.
    static func text(_ quotients: [Double?]) -> String {
        String(
            quotients.map { quotient in
                guard let quotient, quotient.isFinite else { return "×" }
                let eighths = (quotient * eighthsAtTarget).rounded(.up)
                return bars[min(max(Int(min(eighths, 100)), 1), bars.count) - 1]
            })
    }
}
