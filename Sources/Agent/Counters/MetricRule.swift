import Topology

/// How one metric is computed from differences, over a CPU, a socket or the node alike.
struct MetricRule: Sendable {
    /// The computation; sums run over the rows of the scope.
    enum Formula: Sendable {
        /// Sum of the first divided by sum of the second, over rows that have both.
        case ratio(Quantity, over: Quantity)
        /// As `ratio` over the time-stamp counter, at most 1.
        case residency(Quantity)
        /// 1 - C0 - deeper states, not below 0, over rows that have all of them that the CPU can tell.
        case halted
        /// Sum of counts per second of each row's own time, times what one count stands for.
        case rate(Quantity, perCount: Double)
        /// Rate of the time-stamp counter times cycles over reference cycles.
        case activeFrequency
    }

    let metric: Metric
    let formula: Formula
    let quality: Quality
    /// Whether the counters belong to a CPU (then the metric exists for cores, sockets and the node) or to a socket.
    let isPerCPU: Bool

    /// All metrics in the order of their columns: first the learner's six, then the rest.
    static let all: [MetricRule] = [
        MetricRule(.instructionsPerCycle, .ratio(.instructions, over: .cycles), .derived),
        MetricRule(.memoryReadBytesPerSecond, .rate(.readBursts, perCount: 64), .measured, isPerCPU: false),
        MetricRule(.memoryWriteBytesPerSecond, .rate(.writeBursts, perCount: 64), .measured, isPerCPU: false),
        MetricRule(.l3MissesPerSecond, .rate(.l3Misses, perCount: 1), .measured),
        MetricRule(.c0Residency, .residency(.referenceCycles), .measured),
        MetricRule(.c1Residency, .halted, .derived),
        MetricRule(.l3ReferencesPerSecond, .rate(.l3References, perCount: 1), .measured),
        MetricRule(.l3LoadMissesPerSecond, .rate(.l3LoadMisses, perCount: 1), .measured),
        MetricRule(.l3LoadHitsPerSecond, .rate(.l3LoadHits, perCount: 1), .measured),
        MetricRule(.coreC1Residency, .residency(.coreC1), .measured),
        MetricRule(.c3Residency, .residency(.coreC3), .measured),
        MetricRule(.c6Residency, .residency(.coreC6), .measured),
        MetricRule(.c7Residency, .residency(.coreC7), .measured),
        MetricRule(.packageC2Residency, .residency(.packageC2), .measured, isPerCPU: false),
        MetricRule(.packageC6Residency, .residency(.packageC6), .measured, isPerCPU: false),
        MetricRule(.activeFrequencyHertz, .activeFrequency, .derived),
    ]

    private init(_ metric: Metric, _ formula: Formula, _ quality: Quality, isPerCPU: Bool = true) {
        self.metric = metric
        self.formula = formula
        self.quality = quality
        self.isPerCPU = isPerCPU
    }

    /// The quantities that a row must have to take part.
    var needs: [Quantity] {
        switch formula {
        case .ratio(let upper, let lower): [upper, lower]
        case .residency(let quantity): [quantity, .timeStamp]
        case .halted: [.referenceCycles, .timeStamp]
        case .rate(let quantity, _): [quantity]
        case .activeFrequency: [.cycles, .referenceCycles]
        }
    }
}
