import Foundation
import HTTPClient
import Synchronization
import TestSupport
import Testing

/// A real InfluxDB 1.x with a folder and a port of its own.
final class InfluxServer: Sendable {
    let port: Int
    private let folder: TemporaryFolder
    private let transport: HTTPTransport
    private let authenticates: Bool
    private let process = Mutex<Process?>(nil)

    init(authenticates: Bool = false, over transport: HTTPTransport) throws {
        folder = try TemporaryFolder()
        port = try LocalPort.free()
        self.authenticates = authenticates
        self.transport = transport
        try folder.write(
            """
            reporting-disabled = true
            bind-address = "127.0.0.1:\(try LocalPort.free())"
            [meta]
              dir = "\(folder.path)/meta"
            [data]
              dir = "\(folder.path)/data"
              wal-dir = "\(folder.path)/wal"
            [monitor]
              store-enabled = false
            [http]
              bind-address = "127.0.0.1:\(port)"
              auth-enabled = \(authenticates)
              log-enabled = false
            [ifql]
              enabled = false
            """, to: "influxdb.conf")
    }

    deinit { kill(SIGKILL) }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it and waits until it answers.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["influxd", "-config", "\(folder.path)/influxdb.conf"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
        try await eventually("InfluxDB answers") {
            (try? await transport.send(HTTPRequest(url: "\(url)/ping")))?.status == 204
        }
    }

    /// Sends it a signal; after one that ends it, waits for its end.
    func kill(_ signal: Int32) {
        process.withLock { process in
            guard let running = process else { return }
            Foundation.kill(running.processIdentifier, signal)
            guard signal == SIGKILL || signal == SIGTERM else { return }
            running.waitUntilExit()
            process = nil
        }
    }

    /// The values of the one series that `query` is answered with, row by row, as texts.
    func rows(_ query: String, db: String = "reeve", user: (String, String)? = nil) async throws -> [[String]] {
        struct Refused: Error { let text: String }
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let response = try await transport.send(
            HTTPRequest(
                .post, url: "\(url)/query?db=\(db)&epoch=ms&q=\(escaped)",
                credential: user.map { .basic(user: $0.0, password: $0.1) }, body: []))
        guard response.status == 200,
            let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any],
            let result = (answer["results"] as? [[String: Any]])?.first, result["error"] == nil
        else { throw Refused(text: String(decoding: response.body, as: UTF8.self)) }
        let series = (result["series"] as? [[String: Any]])?.first
        return (series?["values"] as? [[Any]] ?? []).map { $0.map { "\($0)" } }
    }
}

/// Ports of loopback.
enum LocalPort {
    struct None: Error {}

    /// A port that was free a moment ago.
    static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw None() }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
