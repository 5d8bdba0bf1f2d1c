internal import Containers
internal import Foundation
internal import Topology

/// Control groups of this machine as a kubelet would make them, in a group of their own: in each pod a container in
/// which a process works a little all the time, and one without any.
final class PodGroups {
    /// The word that makes the benchmark's own binary the busy process.
    static let busyArgument = "be-busy"
    private static let mount = "/sys/fs/cgroup"

    let settings: ContainerSettings
    private let parent = "reeve-benchmark-\(getpid())"
    /// The folders of the hierarchies: one for version 2, one for each controller that is needed for version 1.
    private let hierarchies: [String]
    private let isSecondVersion: Bool
    private var processes: [pid_t] = []
    private var groups: [String] = []

    init(pods: Int) throws {
        isSecondVersion = access("\(Self.mount)/cgroup.controllers", F_OK) == 0
        let names = isSecondVersion ? [""] : ["cpu", "cpuacct", "memory"]
        // Controllers may be mounted together; then their names are links to one folder.
        let folders = names.map { URL(fileURLWithPath: "\(Self.mount)/\($0)").resolvingSymlinksInPath().path }
        hierarchies = Set(folders).sorted()
        settings = ContainerSettings(cgroupRoot: Self.mount, cgroupParents: [parent])
        do {
            for group in [parent, "\(parent)/kubepods", "\(parent)/kubepods/burstable"] { try make(group) }
            for pod in 0..<pods {
                let folder = "\(parent)/kubepods/burstable/pod\(Self.uid(pod))"
                try make(folder)
                let containers = [2 * pod, 2 * pod + 1].map { "\(folder)/\(Self.identifier($0))" }
                for container in containers { try make(container, isLeaf: true) }
                try startBusyProcess(in: containers[0])
            }
        } catch {
            remove()
            throw error
        }
    }

    /// Ends the processes and removes the groups.
    func remove() {
        for process in processes {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        processes = []
        for group in groups.reversed() {
            for hierarchy in hierarchies { rmdir("\(hierarchy)/\(group)") }
        }
        groups = []
    }

    /// Works some microseconds every 20 ms, until it is killed or its parent is gone.
    static func beBusy() -> Never {
        let parent = getppid()
        var sum: UInt64 = 0
        while getppid() == parent {
            for number in 0..<20_000 { sum = sum &* 31 &+ UInt64(number) }
            usleep(20_000)
        }
        exit(sum == 0 ? 1 : 0)
    }

    private func make(_ group: String, isLeaf: Bool = false) throws {
        groups.append(group)
        for hierarchy in hierarchies {
            let folder = "\(hierarchy)/\(group)"
            guard mkdir(folder, 0o755) == 0 else {
                throw BenchmarkError(description: "\(folder) cannot be made: \(String(cString: strerror(errno)))")
            }
            if isSecondVersion, !isLeaf { try write("+cpu +memory", to: "\(folder)/cgroup.subtree_control") }
        }
    }

    private func startBusyProcess(in group: String) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var words: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(Self.busyArgument), nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, program, nil, nil, &words, environ)
        guard status == 0 else { throw BenchmarkError(description: "cannot start \(program)") }
        processes.append(process)
        for hierarchy in hierarchies { try write("\(process)", to: "\(hierarchy)/\(group)/cgroup.procs") }
    }

    private func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        let count = file < 0 ? -1 : Glibc.write(file, text, text.utf8.count)
        let number = errno
        if file >= 0 { close(file) }
        guard count == text.utf8.count else {
            throw BenchmarkError(description: "\(path) cannot be written: \(String(cString: strerror(number)))")
        }
    }

    private static func identifier(_ number: Int) -> String { String(format: "%064lx", number + 1) }
    private static func uid(_ number: Int) -> String { String(format: "00000000-0000-4000-8000-%012lx", number + 1) }
}
