import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The files that an agent reads on a real node, backed by virtual hardware: `<root>/dev/cpu/N/msr`, `<root>/sys` with
/// the memory channels' PCI devices, `<root>/proc`. Register n of an msr file lies at byte 8 n.
///
/// Not Sendable: one thread creates and steps it. Other processes read and write the files meanwhile.
public final class VirtualTree {
    /// The node's build.
    public let hardware: NodeHardware
    /// The folder that holds the tree.
    public let root: String
    private var cpus: [VirtualCPU] = []
    private var channels: [VirtualMemoryChannel] = []

    /// Creates the tree under the folder `root`, which is made when it does not exist; files of an earlier tree there
    /// are replaced. Throws `VirtualTreeError` naming the file that cannot be made.
    public init(root: String, hardware: NodeHardware) throws(VirtualTreeError) {
        self.root = root
        self.hardware = hardware
        let files = TreeFiles(root: root)
        try files.writeDescription(of: hardware)
        var registers: [RegisterMemory] = []
        for cpu in 0..<hardware.cpuCount {
            try files.makeFolder("dev/cpu/\(cpu)")
            let bytes = Int(RegisterAddress.end.rawValue) * 8
            registers.append(try RegisterMemory(path: "\(root)/dev/cpu/\(cpu)/msr", byteCount: bytes))
        }
        cpus = registers.map { VirtualCPU(registers: $0, hardware: hardware) }
        for socket in 0..<hardware.sockets {
            for channel in hardware.channelDevices {
                let folder = try files.writeDevice(channel, socket: socket)
                let space = try RegisterMemory(path: "\(root)/\(folder)/config", byteCount: 4096)
                channels.append(VirtualMemoryChannel(space: space, device: channel.identifier))
            }
        }
    }

    /// Where an agent finds the msr devices: `--msr-root`.
    public var msrRoot: String { root + "/dev/cpu" }
    /// Where an agent finds sysfs: `--sysfs-root`.
    public var sysfsRoot: String { root + "/sys" }
    /// Where an agent finds procfs: `--proc-root`.
    public var procRoot: String { root + "/proc" }

    /// Lets `seconds` pass while every CPU does its part of `activity`.
    public func step(seconds: Double, _ activity: HardwareActivity) {
        let share = 1 / Double(hardware.cpuCount)
        let hits = max(0, activity.llcReferencesPerSecond - activity.llcMissesPerSecond)
        let perCPU = CPUActivity(
            utilisation: activity.utilisation, instructionsPerCycle: activity.instructionsPerCycle,
            clockRatio: activity.clockRatio,
            eventsPerSecond: [
                EventRate(selector: .lastLevelCacheMiss, perSecond: activity.llcMissesPerSecond * share),
                EventRate(selector: .lastLevelCacheReference, perSecond: activity.llcReferencesPerSecond * share),
                EventRate(
                    selector: .loadRetiredL3Miss,
                    perSecond: activity.llcMissesPerSecond * activity.demandLoadShare * share),
                EventRate(selector: .loadRetiredL3Hit, perSecond: hits * activity.demandLoadShare * share),
            ],
            c1Share: max(0, 1 - activity.utilisation - activity.c3Share - activity.c6Share), c3Share: activity.c3Share,
            c6Share: activity.c6Share, packageC2Share: activity.packageC2Share,
            packageC6Share: activity.packageC6Share)
        for index in cpus.indices { cpus[index].step(seconds: seconds, perCPU) }
        guard !channels.isEmpty else { return }
        let bursts = seconds / Double(MemoryControllerPMON.bytesPerBurst * channels.count)
        for index in channels.indices {
            channels[index].step(
                readBursts: activity.memoryReadBytesPerSecond * bursts,
                writeBursts: activity.memoryWriteBytesPerSecond * bursts)
        }
    }
}
