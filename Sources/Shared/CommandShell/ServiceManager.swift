#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The service manager that started this process and wants to hear from it: the protocol of sd_notify(3), which is
/// one datagram of assignments, and of sd_watchdog_enabled(3).
struct ServiceManager: Sendable {
    /// The shortest watchdog period that can be kept. A quiet socket thread completes one turn a second, and the
    /// watchdog is fed three times in its period.
    static let shortestWatchdogMicroseconds: UInt64 = 4_000_000

    /// How long the manager waits for a sign of life, or nil when it does not.
    let watchdogMicroseconds: UInt64?
    private let path: [UInt8]
    /// What sun_path holds, in bytes (unix(7)).
    private static let pathCapacity = 108

    /// The manager that `environment` names, or nil when there is none. Throws `CommandFailure` when NOTIFY_SOCKET or
    /// WATCHDOG_USEC cannot be used.
    init?(environment: (String) -> String? = Self.environmentVariable) throws(CommandFailure) {
        guard let name = environment("NOTIFY_SOCKET"), !name.isEmpty else { return nil }
        guard name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count > 1, name.utf8.count < Self.pathCapacity else {
            throw .badConfiguration(
                "NOTIFY_SOCKET is \"\(name)\": allowed is a path, or @ and an abstract name, shorter than "
                    + "\(Self.pathCapacity) bytes")
        }
        path = Array(name.utf8)
        watchdogMicroseconds = try Self.watchdog(environment)
    }

    private static func watchdog(_ environment: (String) -> String?) throws(CommandFailure) -> UInt64? {
        guard let text = environment("WATCHDOG_USEC") else { return nil }
        // A child of the process that is meant inherits its environment.
        if let process = environment("WATCHDOG_PID"), process != "\(getpid())" { return nil }
        guard let microseconds = UInt64(text), microseconds >= shortestWatchdogMicroseconds else {
            throw .badConfiguration(
                "WATCHDOG_USEC is \"\(text)\": allowed is \(shortestWatchdogMicroseconds) and more (WatchdogSec=4s)")
        }
        return microseconds
    }

    private static func environmentVariable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Sends `notices` as one datagram, without waiting. Throws `ServiceManagerError` when the manager does not take
    /// it.
    func send(_ notices: [ServiceNotice]) throws(ServiceManagerError) {
        let descriptor = socket(AF_UNIX, SocketFlags.datagram, 0)
        guard descriptor >= 0 else { throw ServiceManagerError(call: "socket", errno: errno) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // An abstract name begins with a zero byte and is as long as the length says; a path ends with one (unix(7)).
        var length = MemoryLayout<sa_family_t>.size + path.count
        if path[0] == UInt8(ascii: "@") { address.sun_path.0 = 0 } else { length += 1 }
        let message = Array(notices.map(\.assignment).joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, SocketFlags.sending, $0, socklen_t(length))
            }
        }
        guard sent == message.count else { throw ServiceManagerError(call: "sendto", errno: errno) }
    }
}

private enum SocketFlags {
    // The two C libraries give these constants different types.
    #if canImport(Glibc)
        static let datagram = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        static let datagram = SOCK_DGRAM | SOCK_CLOEXEC
    #endif
    static let sending = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
}

/// A notice that the service manager did not take.
struct ServiceManagerError: Error, Equatable, CustomStringConvertible {
    /// The call that failed.
    let call: String
    /// Why, as errno says it.
    let errno: Int32

    var description: String { "\(call) to the service manager's socket: \(String(cString: strerror(errno)))" }
}
