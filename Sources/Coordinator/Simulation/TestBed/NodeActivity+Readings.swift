#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
import Measures
import Topology

extension NodeActivity {
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

extension NodeActivity {
    /// The six metrics of the learner's state, without noise, on a scale on which equal ratios are equal distances.
    var signature: [Double] {
        [
            instructionsPerCycle, memoryReadBytesPerSecond, memoryWriteBytesPerSecond, llcMissesPerSecond, utilisation,
            1 - utilisation - c6Share,
        ].map(Self.signaturePart)
    }

    /// A metric's place on that scale; what is below a thousandth, such as the C1 of a saturated node, counts as one.
    static func signaturePart(_ value: Double) -> Double { log(max(value, 1e-3)) }
}
