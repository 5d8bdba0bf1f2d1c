import Registers

/// Profiles with round figures: at 2 GHz, steps of 10 ms and rates in round numbers every count comes out whole.
extension HardwareProfile {
    private static let nominalHertz: UInt64 = 2_000_000_000

    private static func intel(
        _ name: String, model: Int, stepping: Int, cpus: Int = 4, threads: Int = 2, sockets: Int = 1, channels: Int,
        efficient: Int = 0, absent: Set<NodeHardware.Channel> = []
    ) -> HardwareProfile {
        var profile = HardwareProfile(
            NodeHardware(
                modelName: "Intel(R) \(name)",
                signature: ProcessorSignature(family: 6, model: model, stepping: stepping), cpuCount: cpus,
                threadsPerCore: threads, sockets: sockets, nominalHertz: nominalHertz, l3Bytes: 32 << 20,
                memoryChannels: channels, efficientCores: efficient, absentChannels: absent))
        profile.registers = .strict
        profile.energy = .counting([.package, .memory])
        profile.thermalTarget = 95
        profile.files = Set(KernelFile.allCases)
        return profile
    }

    private static func zen(
        _ name: String, family: Int, model: Int, coresPerCache: Int, channels: Int, memory: MemoryCounters
    ) -> HardwareProfile {
        var profile = HardwareProfile(
            NodeHardware(
                modelName: "AMD \(name)",
                signature: ProcessorSignature(vendor: .amd, family: family, model: model, stepping: 0), cpuCount: 8,
                threadsPerCore: 2, nominalHertz: nominalHertz, l3Bytes: 32 << 20, memoryChannels: channels,
                coresPerCache: coresPerCache))
        profile.registers = .strict
        profile.energy = .counting([.package, .cores])
        profile.memory = memory
        profile.files = Set(KernelFile.allCases)
        return profile
    }

    /// Cascade Lake: four CPUs on two cores, six channels in configuration space.
    public static let cascadeLake = intel("Xeon(R) Gold 5218R", model: 0x55, stepping: 7, channels: 6)

    /// Haswell-EP: four CPUs on two cores, four channels in configuration space; no load-retired events worth counting.
    public static let haswell = intel("Xeon(R) E5-2658A v3", model: 0x3F, stepping: 2, channels: 4)

    /// Ice Lake: core C1, eight programmable counters, memory free-running in physical memory.
    public static let iceLake: HardwareProfile = {
        var profile = intel("Xeon(R) Gold 6330", model: 0x6A, stepping: 6, channels: 8)
        profile.memory = .mapped
        return profile
    }()

    /// Sapphire Rapids: memory through the kernel's event units alone; energy of the machine in joules.
    public static let sapphireRapids: HardwareProfile = {
        var profile = intel("Xeon(R) Gold 6430", model: 0x8F, stepping: 8, channels: 8)
        profile.memory = .missing
        profile.energy = .counting([.package, .memory, .platform])
        return profile
    }()

    /// Zen 2: eight CPUs on four cores in two core complexes, eight channels in the data fabric.
    public static let zen2 = zen(
        "EPYC 7252", family: 0x17, model: 0x31, coresPerCache: 2, channels: 8, memory: .fabric)

    /// Zen 4: eight CPUs on four cores in one core complex, performance monitoring version 2, twelve memory
    /// controllers. The data fabric's counters are left out: what one of its beats moves is not documented.
    public static let zen4 = zen(
        "EPYC 9124", family: 0x19, model: 0x11, coresPerCache: 4, channels: 12, memory: .controllers)

    /// Alder Lake: two performance cores with two threads each, CPUs 0 to 3, and four efficient cores, CPUs 4 to 7.
    public static let hybrid: HardwareProfile = {
        var profile = intel("Core(TM) i5-12600K", model: 0x97, stepping: 2, cpus: 8, channels: 2, efficient: 4)
        profile.memory = .missing
        profile.energy = .counting([.package, .cores])
        profile.files.remove(.resourceControl)
        return profile
    }()

    /// A guest of KVM with virtual counters: three of them, architectural events only. No idle states, no MPERF and
    /// APERF, no ratio; energy registers answer zero.
    public static let guestWithVPMU: HardwareProfile = {
        var profile = guest
        profile.coreCounters = .virtual(programmable: 3, isFiltered: true)
        return profile
    }()

    /// A guest of KVM without virtual counters. With `hasRegisterDevice` the msr module is loaded, and what KVM fakes
    /// answers zero; usually it is not.
    public static func guestWithoutVPMU(hasRegisterDevice: Bool = false) -> HardwareProfile {
        var profile = guest
        profile.coreCounters = .none
        if !hasRegisterDevice { profile.registers = .missing }
        return profile
    }

    private static let guest: HardwareProfile = {
        var profile = intel("Xeon(R) Processor (Cascadelake)", model: 0x55, stepping: 7, threads: 1, channels: 1)
        profile.isGuest = true
        profile.memory = .missing
        profile.energy = .zero
        profile.thermalTarget = nil
        profile.files = [.cpuid, .accounting, .idleStates, .eventSources]
        return profile
    }()

    /// Cascade Lake whose energy registers answer zero, as firmware that hides them leaves it.
    public static let stuckZeroRAPL: HardwareProfile = {
        var profile = cascadeLake
        profile.energy = .zero
        profile.files.remove(.powercap)
        return profile
    }()

    /// Two sockets of Cascade Lake, the second with five channels instead of six: index 3 is empty.
    public static let twoSocketsOneChannelMissing = intel(
        "Xeon(R) Gold 5218R", model: 0x55, stepping: 7, cpus: 8, sockets: 2, channels: 6,
        absent: [NodeHardware.Channel(socket: 1, index: 3)])

    /// Cascade Lake whose NMI watchdog holds fixed counter 1.
    public static let watchdogOn: HardwareProfile = {
        var profile = cascadeLake
        profile.hasWatchdog = true
        return profile
    }()

    /// Every named profile, by name.
    public static let named: [String: HardwareProfile] = [
        "cascadeLake": cascadeLake, "haswell": haswell, "iceLake": iceLake, "sapphireRapids": sapphireRapids,
        "zen2": zen2, "zen4": zen4, "hybrid": hybrid, "guestWithVPMU": guestWithVPMU,
        "guestWithoutVPMU": guestWithoutVPMU(), "guestWithoutVPMUButMSR": guestWithoutVPMU(hasRegisterDevice: true),
        "stuckZeroRAPL": stuckZeroRAPL, "twoSocketsOneChannelMissing": twoSocketsOneChannelMissing,
        "watchdogOn": watchdogOn,
    ]
}
