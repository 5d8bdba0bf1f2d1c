import Registers

/// A virtual node and how much of it shows: which registers answer, which of the kernel's files are there, whether a
/// hypervisor stands between. Every register that a profile has obeys its controls and advances exactly.
public struct HardwareProfile: Hashable, Sendable {
    /// The msr devices.
    public enum RegisterDevice: Hashable, Sendable {
        /// There are none, as where the msr module is not loaded.
        case missing
        /// Every register answers; one that does not exist holds zero.
        case lenient
        /// A register that does not exist fails with EIO, as on the real device.
        case strict
    }

    /// The counters of the cores.
    public enum CoreCounters: Hashable, Sendable {
        /// As many as the processor has.
        case native
        /// A hypervisor's: version 2 of architectural performance monitoring with so many programmable counters; events
        /// that are not architectural do not count where the host filters them.
        case virtual(programmable: Int, isFiltered: Bool)
        /// None.
        case none
    }

    /// The energy counters.
    public enum EnergyCounters: Hashable, Sendable {
        /// They fail.
        case missing
        /// They answer zero for ever, their unit too.
        case zero
        /// They count these domains, in units of 2 to the minus 14 joules, or the domain's own.
        case counting(Set<EnergyDomain>)
    }

    /// Where the memory channels are counted.
    public enum MemoryCounters: Hashable, Sendable {
        /// Nowhere.
        case missing
        /// In PCI configuration space, for the generations that have them there.
        case configurationSpace
        /// Free-running in physical memory (Ice Lake servers).
        case mapped
        /// In the data fabric (Zen 1 to 3).
        case fabric
        /// In the memory controllers (Zen 4 and later).
        case controllers
    }

    /// Groups of the kernel's files that a profile may have beside the processors' description.
    public enum KernelFile: Hashable, Sendable, CaseIterable {
        /// `dev/cpu/N/cpuid`.
        case cpuid
        /// `proc/stat`, advancing.
        case accounting
        /// `sys/devices/system/cpu/cpuN/cpuidle`, advancing.
        case idleStates
        /// `sys/class/powercap`, advancing; only with energy counters.
        case powercap
        /// `sys/bus/event_source/devices`; the events cannot be opened.
        case eventSources
        /// `sys/fs/resctrl`, advancing.
        case resourceControl
    }

    /// What the node is built of.
    public var hardware: NodeHardware
    /// The msr devices.
    public var registers = RegisterDevice.strict
    /// Whether a hypervisor stands below: no residencies, no MPERF and APERF, no ratio in PLATFORM_INFO, no
    /// thermometers.
    public var isGuest = false
    /// The counters of the cores.
    public var coreCounters = CoreCounters.native
    /// The energy counters.
    public var energy = EnergyCounters.missing
    /// TjMax in degrees Celsius; nil without thermometers.
    public var thermalTarget: Int?
    /// Where memory is counted.
    public var memory = MemoryCounters.missing
    /// The kernel's files.
    public var files: Set<KernelFile> = []
    /// Whether the NMI watchdog holds fixed counter 1 of each CPU.
    public var hasWatchdog = false

    /// `hardware` with core counters, residencies and the memory channels that lie in configuration space. Registers
    /// are lenient: nothing fails. What an ordinary `VirtualTree(root:hardware:)` shows.
    public init(_ hardware: NodeHardware) {
        self.hardware = hardware
        registers = .lenient
        memory = .configurationSpace
    }

    /// The generation; nil for a signature that is not known.
    var generation: ProcessorGeneration? { hardware.signature.generation }

    /// Whether the processors are AMD's.
    var isZen: Bool { hardware.signature.vendor == .amd }
}

/// A part of a machine whose energy is counted by itself.
public enum EnergyDomain: String, Hashable, Sendable, CaseIterable {
    /// A package.
    case package
    /// The cores of a package; on AMD each core has a counter.
    case cores
    /// The memory of a package.
    case memory
    /// The machine.
    case platform
}
