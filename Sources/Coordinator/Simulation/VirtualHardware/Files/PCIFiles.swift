import Registers

/// The PCI devices of a node's memory counters.
struct PCIFiles {
    let files: TreeFiles

    /// Bytes of a device's configuration space.
    static let spaceBytes = 4096

    /// Writes what describes a device of `socket` and gives the path of its configuration space. The uncore buses of
    /// sockets 0 and 1 are 7F and FF on Haswell servers; any distinct numbers serve, since agents go by numa_node.
    func writeDevice(
        _ identifier: UInt16, device: Int, function: Int, socket: Int, numaNode: Int
    ) throws(VirtualTreeError) -> String {
        let bus = hexadecimal(0x7F + 0x10 * socket)
        let folder = "sys/bus/pci/devices/0000:\(bus):\(hexadecimal(device)).\(function)"
        try files.write("0x" + String(MemoryControllerPMON.vendor, radix: 16), to: "\(folder)/vendor")
        try files.write("0x" + String(identifier, radix: 16), to: "\(folder)/device")
        try files.write("\(numaNode)", to: "\(folder)/numa_node")
        return "\(files.root)/\(folder)/config"
    }

    private func hexadecimal(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }
}
