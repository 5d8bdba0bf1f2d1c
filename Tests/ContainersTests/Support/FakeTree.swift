import Foundation

@testable import Containers

/// Control groups as files in a folder of their own: what the kernel would show, under the test's hand.
final class FakeTree {
    /// How the hierarchies are mounted.
    enum Mounts: CaseIterable { case separate, joined, unified, hybrid }

    let root: URL
    let mounts: Mounts
    private let files = FileManager.default

    init(_ mounts: Mounts) throws {
        self.mounts = mounts
        root = files.temporaryDirectory.appendingPathComponent("reeve-cgroup-\(UUID().uuidString)")
        let folders =
            switch mounts {
            case .separate: ["cpu", "cpuacct", "memory", "pids"]
            case .joined: ["cpu,cpuacct", "memory", "systemd"]
            case .unified: [""]
            case .hybrid: ["cpu", "memory", "unified"]
            }
        for folder in folders { try make(folder) }
        if mounts == .unified { try write("cpuset cpu io memory pids\n", "cgroup.controllers") }
        if mounts == .hybrid { try write("\n", "unified/cgroup.controllers") }
    }

    deinit { try? files.removeItem(at: root) }

    var isSecondVersion: Bool { mounts == .unified }

    /// The folder in which CPU time is counted, limited, and memory is.
    var usageFolder: String {
        switch mounts {
        case .separate: "cpuacct/"
        case .joined: "cpu,cpuacct/"
        case .unified: ""
        case .hybrid: "unified/"
        }
    }
    var cpuFolder: String {
        switch mounts {
        case .separate, .hybrid: "cpu/"
        case .joined: "cpu,cpuacct/"
        case .unified: ""
        }
    }
    var memoryFolder: String { isSecondVersion ? "" : "memory/" }

    func make(_ folder: String) throws {
        try files.createDirectory(at: root.appendingPathComponent(folder), withIntermediateDirectories: true)
    }

    /// Writes in place, so that descriptors already open see it.
    func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: root.appendingPathComponent(path))
    }

    func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// A number as a container's id.
    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    static func uid(_ number: Int) -> String { "00000000-0000-4000-8000-" + id(number).suffix(12) }

    /// The group of container `number` in burstable pod `pod`, with the cgroupfs driver.
    func path(_ number: Int, pod: Int) -> String { "kubepods/burstable/pod\(Self.uid(pod))/\(Self.id(number))" }

    /// Makes a container's group and its pod's; both without limits and with nothing used.
    @discardableResult
    func makeContainer(_ number: Int, pod: Int? = nil, at path: String? = nil) throws -> String {
        let path = path ?? self.path(number, pod: pod ?? number)
        for group in [String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), path] {
            for folder in Set([usageFolder, cpuFolder, memoryFolder]) { try make(folder + group) }
            try setCPU(nanoseconds: 0, of: group)
            try setMemory(usage: 0, inactiveFile: 0, of: group)
            try setCPULimit(quota: nil, of: group)
            try setMemoryLimit(nil, of: group)
        }
        return path
    }

    func removeContainer(_ path: String) throws {
        for folder in Set([usageFolder, cpuFolder, memoryFolder]) {
            try files.removeItem(at: root.appendingPathComponent(folder + path))
        }
    }

    /// CPU time used and periods throttled so far.
    func setCPU(nanoseconds: UInt64, throttled: UInt64 = 0, of path: String) throws {
        let bandwidth = "nr_periods 90\nnr_throttled \(throttled)\n"
        switch mounts {
        case .unified:
            try write(
                "usage_usec \(nanoseconds / 1_000)\nuser_usec 0\nsystem_usec 0\n\(bandwidth)throttled_usec 0\n",
                "\(path)/cpu.stat")
        case .hybrid:
            try write("usage_usec \(nanoseconds / 1_000)\nuser_usec 0\nsystem_usec 0\n", "unified/\(path)/cpu.stat")
            try write("\(bandwidth)throttled_time 0\n", "cpu/\(path)/cpu.stat")
        case .separate, .joined:
            try write("\(nanoseconds)\n", "\(usageFolder)\(path)/cpuacct.usage")
            try write("\(bandwidth)throttled_time 0\n", "\(cpuFolder)\(path)/cpu.stat")
        }
    }

    func setMemory(usage: UInt64, inactiveFile: UInt64, of path: String) throws {
        if isSecondVersion {
            try write("\(usage)\n", "\(path)/memory.current")
            try write("anon 1\nfile 2\ninactive_anon 3\ninactive_file \(inactiveFile)\nslab 4\n", "\(path)/memory.stat")
        } else {
            try write("\(usage)\n", "memory/\(path)/memory.usage_in_bytes")
            try write(
                "cache 1\ninactive_file 7\nhierarchical_memory_limit 9\ntotal_inactive_file \(inactiveFile)\n",
                "memory/\(path)/memory.stat")
        }
    }

    /// The file that a CPU quota stands in.
    func quotaFile(of path: String) -> String {
        isSecondVersion ? "\(path)/cpu.max" : "\(cpuFolder)\(path)/cpu.cfs_quota_us"
    }

    func memoryLimitFile(of path: String) -> String {
        isSecondVersion ? "\(path)/memory.max" : "memory/\(path)/memory.limit_in_bytes"
    }

    /// The text of a quota in microseconds, nil for none, in a period of 100 ms.
    func quotaText(_ quota: UInt64?) -> String {
        isSecondVersion
            ? "\(quota.map { String($0) } ?? "max") 100000\n" : "\(quota.map { String($0) } ?? "-1")\n"
    }

    func memoryLimitText(_ bytes: UInt64?) -> String {
        "\(bytes.map { String($0) } ?? (isSecondVersion ? "max" : "9223372036854771712"))\n"
    }

    func setCPULimit(quota: UInt64?, of path: String) throws {
        try write(quotaText(quota), quotaFile(of: path))
        if !isSecondVersion { try write("100000\n", "\(cpuFolder)\(path)/cpu.cfs_period_us") }
    }

    func setMemoryLimit(_ bytes: UInt64?, of path: String) throws {
        try write(memoryLimitText(bytes), memoryLimitFile(of: path))
    }

    /// Gives a pod and one container of it their names in the kubelet's folders of logs, below `logs`.
    func name(pod: Int, _ podName: String, namespace: String, container number: Int, _ containerName: String) throws {
        try make("logs/pods/\(namespace)_\(podName)_\(Self.uid(pod))/\(containerName)")
        try make("logs/containers")
        try write("", "logs/containers/\(podName)_\(namespace)_\(containerName)-\(Self.id(number)).log")
    }

    var settings: ContainerSettings {
        ContainerSettings(cgroupRoot: root.path, logRoot: root.appendingPathComponent("logs").path)
    }
}
