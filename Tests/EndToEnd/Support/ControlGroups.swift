import Foundation

/// Control groups of this very machine, version 1, in which tests put containers of their own.
enum ControlGroups {
    static let root = "/sys/fs/cgroup"
    static let controllers = ["cpu", "cpuacct", "memory"]

    /// Why groups cannot be made, nil when they can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "control groups can be made by root only" }
        let missing = controllers.first { access("\(root)/\($0)/tasks", W_OK) != 0 }
        return missing.map { "version 1 of \($0) is not mounted below \(root)" }
    }()
}
