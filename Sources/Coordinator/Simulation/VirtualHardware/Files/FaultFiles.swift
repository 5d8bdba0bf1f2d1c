import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Names that files of a CPU have while it is offline, or where nobody is to find them.
enum OfflineName {
    static let registers = ".msr"
    static let cpuid = ".cpuid"
}

/// The files of faults beside the registers of each CPU: what the profile lacks, what was ordered, and being offline.
struct FaultFiles {
    private let files: TreeFiles
    private let profile: HardwareProfile
    private let isAlwaysThere: Bool
    private var ordered: [Int: [RegisterFault]] = [:]
    private var offline: Set<Int> = []

    init(files: TreeFiles, profile: HardwareProfile, isAlwaysThere: Bool) {
        self.files = files
        self.profile = profile
        self.isAlwaysThere = isAlwaysThere
    }

    /// Whether agents look for faults at all.
    var areThere: Bool { isAlwaysThere || profile.registers == .strict }

    /// Writes the files of CPUs 0 to `cpus` - 1, or removes those of an earlier tree.
    func writeAll(cpus: Int) throws(VirtualTreeError) {
        for cpu in 0..<cpus {
            files.remove(path(cpu))
            if areThere { try files.write(text(cpu), to: path(cpu)) }
        }
    }

    /// Adds `fault` to those of `cpu`; the newest counts first.
    mutating func order(_ fault: RegisterFault, cpu: Int) throws(VirtualTreeError) {
        ordered[cpu, default: []].insert(fault, at: 0)
        try write(cpu)
    }

    /// Forgets what was ordered for `cpu`.
    mutating func clear(cpu: Int) throws(VirtualTreeError) {
        ordered[cpu] = nil
        try write(cpu)
    }

    /// Whether `cpu` answers at all.
    mutating func set(cpu: Int, isOnline: Bool) throws(VirtualTreeError) {
        if isOnline { offline.remove(cpu) } else { offline.insert(cpu) }
        try write(cpu)
    }

    private func write(_ cpu: Int) throws(VirtualTreeError) {
        // In one step: an agent may read it at any moment.
        try files.replace(path(cpu), with: text(cpu))
    }

    private func path(_ cpu: Int) -> String { "dev/cpu/\(cpu)/msr.faults" }

    private func text(_ cpu: Int) -> String { lines(cpu).map(\.description).joined(separator: "\n") }

    private func lines(_ cpu: Int) -> [RegisterFault] {
        if offline.contains(cpu) {
            return [RegisterFault(nil, errorNumber: ENXIO), RegisterFault(nil, errorNumber: ENXIO, calls: .open)]
        }
        let own = ordered[cpu] ?? []
        guard profile.registers == .strict else { return own }
        // A line for all registers would not count before one for a register that exists: it takes that one's place.
        let all = own.filter { $0.register == nil && $0.calls != .open }
        let present = profile.implementedRegisters(ofCPU: cpu)
        let answers = present.flatMap { register in
            all.map { RegisterFault(register, errorNumber: $0.errorNumber, count: $0.count, calls: $0.calls) }
                + [RegisterFault(register, errorNumber: 0)]
        }
        return own + answers + [RegisterFault(nil, errorNumber: EIO)]
    }
}
