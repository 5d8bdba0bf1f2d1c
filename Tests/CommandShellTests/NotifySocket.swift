import Foundation
import Glibc

/// The service manager's end of the protocol: a real datagram socket.
final class NotifySocket: Sendable {
    /// What NOTIFY_SOCKET must say to reach this socket.
    let name: String
    private let descriptor: Int32
    private let path: String?

    /// A socket with an abstract name, or on a path.
    init(isAbstract: Bool) throws {
        let unique = "reeve-notify-\(UUID().uuidString)"
        path = isAbstract ? nil : "/tmp/\(unique)"
        name = path ?? "@\(unique)"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array((path ?? "\0\(unique)").utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, length) }
        }
        guard descriptor >= 0, status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// The assignments of the next datagram; waits for it without holding a thread that the sender may need.
    func receive() async -> [String] {
        while isQuiet { await Task.yield() }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? [] : String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Whether no datagram waits.
    var isQuiet: Bool {
        var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&item, 1, 0) == 0
    }
}
