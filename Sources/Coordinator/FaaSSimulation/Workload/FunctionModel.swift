#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
public import Harvesting
internal import Measures

/// A function of a workload: what its calls need, and what its user has defined for it. Its name stands in a table
/// outside.
public struct FunctionModel: Sendable, Hashable {
    /// What its user has defined.
    public let user: Resources
    /// Seconds of execution with everything a call can use.
    public let shortestSeconds: PublishedDistribution
    /// Mebibytes that a call can use.
    public let mebibytes: PublishedDistribution
    /// Millicores that its median call can use.
    public let millicores: Double
    /// The power of a call's duration, in units of the median one, by which the millicores that it can use grow.
    public let cpuExponent: Double
    /// The standard deviation of the logarithm of these millicores beside what durations explain.
    public let cpuSpread: Double
    /// How many times longer a call takes with the least resources.
    public let slowdown: Double
    /// Seconds of a cold start.
    public let coldStartSeconds: Double
    /// The most that anything can be given.
    public let cap: Resources

    /// A function of these properties.
    public init(
        user: Resources, shortestSeconds: PublishedDistribution, mebibytes: PublishedDistribution, millicores: Double,
        cpuExponent: Double, cpuSpread: Double, slowdown: Double, coldStartSeconds: Double, cap: Resources
    ) {
        self.user = user
        self.shortestSeconds = shortestSeconds
        self.mebibytes = mebibytes
        self.millicores = millicores
        self.cpuExponent = cpuExponent
        self.cpuSpread = cpuSpread
        self.slowdown = slowdown
        self.coldStartSeconds = coldStartSeconds
        self.cap = cap
    }

    /// Draws the demand of one call: duration and memory from their distributions, independently; the cores it can use
    /// follow its duration, for a larger input both runs longer and can be spread over more cores.
    func draw(_ random: inout SeededRandom) -> InvocationDemand {
        let (size, memory) = random.normalPair()
        let cores = cpuSpread > 0 ? random.normalPair().0 : 0
        return demand(secondsLogarithm: shortestSeconds.logarithm(at: size), memory: memory, cores: cores)
    }

    /// Draws the demand of one call whose shortest duration is known, and positive.
    func draw(shortestSeconds: Double, _ random: inout SeededRandom) -> InvocationDemand {
        let (memory, cores) = random.normalPair()
        return demand(secondsLogarithm: log(shortestSeconds), memory: memory, cores: cores)
    }

    private func demand(secondsLogarithm: Double, memory: Double, cores: Double) -> InvocationDemand {
        let byDuration = cpuExponent * (secondsLogarithm - shortestSeconds.logarithmOfMedian)
        let width = millicores * exp(byDuration + cpuSpread * cores)
        // Bounded before it is made a whole number: a wide distribution goes beyond those.
        let most = Resources(
            millicores: Int(min(width, Double(cap.millicores)).rounded()),
            mebibytes: min(Int(exp(mebibytes.logarithm(at: memory)).rounded(.up)), cap.mebibytes)
        ).greater(Self.leastUse)
        return InvocationDemand(most: most, shortestSeconds: exp(secondsLogarithm), slowdown: slowdown)
    }

    /// No call uses less than a tenth of a core and one mebibyte, and no user defines less.
    public static let leastUse = Resources(millicores: 100, mebibytes: 1)
}
