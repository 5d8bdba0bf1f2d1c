import Measures
import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension HardwareActivity {
    /// The six metrics of the learner's state, each off by a normal error of relative size `noise`; residencies stay
    /// within 0 to 1 and C1 stays what C0 and C6 leave.
    func readings(noise: Double, random: inout SeededRandom) -> [Metric: Reading] {
        func noisy(_ value: Double) -> Double { value * max(0, 1 + noise * random.normal()) }
        let c0 = min(1, noisy(utilisation))
        let c6 = min(1 - c0, noisy(c6Share))
        let values: [(Metric, Double, Quality)] = [
            (.instructionsPerCycle, noisy(instructionsPerCycle), .derived),
            (.memoryReadBytesPerSecond, noisy(memoryReadBytesPerSecond), .measured),
            (.memoryWriteBytesPerSecond, noisy(memoryWriteBytesPerSecond), .measured),
            (.l3MissesPerSecond, noisy(llcMissesPerSecond), .measured),
            (.c0Residency, c0, .derived),
            (.c1Residency, 1 - c0 - c6, .derived),
        ]
        var readings: [Metric: Reading] = [:]
        for (metric, value, quality) in values {
            readings[metric] = Reading(value: value, quality: quality, source: "testbed", ageSeconds: 0)
        }
        return readings
    }
}

extension HardwareActivity {
    /// The six metrics of the learner's state, without noise, on a scale on which a quarter more pressure is about 1.
    var signature: [Double] {
        zip(
            Metric.schedulingState,
            [
                instructionsPerCycle, memoryReadBytesPerSecond, memoryWriteBytesPerSecond, llcMissesPerSecond,
                utilisation, 1 - utilisation - c6Share,
            ]
        ).map(Self.signaturePart)
    }

    /// The place of `value` on that scale: logarithms of rates, which pressure multiplies; residencies, to which a
    /// quarter of the cores adds a quarter, four times.
    static func signaturePart(of metric: Metric, _ value: Double) -> Double {
        metric == .c0Residency || metric == .c1Residency ? 4 * value : log(max(value, .leastNormalMagnitude))
    }
}
