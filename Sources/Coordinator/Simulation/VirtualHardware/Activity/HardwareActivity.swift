public import Topology

/// What a node's hardware does at present, the same on every CPU of the node.
public struct HardwareActivity: Hashable, Sendable {
    /// Share of time, 0 to 1, in which each CPU executes instructions (C0).
    public var utilisation: Double
    /// Retired instructions per core cycle while executing.
    public var instructionsPerCycle: Double
    /// Core clock divided by the nominal clock while executing.
    public var clockRatio: Double
    /// Last-level cache references per second, of the whole node.
    public var llcReferencesPerSecond: Double
    /// Last-level cache misses per second, of the whole node.
    public var llcMissesPerSecond: Double
    /// Share of misses, and of hits, that retired demand loads account for; the rest is prefetch, store and code.
    public var demandLoadShare: Double
    /// Bytes read from memory per second, of the whole node.
    public var memoryReadBytesPerSecond: Double
    /// Bytes written to memory per second, of the whole node.
    public var memoryWriteBytesPerSecond: Double
    /// Share of time, 0 to 1, that each core spends in C6; with `utilisation` and `c3Share` at most 1.
    public var c6Share: Double
    /// Share of time, 0 to 1, that each core spends in C3.
    public var c3Share: Double
    /// Share of time, 0 to 1, that each package spends in C2.
    public var packageC2Share: Double
    /// Share of time, 0 to 1, that each package spends in C6.
    public var packageC6Share: Double
    /// Share of time, 0 to 1, that each core spends in C7.
    public var c7Share: Double
    /// Share of time, 0 to 1, in which each CPU of a guest wanted to execute and the host did something else.
    public var stolenShare: Double
    /// Share of the traffic behind the last-level caches that goes to the socket's own memory.
    public var localMemoryShare: Double
    /// Power of each package, of all its cores, of its memory and of the machine, in watts.
    public var packageWatts, coresWatts, memoryWatts, platformWatts: Double
    /// Temperature of each package and its cores in degrees Celsius.
    public var celsius: Int

    /// Activity as described; what is not given is absent from the node: an idle CPU in C1.
    public init(
        utilisation: Double = 0, instructionsPerCycle: Double = 0, clockRatio: Double = 1,
        llcReferencesPerSecond: Double = 0, llcMissesPerSecond: Double = 0, demandLoadShare: Double = 0.5,
        memoryReadBytesPerSecond: Double = 0, memoryWriteBytesPerSecond: Double = 0, c6Share: Double = 0,
        c3Share: Double = 0, packageC2Share: Double = 0, packageC6Share: Double = 0, c7Share: Double = 0,
        stolenShare: Double = 0, localMemoryShare: Double = 1, packageWatts: Double = 0, coresWatts: Double = 0,
        memoryWatts: Double = 0, platformWatts: Double = 0, celsius: Int = 40
    ) {
        self.utilisation = utilisation
        self.instructionsPerCycle = instructionsPerCycle
        self.clockRatio = clockRatio
        self.llcReferencesPerSecond = llcReferencesPerSecond
        self.llcMissesPerSecond = llcMissesPerSecond
        self.demandLoadShare = demandLoadShare
        self.memoryReadBytesPerSecond = memoryReadBytesPerSecond
        self.memoryWriteBytesPerSecond = memoryWriteBytesPerSecond
        self.c6Share = c6Share
        self.c3Share = c3Share
        self.packageC2Share = packageC2Share
        self.packageC6Share = packageC6Share
        self.c7Share = c7Share
        self.stolenShare = stolenShare
        self.localMemoryShare = localMemoryShare
        self.packageWatts = packageWatts
        self.coresWatts = coresWatts
        self.memoryWatts = memoryWatts
        self.platformWatts = platformWatts
        self.celsius = celsius
    }

    /// What an agent that reads perfect counters derives for the whole of a node with `hardware`: the metrics of
    /// system scope. IPC and active clock are absent while nothing executes, as a ratio without a denominator must be.
    public func systemMetrics(on hardware: NodeHardware) -> [Metric: Double] {
        var metrics: [Metric: Double] = [
            .memoryReadBytesPerSecond: memoryReadBytesPerSecond,
            .memoryWriteBytesPerSecond: memoryWriteBytesPerSecond,
            .l3MissesPerSecond: llcMissesPerSecond,
            .l3ReferencesPerSecond: llcReferencesPerSecond,
            .c0Residency: min(1, max(0, utilisation)),
            .c1Residency: max(0, 1 - utilisation - c3Share - c6Share - c7Share),
            .c6Residency: c6Share,
        ]
        if utilisation > 0 {
            metrics[.instructionsPerCycle] = instructionsPerCycle
            metrics[.activeFrequencyHertz] = Double(hardware.nominalHertz) * clockRatio
        }
        return metrics
    }
}
