import Foundation
import Glibc
import Synchronization

/// A TCP server that says exactly what a test wants said, where no honest server would: each connection is served by
/// `serve` on a thread of its own.
final class RawServer: Sendable {
    /// One connection.
    struct Peer: Sendable {
        let descriptor: Int32

        /// What came up to and with `mark`, or all there was when the client hung up before.
        func read(until mark: String) -> String {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while Glibc.read(descriptor, &byte, 1) == 1 {
                bytes.append(byte)
                if bytes.suffix(mark.utf8.count).elementsEqual(mark.utf8) { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Reads the head of a request and the body that its Content-Length announces.
        func readRequest() -> String {
            let head = read(until: "\r\n\r\n")
            let length = head.lowercased().firstRange(of: "content-length: ").map {
                head[$0.upperBound...].prefix { $0.isNumber }
            }
            var body = [UInt8](repeating: 0, count: length.flatMap { Int($0) } ?? 0)
            var filled = 0
            while filled < body.count {
                let count = body.withUnsafeMutableBytes {
                    Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled)
                }
                guard count > 0 else { break }
                filled += count
            }
            return head + String(decoding: body, as: UTF8.self)
        }

        /// Sends all of `text`; false when the client has hung up.
        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        /// Sends all of `bytes`; false when the client has hung up.
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Waits until the client hangs up.
        func awaitEnd() {
            var byte: UInt8 = 0
            while Glibc.read(descriptor, &byte, 1) > 0 {}
        }
    }

    private let listener: Int32
    let port: Int
    private let count = Atomic(0)

    /// The connections accepted so far.
    var connections: Int { count.load(ordering: .sequentiallyConsistent) }

    init(_ serve: @escaping @Sendable (Peer, Int) -> Void) throws {
        struct NoSocket: Error {}
        guard let listener = boundSocket(port: 0), listen(listener, 64) == 0 else { throw NoSocket() }
        self.listener = listener
        port = HTTPClientTests.port(of: listener)
        Thread.detachNewThread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                let number = self?.count.add(1, ordering: .sequentiallyConsistent).oldValue ?? 0
                Thread.detachNewThread {
                    serve(Peer(descriptor: descriptor), number)
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
