import Registers

/// `sys/bus/event_source/devices`: the units that perf could count with, as the kernel describes them (Linux,
/// Documentation/ABI/testing/sysfs-bus-event_source-devices-*). Only the descriptions: nothing can be opened.
struct EventSourceFiles {
    let files: TreeFiles
    let profile: HardwareProfile

    private static let folder = "sys/bus/event_source/devices"

    /// Writes all units.
    func writeOnce() throws(VirtualTreeError) {
        for unit in EventSourceUnits(profile: profile).all {
            let folder = "\(Self.folder)/\(unit.name)"
            try files.write("\(unit.type)", to: "\(folder)/type")
            try files.write(unit.texts, below: folder)
        }
    }

    /// Writes which CPUs stand for the units: the kernel moves them when one goes offline.
    func write(online: Set<Int>) throws(VirtualTreeError) {
        for unit in EventSourceUnits(profile: profile).all {
            guard let readers = unit.readers else { continue }
            try files.write(CPUList.format(readers(online)), to: "\(Self.folder)/\(unit.name)/cpumask")
        }
    }
}
