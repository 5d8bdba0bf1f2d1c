import Registers

/// The kernel's files of a node: those that describe it, and those that advance with what it does.
struct KernelFiles {
    private let processors: ProcessorFiles
    private let eventSources: EventSourceFiles?
    private var accounting: AccountingFile?
    private var idleStates: IdleStateFiles?
    private var powerCap: PowerCapFiles?
    private var resourceControl: ResourceControlFiles?

    /// Makes the files that `profile` has; `registers` holds each CPU's.
    init(files: TreeFiles, profile: HardwareProfile, registers: [RegisterMemory]) throws(VirtualTreeError) {
        let hardware = profile.hardware
        processors = ProcessorFiles(files: files, profile: profile)
        try processors.writeOnce()
        eventSources =
            profile.files.contains(.eventSources) ? EventSourceFiles(files: files, profile: profile) : nil
        try eventSources?.writeOnce()
        if profile.files.contains(.cpuid) {
            let cpuid = CPUIDFiles(files: files)
            for cpu in 0..<hardware.cpuCount { try cpuid.write(profile.cpuid(ofCPU: cpu), ofCPU: cpu) }
        }
        if profile.files.contains(.accounting) {
            accounting = try AccountingFile(files: files, cpuCount: hardware.cpuCount)
        }
        if profile.files.contains(.idleStates) { idleStates = try IdleStateFiles(files: files, profile: profile) }
        if profile.files.contains(.powercap) {
            let first = (0..<hardware.sockets).compactMap { socket in
                (0..<hardware.cpuCount).first { hardware.socket(of: $0) == socket }
            }
            powerCap = try PowerCapFiles(files: files, profile: profile, packages: first.map { registers[$0] })
        }
        if profile.files.contains(.resourceControl) {
            resourceControl = try ResourceControlFiles(files: files, hardware: hardware)
        }
    }

    /// Writes what depends on which CPUs are online.
    func describe(online: Set<Int>) throws(VirtualTreeError) {
        try processors.write(online: online)
        try eventSources?.write(online: online)
        accounting?.write(online: online)
    }

    /// Lets `seconds` pass; the registers have advanced already.
    mutating func step(seconds: Double, online: Set<Int>, _ activity: NodeActivity) {
        accounting?.step(seconds: seconds, online: online, activity)
        idleStates?.step(seconds: seconds, online: online, activity)
        powerCap?.show()
        resourceControl?.step(seconds: seconds, activity)
    }

    /// Whether resource monitoring answers.
    mutating func setResourceMonitoring(isAvailable: Bool) { resourceControl?.isAvailable = isAvailable }
}
