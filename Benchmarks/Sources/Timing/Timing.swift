/// Nanoseconds of one call of `body`, measured over `repeats` calls on the monotonic clock.
public func nanosecondsPerCall(repeats: Int, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let elapsed = clock.measure { for _ in 0..<repeats { body() } }
    let (seconds, attoseconds) = elapsed.components
    return (Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(repeats)
}

/// The medians of two bodies that are measured by turns, `rounds` times each, so that both meet the same disturbances
/// of the machine; in nanoseconds per call.
public func interleavedMedians(
    rounds: Int, repeats: Int, _ first: () -> Void, _ second: () -> Void
) -> (first: Double, second: Double) {
    var firsts: [Double] = []
    var seconds: [Double] = []
    // One round outside of the record brings code and data into the caches.
    for round in 0...rounds {
        let a = nanosecondsPerCall(repeats: repeats, first)
        let b = nanosecondsPerCall(repeats: repeats, second)
        if round > 0 {
            firsts.append(a)
            seconds.append(b)
        }
    }
    return (median(firsts), median(seconds))
}

private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
