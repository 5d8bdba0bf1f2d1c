internal import Foundation
internal import Measures

/// Debian's prometheus-node-exporter with its default collectors, and one connection to it.
final class Exporter {
    static let program = "/usr/bin/prometheus-node-exporter"

    let process: MeasuredProcess
    private let port: UInt16
    private var connection: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    /// Starts the exporter on a free port of the loopback interface and waits until it answers.
    init(log: String) throws {
        port = try Self.freePort()
        process = try MeasuredProcess(
            Self.program, ["--web.listen-address=127.0.0.1:\(port)", "--log.level=error"], log: log)
        let time = SystemTime()
        let start = time.now
        while !connect() {
            guard time.now.seconds(since: start) < 10 else {
                throw BenchmarkError(description: "\(Self.program) does not listen: see \(log)")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    deinit { if connection >= 0 { close(connection) } }

    /// Asks for all metrics once, uncompressed, which is the cheaper way for the exporter.
    func scrape() throws {
        let request = Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        guard send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw BenchmarkError(description: "the exporter does not take a request")
        }
        var count = 0
        // The answer is chunked, and the chunk of no bytes is its end.
        let end = Array("\r\n0\r\n\r\n".utf8)
        while count < end.count || !buffer[..<count].hasSuffix(end) {
            let received = buffer[count...].withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
            guard received > 0 else { throw BenchmarkError(description: "the exporter broke off its answer") }
            count += received
        }
        guard buffer.starts(with: Array("HTTP/1.1 200".utf8)) else {
            throw BenchmarkError(description: "the exporter answered with an error")
        }
    }

    private func connect() -> Bool {
        let candidate = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(candidate, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(candidate)
            return false
        }
        connection = candidate
        return true
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
            sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
    }

    /// A port that was free a moment ago: bound by the system's choice and given back.
    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, size) == 0 ? getsockname(probe, $0, &size) : -1
            }
        }
        guard status == 0 else { throw BenchmarkError(description: "no port is free on the loopback interface") }
        return UInt16(bigEndian: address.sin_port)
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool { self.suffix(suffix.count).elementsEqual(suffix) }
}
