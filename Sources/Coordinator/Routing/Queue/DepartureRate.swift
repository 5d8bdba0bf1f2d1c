import Measures

/// How often a request ends, to say when it is worth trying again.
struct DepartureRate: Sendable {
    private var last: MonotonicInstant?
    private var meanSeconds: Double?

    /// Each interval weighs so much in the mean: the last twenty or so count.
    private static let weight = 0.05

    /// One has ended at `now`.
    mutating func note(at now: MonotonicInstant) {
        if let last {
            let interval = now.seconds(since: last)
            meanSeconds = meanSeconds.map { $0 + Self.weight * (interval - $0) } ?? interval
        }
        last = now
    }

    /// How long until `count` more have ended, in seconds; nil before two have.
    func seconds(for count: Int) -> Double? {
        meanSeconds.map { $0 * Double(count + 1) }
    }
}
