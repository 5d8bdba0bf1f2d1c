import KernelFiles
import Registers

/// Finds the PCI devices that memory is counted by, and the socket that each belongs to.
struct MemoryControllerScan {
    /// A device's configuration space.
    struct Found: Hashable {
        let path: String
        let package: Int
    }

    let sysfs: String
    let topology: ProcessorTopology

    /// The channels that `generation` has in PCI configuration space.
    func find(_ generation: ProcessorGeneration) -> [Found] {
        find(Set(MemoryControllerPMON.channels(of: generation).map(\.identifier)))
    }

    /// Intel's devices with one of `identifiers` that `isMeant` by their names, in order of bus and device.
    ///
    /// The socket is told by the device's NUMA node; where firmware gives none, the buses that carry such devices count
    /// up through the packages.
    func find(_ identifiers: Set<UInt16>, where isMeant: (String) -> Bool = { _ in true }) -> [Found] {
        let folder = "\(sysfs)/bus/pci/devices"
        let devices = KernelText.names(in: folder).filter { name in
            number("\(folder)/\(name)/vendor") == Int(MemoryControllerPMON.vendor)
                && number("\(folder)/\(name)/device").map { identifiers.contains(UInt16(truncatingIfNeeded: $0)) } == true
                && isMeant(name)
        }
        var buses: [Substring] = []
        for device in devices where !buses.contains(bus(of: device)) { buses.append(bus(of: device)) }
        let perPackage = max(1, buses.count / max(1, topology.packages.count))
        return devices.compactMap { name in
            let order = (buses.firstIndex(of: bus(of: name)) ?? 0) / perPackage
            let byOrder = topology.packages.indices.contains(order) ? topology.packages[order] : nil
            let node = number("\(folder)/\(name)/numa_node").flatMap { $0 < 0 ? nil : $0 }
            // The channels of a package whose CPUs are all offline are nobody's; by order they would be another's.
            let owner = node.map { package(ofNode: $0) } ?? byOrder
            return owner.map { Found(path: "\(folder)/\(name)/config", package: $0) }
        }
    }

    /// The package whose CPUs form a NUMA node; nil when the node has no online CPU.
    private func package(ofNode node: Int) -> Int? {
        let cpus =
            KernelText.contents("\(sysfs)/devices/system/node/node\(node)/cpulist").flatMap { CPUList.parse($0) } ?? []
        return topology.cpus.first { cpus.contains($0.number) }?.package
    }

    private func number(_ path: String) -> Int? {
        guard let text = KernelText.contents(path) else { return nil }
        return text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    }

    /// Domain and bus of a device name such as "0000:7f:14.0".
    private func bus(of device: String) -> Substring {
        device.lastIndex(of: ":").map { device[..<$0] } ?? device[...]
    }
}
