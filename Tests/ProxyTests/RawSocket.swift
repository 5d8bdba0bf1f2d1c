import Foundation
import Glibc
import Synchronization

/// A blocking TCP socket, to say on the wire exactly what a test wants to say.
final class RawSocket: @unchecked Sendable {
    // One thread reads and writes a socket: a test its own, a worker's thread the one it accepted. Any may end it,
    // under the lock, because the descriptor's number is another socket's as soon as it is closed.
    private let descriptor: Int32
    private var read: [UInt8] = []
    private let isOpen = Mutex(true)

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // Nothing in these tests takes so long; without it a failure would hang.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to `port` on loopback.
    convenience init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw Failure(description: "connect: errno \(errno)")
        }
        self.init(descriptor)
    }

    deinit { close() }

    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// What cannot be written because the other side has gone is left out.
    func write(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends this side; the other may go on.
    func shutdownWrite() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends both sides, whoever still reads.
    func shutdownBoth() {
        isOpen.withLock { isOpen in
            if isOpen { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Ends the connection with a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        isOpen.withLock { isOpen in
            if isOpen { Glibc.close(descriptor) }
            isOpen = false
        }
    }

    /// False at the end of the stream. A reset counts as one, and so does a long silence.
    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        read += piece[..<count]
        return true
    }

    /// Everything up to and with `end`; nil when the stream ends before.
    func readThrough(_ end: String) -> String? {
        let mark = Array(end.utf8)
        var from = 0
        while true {
            if read.count >= mark.count {
                for start in from...(read.count - mark.count) where read[start] == mark[0] {
                    if Array(read[start..<start + mark.count]) == mark {
                        let text = String(decoding: read[..<(start + mark.count)], as: UTF8.self)
                        read.removeFirst(start + mark.count)
                        return text
                    }
                }
                from = max(read.count - mark.count + 1, 0)
            }
            guard fill() else { return nil }
        }
    }

    /// `count` octets; fewer when the stream ends before.
    func readCount(_ count: Int) -> [UInt8] {
        while read.count < count, fill() {}
        let taken = Array(read.prefix(count))
        read.removeFirst(taken.count)
        return taken
    }

    /// All until the stream ends.
    func readToEnd() -> String {
        while fill() {}
        defer { read = [] }
        return String(decoding: read, as: UTF8.self)
    }

    func readHead() -> String? { readThrough("\r\n\r\n") }

    /// An answer with a Content-Length: its head and its body.
    func readAnswer() -> (head: String, body: String)? {
        guard let head = readHead() else { return nil }
        return (head, String(decoding: readCount(Self.contentLength(head) ?? 0), as: UTF8.self))
    }

    static func contentLength(_ head: String) -> Int? {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).filter { $0 != " " })
        }
        return nil
    }
}
