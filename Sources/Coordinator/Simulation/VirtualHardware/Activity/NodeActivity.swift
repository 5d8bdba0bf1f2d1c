/// What each CPU and each socket of a node does at present.
public struct NodeActivity: Hashable, Sendable {
    /// By CPU number.
    public var cpus: [CPUActivity]
    /// By socket number.
    public var sockets: [SocketActivity]

    /// The given activity; what is missing at the end of a list is idle.
    public init(cpus: [CPUActivity], sockets: [SocketActivity]) {
        self.cpus = cpus
        self.sockets = sockets
    }

    /// `activity` spread evenly over the CPUs and sockets of `hardware`.
    public init(_ activity: HardwareActivity, on hardware: NodeHardware) {
        let share = 1 / Double(hardware.cpuCount)
        let cpu = CPUActivity(
            utilisation: activity.utilisation, instructionsPerCycle: activity.instructionsPerCycle,
            clockRatio: activity.clockRatio, llcReferencesPerSecond: activity.llcReferencesPerSecond * share,
            llcMissesPerSecond: activity.llcMissesPerSecond * share, demandLoadShare: activity.demandLoadShare,
            c3Share: activity.c3Share, c6Share: activity.c6Share, c7Share: activity.c7Share,
            stolenShare: activity.stolenShare)
        let sockets = Double(hardware.sockets)
        let socket = SocketActivity(
            memoryReadBytesPerSecond: activity.memoryReadBytesPerSecond / sockets,
            memoryWriteBytesPerSecond: activity.memoryWriteBytesPerSecond / sockets,
            localShare: activity.localMemoryShare, packageC2Share: activity.packageC2Share,
            packageC6Share: activity.packageC6Share, watts: activity.packageWatts, coresWatts: activity.coresWatts,
            memoryWatts: activity.memoryWatts, platformWatts: activity.platformWatts, celsius: activity.celsius)
        cpus = Array(repeating: cpu, count: hardware.cpuCount)
        self.sockets = Array(repeating: socket, count: hardware.sockets)
    }

    /// What CPU `number` does.
    func cpu(_ number: Int) -> CPUActivity { cpus.indices.contains(number) ? cpus[number] : CPUActivity() }

    /// What socket `number` does.
    func socket(_ number: Int) -> SocketActivity {
        sockets.indices.contains(number) ? sockets[number] : SocketActivity()
    }
}

/// What one logical CPU does.
public struct CPUActivity: Hashable, Sendable {
    /// Share of time, 0 to 1, in which the CPU executes instructions (C0).
    public var utilisation: Double
    /// Retired instructions per core cycle while executing.
    public var instructionsPerCycle: Double
    /// Core clock divided by the nominal clock while executing.
    public var clockRatio: Double
    /// Last-level cache references per second.
    public var llcReferencesPerSecond: Double
    /// Last-level cache misses per second.
    public var llcMissesPerSecond: Double
    /// Share of misses, and of hits, that retired demand loads account for.
    public var demandLoadShare: Double
    /// Share of time, 0 to 1, in which the CPU is in C3; its core is as deep as the least deep of its CPUs.
    public var c3Share: Double
    /// The same for C6.
    public var c6Share: Double
    /// The same for C7.
    public var c7Share: Double
    /// Share of time, 0 to 1, in which a guest's CPU wanted to execute and the host did something else.
    public var stolenShare: Double

    /// Activity as described; what is not given is absent from the CPU: it idles in C1.
    public init(
        utilisation: Double = 0, instructionsPerCycle: Double = 0, clockRatio: Double = 1,
        llcReferencesPerSecond: Double = 0, llcMissesPerSecond: Double = 0, demandLoadShare: Double = 0.5,
        c3Share: Double = 0, c6Share: Double = 0, c7Share: Double = 0, stolenShare: Double = 0
    ) {
        self.utilisation = utilisation
        self.instructionsPerCycle = instructionsPerCycle
        self.clockRatio = clockRatio
        self.llcReferencesPerSecond = llcReferencesPerSecond
        self.llcMissesPerSecond = llcMissesPerSecond
        self.demandLoadShare = demandLoadShare
        self.c3Share = c3Share
        self.c6Share = c6Share
        self.c7Share = c7Share
        self.stolenShare = stolenShare
    }

    /// Share of time that is left for C1.
    var c1Share: Double { max(0, 1 - utilisation - c3Share - c6Share - c7Share - stolenShare) }
}

/// What one socket does besides its CPUs' work.
public struct SocketActivity: Hashable, Sendable {
    /// Bytes read from the socket's memory per second.
    public var memoryReadBytesPerSecond: Double
    /// Bytes written to the socket's memory per second.
    public var memoryWriteBytesPerSecond: Double
    /// Share of the traffic behind the last-level cache that goes to the socket's own memory.
    public var localShare: Double
    /// Share of time, 0 to 1, that the package spends in C2.
    public var packageC2Share: Double
    /// Share of time, 0 to 1, that the package spends in C6.
    public var packageC6Share: Double
    /// Power of the package, of all its cores, of its memory and of the machine around it.
    public var watts, coresWatts, memoryWatts, platformWatts: Double
    /// Temperature of the package and its cores in degrees Celsius.
    public var celsius: Int

    /// Activity as described.
    public init(
        memoryReadBytesPerSecond: Double = 0, memoryWriteBytesPerSecond: Double = 0, localShare: Double = 1,
        packageC2Share: Double = 0, packageC6Share: Double = 0, watts: Double = 0, coresWatts: Double = 0,
        memoryWatts: Double = 0, platformWatts: Double = 0, celsius: Int = 40
    ) {
        self.memoryReadBytesPerSecond = memoryReadBytesPerSecond
        self.memoryWriteBytesPerSecond = memoryWriteBytesPerSecond
        self.localShare = localShare
        self.packageC2Share = packageC2Share
        self.packageC6Share = packageC6Share
        self.watts = watts
        self.coresWatts = coresWatts
        self.memoryWatts = memoryWatts
        self.platformWatts = platformWatts
        self.celsius = celsius
    }
}
