public import Harvesting

/// What one call could use and how long it takes with that: drawn for each call, so that yesterday's peak does not tell
/// tomorrow's.
public struct InvocationDemand: Sendable, Hashable {
    /// The most that shortens it; more than this is of no use.
    public var most: Resources
    /// Seconds of execution with at least `most`, positive.
    public var shortestSeconds: Double
    /// How many times longer it takes with one core and 64 MiB, or half of `most` where that is less.
    public var slowdown: Double

    /// A demand for `most`.
    public init(most: Resources, shortestSeconds: Double, slowdown: Double) {
        self.most = most
        self.shortestSeconds = shortestSeconds
        self.slowdown = slowdown
    }

    /// The share of the slowdown that a lack of CPU makes; that of memory makes the rest. CPU counts twice as much, as
    /// in Freyr's simulator.
    public static let cpuShare = 2.0 / 3

    /// Where Freyr's model has its longest time: one step of its grid, the least that it gives.
    public static let least = AllocationGrid.published.step

    /// Seconds of execution with `allocation`: Freyr's model of the execution time, `D_min + (D_max - D_min) (2/3 f_cpu
    /// + 1/3 f_memory)`, where f grows linearly from 0 at what the call can use to 1 at one core and 64 MiB, and on in
    /// the same line below. Freyr's whole seconds are not kept: here time is continuous.
    ///
    /// In Freyr's model everything needs eight steps. Here a call may need less than two, and the line would become a
    /// cliff: so f is 1 at half of the need where that is less than a step.
    public func seconds(with allocation: Resources) -> Double {
        let cpu = Self.lack(of: most.millicores, allocation.millicores, least: Self.least.millicores)
        let memory = Self.lack(of: most.mebibytes, allocation.mebibytes, least: Self.least.mebibytes)
        return shortestSeconds * (1 + (slowdown - 1) * (Self.cpuShare * cpu + (1 - Self.cpuShare) * memory))
    }

    /// How much is missing: 0 where nothing is, 1 at `least` or half of `most`, whichever is less.
    private static func lack(of most: Int, _ given: Int, least: Int) -> Double {
        guard given < most else { return 0 }
        return Double(most - given) / (Double(most) - min(Double(least), Double(most) / 2))
    }
}
