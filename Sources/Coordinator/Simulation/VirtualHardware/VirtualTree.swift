import Registers

/// The files that an agent reads on a real node, backed by virtual hardware: `<root>/dev/cpu/N/msr`, `<root>/sys` with
/// the memory channels' PCI devices, `<root>/proc`, and whatever else the profile has. Register n of an msr file lies
/// at byte 8 n; on a strict profile a file of faults lies beside it, so that what does not exist fails as on the
/// device.
///
/// Everything advances by whole counts in one pass: where rates and durations are chosen so that counts come out whole,
/// they are exact. What an agent writes to the files is obeyed from the next step on.
///
/// Not Sendable: one thread creates and steps it. Other processes read and write the files meanwhile.
public final class VirtualTree {
    /// What the node shows.
    public let profile: HardwareProfile
    /// The folder that holds the tree.
    public let root: String
    /// The CPUs that are online.
    public internal(set) var online: Set<Int>

    let files: TreeFiles
    var cpus: [VirtualCPU] = []
    /// The CPUs of each core, with their sockets.
    private let coreMembers: [[(cpu: Int, socket: Int)]]
    var memory: VirtualMemory
    var kernel: KernelFiles
    var faults: FaultFiles

    /// Creates the tree of an ordinary node: `HardwareProfile(hardware)`.
    public convenience init(root: String, hardware: NodeHardware) throws(VirtualTreeError) {
        try self.init(root: root, profile: HardwareProfile(hardware))
    }

    /// Creates the tree under the folder `root`, which is made when it does not exist; files of an earlier tree there
    /// are replaced. With `injectsFaults` faults can be ordered and CPUs taken offline under an agent that has their
    /// registers open; it costs the agent a system call for each access, and a strict profile always has it. Throws
    /// `VirtualTreeError` naming the file that cannot be made.
    public init(root: String, profile: HardwareProfile, injectsFaults: Bool = false) throws(VirtualTreeError) {
        self.root = root
        self.profile = profile
        files = TreeFiles(root: root)
        let hardware = profile.hardware
        online = Set(0..<hardware.cpuCount)
        let cores = Dictionary(grouping: 0..<hardware.cpuCount) { hardware.core(of: $0) }
        coreMembers = cores.sorted { $0.key < $1.key }.map { $0.value.map { ($0, hardware.socket(of: $0)) } }
        let mapped = try Self.registers(of: profile, in: files)
        cpus = mapped.enumerated().map { VirtualCPU(number: $0.offset, registers: $0.element, profile: profile) }
        memory = try VirtualMemory(files: files, profile: profile, registers: mapped)
        kernel = try KernelFiles(files: files, profile: profile, registers: mapped)
        faults = FaultFiles(files: files, profile: profile, isAlwaysThere: injectsFaults)
        try faults.writeAll(cpus: profile.registers == .missing ? 0 : hardware.cpuCount)
        try kernel.describe(online: online)
        if profile.hasWatchdog { armWatchdog() }
    }

    /// Makes one file of registers for each CPU. Where a profile has no msr device the registers exist all the same, in
    /// files that no agent looks for.
    private static func registers(
        of profile: HardwareProfile, in files: TreeFiles
    ) throws(VirtualTreeError) -> [RegisterMemory] {
        var registers: [RegisterMemory] = []
        let bytes = Int(profile.registerEnd.rawValue) * 8
        for cpu in 0..<profile.hardware.cpuCount {
            try files.makeFolder("dev/cpu/\(cpu)")
            let path = "\(files.root)/dev/cpu/\(cpu)/\(profile.registers == .missing ? OfflineName.registers : "msr")"
            registers.append(try RegisterMemory(path: path, byteCount: bytes, windows: windows(of: profile)))
        }
        return registers
    }

    /// The parts of a file of registers that hold any.
    private static func windows(of profile: HardwareProfile) -> [Range<Int>] {
        let low = 0..<Int(RegisterAddress.end.rawValue) * 8
        guard profile.isZen else { return [low] }
        let architectural = Int(0xC000_0000) * 8..<Int(0xC000_0400) * 8
        let implementation = Int(0xC001_0000) * 8..<Int(RegisterAddress.zenEnd.rawValue) * 8
        return [low, architectural, implementation]
    }

    /// The node's build.
    public var hardware: NodeHardware { profile.hardware }
    /// Where an agent finds the msr devices: `--msr-root`.
    public var msrRoot: String { root + "/dev/cpu" }
    /// Where an agent finds sysfs: `--sysfs-root`.
    public var sysfsRoot: String { root + "/sys" }
    /// Where an agent finds procfs: `--proc-root`.
    public var procRoot: String { root + "/proc" }
    /// The file that stands in for /dev/mem; only where memory counters are mapped.
    public var physicalMemory: String { root + "/dev/mem" }

    /// Lets `seconds` pass while every CPU does its part of `activity`.
    public func step(seconds: Double, _ activity: HardwareActivity) {
        step(seconds: seconds, NodeActivity(activity, on: hardware))
    }

    /// Lets `seconds` pass while each CPU and socket does what `activity` says of it. CPUs that are offline do nothing.
    public func step(seconds: Double, _ activity: NodeActivity) {
        for core in coreMembers {
            let shares = CoreShares(core.lazy.filter { self.online.contains($0.cpu) }.map { activity.cpu($0.cpu) })
            for (cpu, socket) in core {
                let socket = activity.socket(socket)
                if online.contains(cpu) {
                    cpus[cpu].step(seconds: seconds, activity.cpu(cpu), core: shares, socket: socket)
                } else {
                    cpus[cpu].rest(seconds: seconds, core: shares, socket: socket, isPackageRunning: true)
                }
            }
        }
        let online = online
        memory.step(seconds: seconds, activity) { online.contains($0) ? activity.cpu($0) : CPUActivity() }
        kernel.step(seconds: seconds, online: online, activity)
    }
}
