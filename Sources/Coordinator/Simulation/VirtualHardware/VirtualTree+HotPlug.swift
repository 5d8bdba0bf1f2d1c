import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension VirtualTree {
    /// How a CPU's registers look to others while it is offline.
    public enum OfflineManner: Hashable, Sendable {
        /// The device is gone, as devtmpfs does it.
        case nodeVanishes
        /// The device stays and refuses to be opened, as in a container that was given it.
        case nodeStays
    }

    /// Takes CPU `cpu` offline, which may not be 0: it leaves the kernel's lists, its line of /proc/stat and its
    /// topology go, its programming is lost, and whoever has its registers open gets ENXIO. Throws `VirtualTreeError`.
    public func takeOffline(_ cpu: Int, _ manner: OfflineManner = .nodeVanishes) throws(VirtualTreeError) {
        precondition(cpu > 0 && online.contains(cpu), "CPU \(cpu) is not one that can go offline")
        precondition(faults.areThere || profile.registers == .missing, "the tree was made without faults")
        online.remove(cpu)
        cpus[cpu].loseProgramming()
        if profile.registers != .missing {
            try faults.set(cpu: cpu, isOnline: false)
            if manner == .nodeVanishes {
                try files.rename("dev/cpu/\(cpu)/msr", to: hidden(cpu, OfflineName.registers))
            }
        }
        if profile.files.contains(.cpuid) {
            try files.rename("dev/cpu/\(cpu)/cpuid", to: hidden(cpu, OfflineName.cpuid))
        }
        try kernel.describe(online: online)
    }

    /// Brings CPU `cpu` back: its counters are off and at zero, what belongs to its package went on meanwhile.
    public func bringOnline(_ cpu: Int) throws(VirtualTreeError) {
        precondition(cpus.indices.contains(cpu) && !online.contains(cpu), "CPU \(cpu) is not offline")
        online.insert(cpu)
        if profile.registers != .missing {
            if access("\(root)/\(hidden(cpu, OfflineName.registers))", F_OK) == 0 {
                try files.rename(hidden(cpu, OfflineName.registers), to: "dev/cpu/\(cpu)/msr")
            }
            try faults.set(cpu: cpu, isOnline: true)
        }
        if profile.files.contains(.cpuid) {
            try files.rename(hidden(cpu, OfflineName.cpuid), to: "dev/cpu/\(cpu)/cpuid")
        }
        try kernel.describe(online: online)
    }

    private func hidden(_ cpu: Int, _ name: String) -> String { "dev/cpu/\(cpu)/\(name)" }
}
