import Topology

/// How one metric is computed from differences, over a CPU, a socket or the node alike: the first of its recipes whose
/// quantities are to be had.
struct MetricRule: Sendable {
    /// The computation; sums run over the rows of the scope.
    enum Formula: Hashable, Sendable {
        /// Sum of the first divided by sum of the second, over rows that have both.
        case ratio(Quantity, over: Quantity)
        /// 1 less the ratio, not below 0.
        case remainder(Quantity, over: Quantity)
        /// As `ratio` over the time-stamp counter, at most 1.
        case residency(Quantity)
        /// 1 - C0 - deeper states, not below 0, over rows that have all of them that the CPU can tell; the quantity is
        /// C0's.
        case halted(Quantity)
        /// 1 - busy - stolen share of the time that the kernel accounted for, not below 0.
        case haltedByAccounting
        /// Sum of what the counts stand for, per second of each row's own time.
        case rate(Quantity)
        /// As `rate`, times the bytes of one cache line.
        case lineRate(Quantity)
        /// Time that the counts stand for, as a share of the time that passed: the mean of the rows.
        case timeShare(Quantity)
        /// Rate of the time-stamp counter times the first over the second.
        case frequency(Quantity, over: Quantity)
        /// What the reading stands for; the highest of the rows.
        case highest(Quantity)
    }

    /// One way to a metric.
    struct Recipe: Hashable, Sendable {
        let formula: Formula
        let quality: Quality
        /// Whether the quantities are those of sockets; then the metric stands at no finer scope.
        var isOfSocket = false
        /// What must be known to compare the value with that of another recipe.
        var remark: String?
    }

    let metric: Metric
    let recipes: [Recipe]
    /// Whether the metric stands at the scope of single CPUs too, where its quantities are theirs.
    var isPerCPU = true
    /// The kind of core whose CPUs alone take part; nil for all of them.
    var coreKind: CoreKind?

    /// All metrics in the order of their columns: first the learner's six, then the rest.
    static let all: [MetricRule] = schedulingState + cache + residencies + clocks + memory + power

    /// The metrics of a node with `kinds` of cores. What two kinds do to the cache they share is told for each of them as
    /// well, since their misses do not cost the same.
    static func all(ofCores kinds: Set<CoreKind>) -> [MetricRule] {
        kinds.isSuperset(of: [.performance, .efficiency]) ? all + ofEachKind : all
    }

    private static let ofEachKind: [MetricRule] = [
        MetricRule(
            .performanceCoreL3MissesPerSecond, Recipe(formula: .rate(.l3Misses), quality: .measured),
            coreKind: .performance),
        MetricRule(
            .efficiencyCoreL3MissesPerSecond, Recipe(formula: .rate(.l3Misses), quality: .measured),
            coreKind: .efficiency),
    ]

