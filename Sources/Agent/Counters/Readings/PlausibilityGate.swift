/// Decides which differences cannot be true: what another tool's reset, a paused machine or a descheduled reader leaves
/// behind. A public report of PCM (issue 252) shows frequency ratios near -117174 where such differences went through.
struct PlausibilityGate: Hashable, Sendable {
    /// Instructions that one core cycle can retire at most; the widest core named here retires 8.
    var instructionsPerCycle: UInt64 = 8
    /// Actual clock divided by nominal clock at most: turbo head-room.
    var clockRatio = 2.0
    /// Cycles that any clock makes in a second at most, in hertz: the bound of what is counted in cycles where no
    /// time-stamp counter was read beside it. Boost clocks of server and client parts end below it.
    var mostHertz = 6e9
    /// Residency at most, as a share: reading the counters of one CPU takes some microseconds.
    var residency = 1.02
    /// Ticks that reading one CPU's counters may take on top of `residency`.
    var slackTicks = 20_000.0
    /// Ticks that an interval must last, by the clock at `mostHertz` where no time-stamp counter was read: over a much
    /// shorter one, what `slackTicks` lets pass would make rates without a bound.
    var leastTicks: UInt64 = 1_000_000
    /// Bytes per second and memory channel at most; DDR5 channels reach 38.4e9 at 4800 MT/s.
    var bytesPerSecondPerChannel = 64e9
    /// Memory channels behind a socket's counts, by row; rows without an entry are taken for sockets of the most
    /// channels there are.
    var channels: [Int: Int] = [:]
    /// Channels of the largest sockets: twelve, of two sub-channels each.
    var mostChannels = 24
    /// Watts that one socket, or its memory, can draw at most.
    var watts = 2_000.0

    /// The quantities of `row` whose differences cannot be true.
    func implausible(in interval: Interval, row: Int, selection: SourceSelection) -> QuantitySet {
        let present = interval.present[row]
        var found: QuantitySet = []
        func check(_ quantities: QuantitySet, _ limit: (Quantity) -> Double) {
            present.intersection(quantities).forEach { quantity in
                guard let delta = interval[row, quantity], Double(delta) > limit(quantity) else { return }
                found.insert(quantity.bit)
            }
        }
        let ticks = interval[row, .timeStamp].map { Double($0) }
        let byClock = mostHertz * interval.seconds[row]
        let residencyLimit = (ticks.map { residency * $0 } ?? byClock) + slackTicks
        let cycleLimit = (ticks.map { clockRatio * $0 } ?? byClock) + slackTicks
        check(Self.shares) { _ in residencyLimit }
        check(Self.perCycle) { _ in cycleLimit }
        // Both clocks of a core stand still together, and one runs at most so much faster than the other; which of them is
        // wrong where they do not fit cannot be told.
        for (actual, nominal): (Quantity, Quantity) in [(.cycles, .referenceCycles), (.actualClock, .maximumClock)] {
            guard let fast = interval[row, actual], let slow = interval[row, nominal],
                Double(fast) > clockRatio * Double(slow) + slackTicks
            else { continue }
            found.formUnion(actual.bit.union(nominal.bit))
        }
        if found.contains(.cycles) {
            found.insert(Quantity.instructions.bit)
        } else {
            let cycles = interval[row, .cycles].map { Double($0) } ?? cycleLimit
            check(Quantity.instructions.bit) { _ in cycles * Double(instructionsPerCycle) + slackTicks }
        }
        guard !present.isDisjoint(with: Self.traffic.union(Self.energy)) else { return found.intersection(present) }
        let seconds = interval.seconds[row]
        let bytes = Double(channels[row] ?? mostChannels) * bytesPerSecondPerChannel * seconds
        check(Self.traffic) { bytes / selection.unit(of: $0, row: row) }
        check(Self.energy) { watts * seconds / selection.unit(of: $0, row: row) }
        return found.intersection(present)
    }

    /// Times in a state, and clocks that stand still in others.
    private static let shares = QuantitySet([
        .referenceCycles, .maximumClock, .coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6,
    ])
    /// What happens at most once in a cycle: a core looks up the last-level cache no oftener.
    private static let perCycle = QuantitySet([
        .cycles, .actualClock, .l3Misses, .l3References, .l3LoadMisses, .l3LoadHits, .memoryFills,
    ])
    private static let traffic = QuantitySet([
        .memoryReads, .memoryWrites, .memoryTransfers, .l3ExternalBytes, .l3LocalBytes,
    ])
    private static let energy = QuantitySet([.packageEnergy, .memoryEnergy])
}
