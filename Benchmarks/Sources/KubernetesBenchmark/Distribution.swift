import Foundation

/// Durations in milliseconds, and what is said of them.
struct Distribution {
    private let sorted: [Double]

    init(_ milliseconds: [Double]) { sorted = milliseconds.sorted() }

    var median: Double { quantile(0.5) }
    var p99: Double { quantile(0.99) }

    /// The smallest value that at least `share` of all are not above; not a number when there are none.
    private func quantile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[max(Int((share * Double(sorted.count)).rounded(.up)) - 1, 0)]
    }

    var text: String {
        let figures = [("median", median), ("p99", p99), ("most", sorted.last ?? .nan)]
        return figures.map { String(format: "%@ %.2f ms", $0, $1) }.joined(separator: ", ") + " of \(sorted.count)"
    }
}