    private static let schedulingState: [MetricRule] = [
        MetricRule(.instructionsPerCycle, Recipe(formula: .ratio(.instructions, over: .cycles), quality: .derived)),
        MetricRule(
            .memoryReadBytesPerSecond, Recipe(formula: .rate(.memoryReads), quality: .measured, isOfSocket: true),
            Recipe(
                formula: .lineRate(.l3Misses), quality: .estimate,
                remark: "64 bytes per last-level cache miss: prefetches into it, devices and write-backs are not seen"),
            Recipe(
                formula: .lineRate(.memoryFills), quality: .estimate,
                remark: "64 bytes per cache line that a core got from memory"), isPerCPU: false),
        MetricRule(
            .memoryWriteBytesPerSecond, Recipe(formula: .rate(.memoryWrites), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .l3MissesPerSecond, Recipe(formula: .rate(.l3Misses), quality: .measured),
            Recipe(formula: .rate(.domainL3Misses), quality: .measured, isOfSocket: true)),
        MetricRule(
            .c0Residency, Recipe(formula: .residency(.referenceCycles), quality: .measured),
            Recipe(formula: .residency(.maximumClock), quality: .measured, remark: "MPERF"),
            Recipe(
                formula: .ratio(.busyTime, over: .accountedTime), quality: .derived,
                remark: "time not idle by the kernel's accounting")),
        MetricRule(
            .c1Residency, Recipe(formula: .halted(.referenceCycles), quality: .derived),
            Recipe(formula: .halted(.maximumClock), quality: .derived, remark: "MPERF"),
            Recipe(
                formula: .timeShare(.requestedC1Time), quality: .estimate,
                remark: "asked for by the kernel, not confirmed by the hardware"),
            Recipe(
                formula: .haltedByAccounting, quality: .derived,
                remark: "halted by the kernel's accounting, stolen time left out; deeper states are contained")),
    ]

    private static let cache: [MetricRule] = [
        MetricRule(
            .l3ReferencesPerSecond, Recipe(formula: .rate(.l3References), quality: .measured),
            Recipe(formula: .rate(.domainL3References), quality: .measured, isOfSocket: true)),
        MetricRule(
            .l3HitRatio, Recipe(formula: .remainder(.l3Misses, over: .l3References), quality: .derived),
            Recipe(formula: .remainder(.domainL3Misses, over: .domainL3References), quality: .derived, isOfSocket: true)),
        MetricRule(.l3LoadMissesPerSecond, Recipe(formula: .rate(.l3LoadMisses), quality: .measured)),
        MetricRule(.l3LoadHitsPerSecond, Recipe(formula: .rate(.l3LoadHits), quality: .measured)),
        MetricRule(.memoryFillsPerSecond, Recipe(formula: .rate(.memoryFills), quality: .measured)),
    ]

    private static let residencies: [MetricRule] = [
        MetricRule(.coreC1Residency, Recipe(formula: .residency(.coreC1), quality: .measured)),
        MetricRule(.c3Residency, Recipe(formula: .residency(.coreC3), quality: .measured)),
        MetricRule(
            .c6Residency, Recipe(formula: .residency(.coreC6), quality: .measured),
            Recipe(
                formula: .timeShare(.requestedC6Time), quality: .estimate,
                remark: "asked for by the kernel, not confirmed by the hardware")),
        MetricRule(.c7Residency, Recipe(formula: .residency(.coreC7), quality: .measured)),
        MetricRule(
            .packageC2Residency, Recipe(formula: .residency(.packageC2), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .packageC6Residency, Recipe(formula: .residency(.packageC6), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .stolenRatio, Recipe(formula: .ratio(.stolenTime, over: .accountedTime), quality: .derived)),
    ]

    private static let clocks: [MetricRule] = [
        MetricRule(
            .activeFrequencyHertz, Recipe(formula: .frequency(.cycles, over: .referenceCycles), quality: .derived),
            Recipe(formula: .frequency(.actualClock, over: .maximumClock), quality: .derived, remark: "APERF / MPERF")),
    ]

    private static let memory: [MetricRule] = [
        MetricRule(
            .memoryBytesPerSecond, Recipe(formula: .rate(.memoryTransfers), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .l3ExternalBytesPerSecond, Recipe(formula: .rate(.l3ExternalBytes), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .l3LocalBytesPerSecond, Recipe(formula: .rate(.l3LocalBytes), quality: .measured, isOfSocket: true),
            isPerCPU: false),
    ]

    private static let power: [MetricRule] = [
        MetricRule(
            .packagePowerWatts, Recipe(formula: .rate(.packageEnergy), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .memoryPowerWatts, Recipe(formula: .rate(.memoryEnergy), quality: .measured, isOfSocket: true),
            isPerCPU: false),
        MetricRule(
            .packageTemperatureCelsius, Recipe(formula: .highest(.temperature), quality: .measured, isOfSocket: true),
            isPerCPU: false),
    ]

    private init(_ metric: Metric, _ recipes: Recipe..., isPerCPU: Bool = true) {
        self.metric = metric
        self.recipes = recipes
        self.isPerCPU = isPerCPU
    }

    private init(_ metric: Metric, _ recipe: Recipe, coreKind: CoreKind) {
        self.metric = metric
        recipes = [recipe]
        isPerCPU = false
        self.coreKind = coreKind
    }
}

extension MetricRule.Recipe {
    /// The quantities that a row must have to take part, the one that gives the column its source first.
    var needs: [Quantity] {
        switch formula {
        case .ratio(let upper, let lower), .remainder(let upper, let lower), .frequency(let upper, let lower):
            [upper, lower]
        case .residency(let quantity), .halted(let quantity): [quantity, .timeStamp]
        case .haltedByAccounting: [.busyTime, .stolenTime, .accountedTime]
        case .rate(let quantity), .lineRate(let quantity), .timeShare(let quantity), .highest(let quantity): [quantity]
        }
    }

    /// All quantities that the value may depend on.
    var quantities: QuantitySet {
        if case .halted = formula { return QuantitySet(needs + MetricDerivation.deeperStates) }
        return QuantitySet(needs)
    }

    /// How often the quantities are read.
    var cadence: Cadence { needs[0].cadence }

    /// Whether the value says little of CPUs of two kinds together: both kinds' instructions, requests and clocks have
    /// worths of their own. Shares of time and sums are what they are.
    var comparesUnlikeCores: Bool {
        switch formula {
        case .ratio(let upper, _): QuantitySet.coreCounters.contains(upper)
        case .remainder, .frequency: true
        default: false
        }
    }
}
