internal import Harvesting

/// What a cluster's calls had and used, averaged over stretches of time; at most so many stretches, which double in
/// length when the run outgrows them.
public struct UtilisationSeries: Sendable, Hashable {
    /// One stretch.
    public struct Stretch: Sendable, Hashable {
        /// The users' amounts of the running calls, in core-seconds and mebibyte-seconds.
        public internal(set) var reservedCoreSeconds = 0.0, reservedMebibyteSeconds = 0.0
        /// What these calls held.
        public internal(set) var allocatedCoreSeconds = 0.0, allocatedMebibyteSeconds = 0.0
        /// What they used.
        public internal(set) var usedCoreSeconds = 0.0, usedMebibyteSeconds = 0.0
        /// Calls that ran and calls that waited, times seconds.
        public internal(set) var runningSeconds = 0.0, waitingSeconds = 0.0

        fileprivate mutating func add(_ sums: ClusterSums, seconds: Double) {
            reservedCoreSeconds += Double(sums.reserved.millicores) * 1e-3 * seconds
            reservedMebibyteSeconds += Double(sums.reserved.mebibytes) * seconds
            allocatedCoreSeconds += Double(sums.allocated.millicores) * 1e-3 * seconds
            allocatedMebibyteSeconds += Double(sums.allocated.mebibytes) * seconds
            usedCoreSeconds += Double(sums.used.millicores) * 1e-3 * seconds
            usedMebibyteSeconds += Double(sums.used.mebibytes) * seconds
            runningSeconds += Double(sums.running) * seconds
            waitingSeconds += Double(sums.waiting) * seconds
        }

        fileprivate static func + (left: Self, right: Self) -> Self {
            var sum = left
            sum.reservedCoreSeconds += right.reservedCoreSeconds
            sum.reservedMebibyteSeconds += right.reservedMebibyteSeconds
            sum.allocatedCoreSeconds += right.allocatedCoreSeconds
            sum.allocatedMebibyteSeconds += right.allocatedMebibyteSeconds
            sum.usedCoreSeconds += right.usedCoreSeconds
            sum.usedMebibyteSeconds += right.usedMebibyteSeconds
            sum.runningSeconds += right.runningSeconds
            sum.waitingSeconds += right.waitingSeconds
            return sum
        }
    }

    /// How long each stretch is.
    public private(set) var stretchSeconds = 1.0
    /// The stretches from the start of the run on.
    public private(set) var stretches = [Stretch()]
    /// When the run ended, or what it has come to.
    public private(set) var endSeconds = 0.0

    private static let mostStretches = 512

    init() {}

    /// Adds `sums`, which held from `start`, the end of what was added before, to `end`.
    mutating func add(_ sums: ClusterSums, from start: Double, to end: Double) {
        let last = stretches.count - 1
        if end <= Double(last + 1) * stretchSeconds {
            stretches[last].add(sums, seconds: end - start)
            endSeconds = end
        } else {
            addAcrossStretches(sums, from: start, to: end)
        }
    }

    private mutating func addAcrossStretches(_ sums: ClusterSums, from start: Double, to end: Double) {
        while end > Double(Self.mostStretches) * stretchSeconds { halve() }
        var from = start
        while from < end {
            let limit = Double(stretches.count) * stretchSeconds
            if from < limit || end <= limit {
                let to = min(end, limit)
                stretches[stretches.count - 1].add(sums, seconds: to - from)
                from = to
            }
            if from < end { stretches.append(Stretch()) }
        }
        endSeconds = end
    }

    /// Joins stretches by pairs.
    private mutating func halve() {
        stretches = stride(from: 0, to: stretches.count, by: 2).map { place in
            place + 1 < stretches.count ? stretches[place] + stretches[place + 1] : stretches[place]
        }
        stretchSeconds *= 2
    }
}
