import Foundation
import Registers
import Testing

@testable import Counters

/// A folder with the text files by which the kernel describes a machine, removed when it is let go.
final class MachineFolder {
    let root: String

    /// A machine of `cpuCount` CPUs, two threads to a core where `threadsPerCore` says so: CPU n and n + half are
    /// siblings. Packages take the cores in turn.
    init(
        vendor: String = "GenuineIntel", family: Int = 6, model: Int = 0x55, stepping: Int = 7, cpuCount: Int = 4,
        threadsPerCore: Int = 1, packages: Int = 1
    ) throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-machine-\(UUID().uuidString)").path
        let section = """
            processor\t: 0
            vendor_id\t: \(vendor)
            cpu family\t: \(family)
            model\t\t: \(model)
            stepping\t: \(stepping)

            """
        try write(section, to: "proc/cpuinfo")
        try write(CPUList.format(0..<cpuCount), to: "sys/devices/system/cpu/online")
        let cores = cpuCount / threadsPerCore
        for cpu in 0..<cpuCount {
            let folder = "sys/devices/system/cpu/cpu\(cpu)/topology"
            let siblings = (0..<cpuCount).filter { $0 % cores == cpu % cores }
            try write(CPUList.format(siblings), to: "\(folder)/thread_siblings_list")
            try write("\(cpu % cores * packages / cores)", to: "\(folder)/physical_package_id")
        }
    }

    /// Lets each of `groups` of CPUs share a last-level cache, numbered in their order.
    func writeCaches(_ groups: [[Int]]) throws {
        for (identifier, cpus) in groups.enumerated() {
            for cpu in cpus {
                let folder = "sys/devices/system/cpu/cpu\(cpu)/cache/index3"
                try write("\(identifier)", to: "\(folder)/id")
                try write(CPUList.format(cpus), to: "\(folder)/shared_cpu_list")
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var roots: KernelRoots { KernelRoots(msr: "\(root)/dev/cpu", sysfs: "\(root)/sys", proc: "\(root)/proc") }

    /// The CPUs as the kernel describes them.
    func layout() throws -> FrameLayout {
        let online = try ProcessorTopology.onlineCPUs(sysfs: roots.sysfs)
        return FrameLayout(topology: ProcessorTopology(online: online, sysfs: roots.sysfs))
    }

    /// Writes `text` and a line's end to `path`, as sysfs does.
    func write(_ text: String, to path: String) throws {
        let file = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        // In place: a reader that holds the file open sees the new text, as it does with the kernel's.
        if let handle = FileHandle(forWritingAtPath: file.path) {
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data("\(text)\n".utf8))
            try handle.close()
        } else {
            try Data("\(text)\n".utf8).write(to: file)
        }
    }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: "\(root)/\(path)", withIntermediateDirectories: true)
    }

    func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: "\(root)/\(path)", toPath: "\(root)/\(other)")
    }

    /// Every file and folder below `path` with what it holds.
    func listing(_ path: String) throws -> [String: Data?] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(path)")
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: "\(root)/\(path)/\($0)")) })
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(root)/\(path)") }
}
