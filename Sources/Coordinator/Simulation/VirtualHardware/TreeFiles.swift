import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes the plain text files of a virtual tree.
struct TreeFiles {
    let root: String

    /// Everything that describes the processor: topology in sysfs, identity in procfs.
    func writeDescription(of hardware: NodeHardware) throws(VirtualTreeError) {
        try writeProcessors(of: hardware)
        let online = CPUList.format(0..<hardware.cpuCount)
        try write(online, to: "sys/devices/system/cpu/online")
        try write(online, to: "sys/devices/system/cpu/possible")
        for cpu in 0..<hardware.cpuCount {
            let topology = "sys/devices/system/cpu/cpu\(cpu)/topology"
            let siblings = (0..<hardware.cpuCount).filter { hardware.core(of: $0) == hardware.core(of: cpu) }
            try write("\(hardware.socket(of: cpu))", to: "\(topology)/physical_package_id")
            try write("\(hardware.core(of: cpu))", to: "\(topology)/core_id")
            try write(CPUList.format(siblings), to: "\(topology)/thread_siblings_list")
        }
        for socket in 0..<hardware.sockets {
            let cpus = (0..<hardware.cpuCount).filter { hardware.socket(of: $0) == socket }
            try write(CPUList.format(cpus), to: "sys/devices/system/node/node\(socket)/cpulist")
        }
        try write("0", to: "proc/sys/kernel/nmi_watchdog")
    }

    private func writeProcessors(of hardware: NodeHardware) throws(VirtualTreeError) {
        let sections = (0..<hardware.cpuCount).map { cpu in
            """
            processor\t: \(cpu)
            vendor_id\t: GenuineIntel
            cpu family\t: \(hardware.signature.family)
            model\t\t: \(hardware.signature.model)
            model name\t: \(hardware.modelName)
            stepping\t: \(hardware.signature.stepping)
            physical id\t: \(hardware.socket(of: cpu))
            cache size\t: \(hardware.l3Bytes / 1024) KB

            """
        }
        try write(sections.joined(separator: "\n"), to: "proc/cpuinfo")
    }

    /// Writes what describes a memory channel's PCI device and gives its folder under the root. The uncore buses of
    /// sockets 0 and 1 are 7F and FF on Haswell servers; any distinct numbers serve, since agents go by numa_node.
    func writeDevice(
        _ channel: MemoryControllerPMON.ChannelDevice, socket: Int
    ) throws(VirtualTreeError) -> String {
        let bus = hexadecimal(0x7F + 0x10 * socket)
        let folder = "sys/bus/pci/devices/0000:\(bus):\(hexadecimal(channel.device)).\(channel.function)"
        try write("0x" + String(MemoryControllerPMON.vendor, radix: 16), to: "\(folder)/vendor")
        try write("0x" + String(channel.identifier, radix: 16), to: "\(folder)/device")
        try write("\(socket)", to: "\(folder)/numa_node")
        return folder
    }

    private func hexadecimal(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }

    /// Writes `text` and a line end to the file `path` under the root, its folders made as needed.
    func write(_ text: String, to path: String) throws(VirtualTreeError) {
        if let slash = path.lastIndex(of: "/") { try makeFolder(String(path[..<slash])) }
        let full = "\(root)/\(path)"
        guard let file = fopen(full, "w") else { throw VirtualTreeError(action: "create", path: full, number: errno) }
        let isWritten = fputs(text + "\n", file) >= 0
        let isClosed = fclose(file) == 0
        guard isWritten, isClosed else { throw VirtualTreeError(action: "write", path: full, number: errno) }
    }

    /// Makes the folder `path` under the root, and the folders above it.
    func makeFolder(_ path: String) throws(VirtualTreeError) {
        var made = ""
        for part in "\(root)/\(path)".split(separator: "/", omittingEmptySubsequences: false) {
            made += part + "/"
            guard mkdir(made, 0o755) == 0 || errno == EEXIST || made == "/" else {
                throw VirtualTreeError(action: "make the folder", path: made, number: errno)
            }
        }
    }
}
