import Foundation
import KernelFiles
import Measures

@testable import Containers

/// Control groups of this very machine, version 1, below a group of the test's own; gone with the object.
final class RealGroups {
    static let root = "/sys/fs/cgroup"
    private static let controllers = ["cpu", "cpuacct", "memory"]

    /// Why there are none, nil when there are.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "control groups of the kernel can be made by root only" }
        guard let layout = try? CgroupLayout(root: root), layout.cpuUsage.version == .one,
            layout.cpuLimit?.version == .one, layout.memory?.version == .one
        else { return "version 1 of cpu, cpuacct and memory is not mounted below \(root)" }
        let probe = "\(layout.cpuUsage.folder)/reeve-probe-\(UUID().uuidString)"
        guard mkdir(probe, 0o755) == 0 else { return "\(probe) cannot be made" }
        rmdir(probe)
        return nil
    }()

    let name = "reeve-test-\(UUID().uuidString)"
    let state = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-state-\(UUID().uuidString)")
    private let layout: CgroupLayout
    private var processes: [Process] = []

    init() throws {
        layout = try CgroupLayout(root: Self.root)
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    }

    deinit {
        for process in processes where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        for folder in folders { Self.remove("\(folder)/\(name)") }
        try? FileManager.default.removeItem(at: state)
    }

    /// The folders of the hierarchies, each once.
    private var folders: Set<String> {
        Set([layout.cpuUsage, layout.cpuLimit, layout.memory].compactMap { $0?.folder })
    }

    /// Groups are removed from the leaves up; one whose last process has just been killed takes a moment to empty.
    private static func remove(_ group: String) {
        FolderNames.visit(group) { name, isFolder in
            if isFolder { remove("\(group)/\(name)") }
        }
        for _ in 0..<1_000 where rmdir(group) != 0 && errno == EBUSY { usleep(1_000) }
    }

    /// The path of container `number`'s group in pod `pod`, below each hierarchy.
    func path(_ number: Int, pod: Int = 1) -> String { "\(self.pod(pod))/\(FakeTree.id(number))" }

    func pod(_ pod: Int) -> String { "\(name)/kubepods/burstable/pod\(FakeTree.uid(pod))" }

    func makeContainer(_ number: Int, pod: Int = 1) throws {
        for folder in folders {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(path(number, pod: pod))", withIntermediateDirectories: true)
        }
    }

    /// Removes a container's group, which must be empty.
    func removeContainer(_ number: Int) { for folder in folders { Self.remove("\(folder)/\(path(number))") } }

    var quotaFolder: String { layout.cpuLimit?.folder ?? "" }

    func quota(of group: String) throws -> String { try read("\(quotaFolder)/\(group)/cpu.cfs_quota_us") }

    func setQuota(_ microseconds: Int, of group: String) throws {
        try KernelLimitFiles().write("\(microseconds)\n", to: "\(quotaFolder)/\(group)/cpu.cfs_quota_us")
    }

    func memoryLimit(of group: String) throws -> String {
        try read("\(layout.memory?.folder ?? "")/\(group)/memory.limit_in_bytes")
    }

    private func read(_ path: String) throws -> String { try KernelLimitFiles().read(path) }

    /// A process in container `number`'s group that idles until `spin` and then burns CPU for ever.
    final class Owner {
        fileprivate let input = Pipe()
        func spin() { input.fileHandleForWriting.write(Data("go\n".utf8)) }
    }

    func startOwner(in number: Int) throws -> Owner {
        let owner = Owner()
        let process = Process()
        let enter = folders.map { "echo $$ > \($0)/\(path(number))/cgroup.procs" }.joined(separator: " && ")
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(enter) && echo in && read go && while :; do :; done"]
        let output = Pipe()
        process.standardInput = owner.input
        process.standardOutput = output
        try process.run()
        processes.append(process)
        // The shell says "in" when it is in its groups.
        _ = output.fileHandleForReading.readData(ofLength: 3)
        return owner
    }

    /// Starts watching, after whatever the last watch left.
    func watch() throws -> ContainerWatch {
        try ContainerWatch(
            settings: ContainerSettings(
                cgroupRoot: Self.root, cgroupParents: [name], logRoot: state.path,
                windowNanoseconds: 100_000_000, scanNanoseconds: 100_000_000),
            leases: LeaseSettings(isEnabled: true, statePath: state.appendingPathComponent("leases").path),
            time: SystemTime())
    }
}
