import Registers

/// The files that describe a node's processors: topology in sysfs, identity in procfs. What is offline is not shown, as
/// in Linux (Documentation/admin-guide/cputopology.rst, Documentation/ABI/testing/sysfs-devices-system-cpu).
struct ProcessorFiles {
    let files: TreeFiles
    let profile: HardwareProfile

    private static let folder = "sys/devices/system/cpu"
    private static let topologyFiles = [
        "physical_package_id", "die_id", "core_id", "thread_siblings_list", "core_cpus_list",
    ]
    private static let cacheFiles = ["id", "level", "type", "size", "shared_cpu_list"]

    private var hardware: NodeHardware { profile.hardware }

    /// Writes what never changes.
    func writeOnce() throws(VirtualTreeError) {
        try files.write(CPUList.format(0..<hardware.cpuCount), to: "\(Self.folder)/possible")
        try files.write(profile.hasWatchdog ? "1" : "0", to: "proc/sys/kernel/nmi_watchdog")
        try files.write("2", to: "proc/sys/kernel/perf_event_paranoid")
        guard hardware.efficientCores > 0 else { return }
        let (performance, efficient) = hardware.cpusByKind
        try files.write(CPUList.format(performance), to: "sys/devices/cpu_core/cpus")
        try files.write(CPUList.format(efficient), to: "sys/devices/cpu_atom/cpus")
    }

    /// Writes what depends on which CPUs are online.
    func write(online: Set<Int>) throws(VirtualTreeError) {
        try files.replace("\(Self.folder)/online", with: CPUList.format(online))
        try writeIdentity(online)
        for cpu in 0..<hardware.cpuCount {
            // The boot CPU cannot be switched off and has no such file.
            if cpu > 0 { try files.write(online.contains(cpu) ? "1" : "0", to: "\(Self.folder)/cpu\(cpu)/online") }
            if online.contains(cpu) {
                try writePlace(of: cpu, online)
            } else {
                removePlace(of: cpu)
            }
        }
        for node in 0..<hardware.sockets * hardware.numaNodesPerSocket {
            let cpus = online.filter { hardware.numaNode(of: $0) == node }
            try files.write(CPUList.format(cpus), to: "sys/devices/system/node/node\(node)/cpulist")
        }
    }

    private func writePlace(of cpu: Int, _ online: Set<Int>) throws(VirtualTreeError) {
        let siblings = CPUList.format(online.filter { hardware.core(of: $0) == hardware.core(of: cpu) })
        let sharing = CPUList.format(online.filter { hardware.cache(of: $0) == hardware.cache(of: cpu) })
        try files.write(
            [
                "physical_package_id": "\(hardware.socket(of: cpu))", "die_id": "0",
                "core_id": "\(hardware.core(of: cpu))", "thread_siblings_list": siblings, "core_cpus_list": siblings,
            ], below: "\(Self.folder)/cpu\(cpu)/topology")
        try files.write(
            [
                "id": "\(hardware.cache(of: cpu))", "level": "3", "type": "Unified",
                "size": "\(hardware.l3Bytes / hardware.cachesPerSocket / 1024)K", "shared_cpu_list": sharing,
            ], below: "\(Self.folder)/cpu\(cpu)/cache/index3")
    }

    private func removePlace(of cpu: Int) {
        for file in Self.topologyFiles { files.remove("\(Self.folder)/cpu\(cpu)/topology/\(file)") }
        for file in Self.cacheFiles { files.remove("\(Self.folder)/cpu\(cpu)/cache/index3/\(file)") }
    }

    private func writeIdentity(_ online: Set<Int>) throws(VirtualTreeError) {
        let flags = flags.joined(separator: " ")
        let sections = online.sorted().map { cpu in
            """
            processor\t: \(cpu)
            vendor_id\t: \(hardware.signature.vendor.rawValue)
            cpu family\t: \(hardware.signature.family)
            model\t\t: \(hardware.signature.model)
            model name\t: \(hardware.modelName)
            stepping\t: \(hardware.signature.stepping)
            physical id\t: \(hardware.socket(of: cpu))
            cache size\t: \(hardware.l3Bytes / 1024) KB
            flags\t\t: \(flags)

            """
        }
        try files.write(sections.joined(separator: "\n"), to: "proc/cpuinfo")
    }

    /// The flags of /proc/cpuinfo that speak of counters (Linux 6.12, arch/x86/include/asm/cpufeatures.h).
    private var flags: [String] {
        var flags = ["constant_tsc", "nonstop_tsc"]
        if !profile.isGuest { flags.append("aperfmperf") }
        if profile.isGuest { flags.append("hypervisor") }
        switch profile.shape(ofCPU: 0) {
        case .architectural: flags.append("arch_perfmon")
        case .zen(let shape):
            flags.append("perfctr_core")
            if !profile.cacheCounters.isEmpty { flags += ["perfctr_llc", "perfctr_nb"] }
            if shape.hasGlobalControl { flags.append("perfmon_v2") }
        case .none: break
        }
        if profile.isZen, case .counting = profile.energy { flags.append("rapl") }
        return flags
    }
}
