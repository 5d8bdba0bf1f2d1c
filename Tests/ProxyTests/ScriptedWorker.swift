import Foundation
import Glibc
import Proxy
import Routing
import Synchronization

/// A worker on loopback that does on each connection what a test says.
final class ScriptedWorker: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Mutex<[RawSocket]>([])
    private let heads = Mutex<[String]>([])

    /// The heads of requests that `answering` workers have got.
    var received: [String] { heads.withLock { $0 } }
    var connections: Int { accepted.withLock { $0.count } }

    /// Runs `script` for each connection, on a thread of its own.
    init(port wanted: Int = 0, script: @escaping @Sendable (RawSocket, ScriptedWorker) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = RawSocket.loopback(wanted)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Bool in
                bind(listener, address, length) == 0 && listen(listener, 1_024) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw RawSocket.Failure(description: "listen: errno \(errno)") }
        self.listener = listener
        port = Int(in_port_t(bigEndian: address.sin_port))
        let thread = Thread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Only here: closed elsewhere, its number could be another socket's at the next accept.
                    close(listener)
                    return
                }
                let socket = RawSocket(descriptor)
                accepted.withLock { $0.append(socket) }
                let connection = Thread { [self] in script(socket, self) }
                connection.start()
            }
        }
        thread.start()
    }

    /// Answers each request, whose body has a Content-Length, with what `answer` makes of its head and body.
    convenience init(
        port: Int = 0, answering answer: @escaping @Sendable (_ head: String, _ body: String) -> String
    ) throws {
        try self.init(port: port) { socket, worker in
            while let (head, body) = socket.readAnswer() {
                worker.heads.withLock { $0.append(head) }
                socket.write(answer(head, body))
            }
            socket.close()
        }
    }

    /// Takes no further connections and ends those there are.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in accepted.withLock({ $0 }) { socket.shutdownBoth() }
    }

    var address: WorkerAddress {
        get throws { try WorkerAddress("127.0.0.1:\(port)") }
    }

    func specification(kind: WorkerKind = .any, weight: Int = 1, capacity: Int? = nil) throws -> WorkerSpecification {
        try WorkerSpecification(address: address, kind: kind, weight: weight, capacity: capacity)
    }

    static func ok(_ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// A port of loopback on which nothing listens, and nobody else will for as long as the value lives.
final class ClosedPort: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = RawSocket.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw RawSocket.Failure(description: "bind: errno \(errno)") }
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    var specification: WorkerSpecification {
        get throws { try WorkerSpecification(address: WorkerAddress("127.0.0.1:\(port)")) }
    }
}
