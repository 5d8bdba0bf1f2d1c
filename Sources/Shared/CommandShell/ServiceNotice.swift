/// One thing that a process tells its service manager (sd_notify(3)).
enum ServiceNotice: Equatable, Sendable {
    /// Start-up is complete.
    case ready
    /// Shutdown has begun.
    case stopping
    /// The watchdog may wait for another period.
    case alive
    /// What the process does, as `systemctl status` shows it.
    case status(String)

    /// The notice as an assignment, the form of the protocol. A line break would begin another assignment.
    var assignment: String {
        switch self {
        case .ready: "READY=1"
        case .stopping: "STOPPING=1"
        case .alive: "WATCHDOG=1"
        case .status(let text): "STATUS=" + String(text.map { $0.isNewline ? " " : $0 })
        }
    }
}
