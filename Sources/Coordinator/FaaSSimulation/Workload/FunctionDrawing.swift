#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Harvesting
internal import Measures

/// Makes functions of what a trace tells about them and of seeded draws for what it does not tell, the same number of
/// draws for each function.
struct FunctionDrawing {
    private let parameters: WorkloadParameters
    private var random: SeededRandom

    /// Published durations are whole milliseconds, rounded down; 0 counts as half of one.
    static let leastMilliseconds = 0.5
    /// Published megabytes below one count as one.
    static let leastMegabytes = 1.0

    /// Memory of the 500 functions in the sample of the trace of 2019, for traces without memory: the median of their
    /// medians, the standard deviation of the logarithm of these, and the median spread within a function.
    static let medianMegabytes = 56.0, functionMemorySpread = 1.14, callMemorySpread = 0.055

    init(_ parameters: WorkloadParameters) {
        self.parameters = parameters
        random = SeededRandom(seed: parameters.seed, stream: "functions")
    }

    private var cap: Resources { parameters.grid.maximum }

    /// What is drawn of every function.
    private struct Draws {
        /// Median need of CPU.
        let millicores: Double
        /// The user's amounts as multiples of the median need.
        let cpuFactor, memoryFactor: Double
        let application: PublishedApplication
        /// A standard normal number for what the trace leaves open beyond that.
        let normal: Double
    }

    /// The cores that the median call of a function can use are not published by any trace. They are drawn from a
    /// range, uniformly in their logarithm: as many functions between 1 and 2 cores as between 2 and 4.
    private mutating func draws() -> Draws {
        let most = Double(cap.millicores) / 1_000
        let cores = parameters.medianCores
        let millicores =
            1_000 * min(cores.lowerBound * exp(random.uniform() * log(cores.upperBound / cores.lowerBound)), most)
        let range = parameters.allocationFactor
        let width = range.upperBound - range.lowerBound
        let cpuFactor = range.lowerBound + width * random.uniform()
        let memoryFactor = range.lowerBound + width * random.uniform()
        let application = PublishedApplication.all[random.index(below: PublishedApplication.all.count)]
        return Draws(
            millicores: millicores, cpuFactor: cpuFactor, memoryFactor: memoryFactor, application: application,
            normal: random.normal())
    }

    /// A function of which the trace tells what it may: durations and memory.
    mutating func function(_ described: TraceFunction) -> FunctionModel {
        let draws = draws()
        let duration =
            described.milliseconds.map { PublishedDistribution($0, least: Self.leastMilliseconds, unit: 1e-3) }
            ?? PublishedDistribution(median: draws.application.shortestSeconds)
        let memory =
            described.megabytes.map {
                PublishedDistribution($0, least: Self.leastMegabytes, unit: 1, cap: Double(cap.mebibytes))
            } ?? drawnMemory(draws)
        return model(duration, memory, draws)
    }

    /// A function of which the trace tells calls with their durations, of median `medianSeconds`.
    mutating func function(medianSeconds: Double) -> FunctionModel {
        let draws = draws()
        let least = Self.leastMilliseconds / 1_000
        let duration = PublishedDistribution(median: max(medianSeconds, least), minimum: least)
        return model(duration, drawnMemory(draws), draws)
    }

    /// One of the applications of Freyr's simulator, which can use everything that can be given.
    mutating func function(_ application: PublishedApplication) -> FunctionModel {
        let draws = draws()
        return FunctionModel(
            user: user(Double(cap.millicores), draws.cpuFactor, Double(cap.mebibytes), draws.memoryFactor),
            shortestSeconds: PublishedDistribution(median: application.shortestSeconds),
            mebibytes: PublishedDistribution(median: Double(cap.mebibytes)), millicores: Double(cap.millicores),
            cpuExponent: 0, cpuSpread: 0, slowdown: application.slowdown,
            coldStartSeconds: application.coldStartSeconds, cap: cap)
    }

    private func drawnMemory(_ draws: Draws) -> PublishedDistribution {
        PublishedDistribution(
            median: min(Self.medianMegabytes * exp(Self.functionMemorySpread * draws.normal), Double(cap.mebibytes)),
            spread: Self.callMemorySpread, minimum: Self.leastMegabytes, maximum: Double(cap.mebibytes))
    }

    /// A cold start takes the share of the function's median run that it takes of its application's run in Freyr's
    /// table.
    private func model(
        _ duration: PublishedDistribution, _ memory: PublishedDistribution, _ draws: Draws
    ) -> FunctionModel {
        FunctionModel(
            user: user(draws.millicores, draws.cpuFactor, memory.median, draws.memoryFactor),
            shortestSeconds: duration, mebibytes: memory, millicores: draws.millicores,
            cpuExponent: parameters.cpuExponent,
            cpuSpread: parameters.cpuSpread,
            slowdown: draws.application.slowdown,
            coldStartSeconds: draws.application.coldStartShare * duration.median, cap: cap)
    }

    /// Nobody defines less than the least that a call uses, nor more than can be given.
    private func user(
        _ millicores: Double, _ cpuFactor: Double, _ mebibytes: Double, _ memoryFactor: Double
    ) -> Resources {
        let memory = mebibytes * memoryFactor
        let cpu =
            switch parameters.userCPU {
            case .ofNeed: millicores * cpuFactor
            case .ofMemory: memory * Double(cap.millicores) / Double(cap.mebibytes)
            }
        // Bounded before they are made whole numbers: a wide range of factors goes beyond those.
        return Resources(
            millicores: Int(min(cpu, Double(cap.millicores)).rounded()),
            mebibytes: Int(min(memory, Double(cap.mebibytes)).rounded())
        ).greater(FunctionModel.leastUse)
    }
}
