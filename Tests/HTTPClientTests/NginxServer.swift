import Foundation
import Glibc
import TestSupport

/// Debian's nginx on loopback, for as long as the value lives.
final class NginxServer {
    static var isAvailable: Bool { isInstalled("nginx") && isInstalled("openssl") }

    struct Failure: Error { let log: String }

    private let process: Process
    /// The ports in the order of the configuration's PORT1, PORT2, ...
    let ports: [Int]

    /// Starts nginx with `servers` as the content of its http block, in `folder`.
    init(_ servers: String, ports count: Int, in folder: TemporaryFolder) throws {
        // Between finding a free port and nginx taking it somebody else may: then another is tried.
        var log = ""
        for attempt in 0..<5 {
            let ports = (0..<count).map { _ in freePort() }
            var text = servers
            for (index, port) in ports.enumerated() {
                text = text.replacingOccurrences(of: "PORT\(index + 1)", with: "\(port)")
            }
            try folder.write(
                """
                daemon off;
                master_process off;
                pid \(folder.path)/nginx.pid;
                error_log \(folder.path)/error.log;
                events { worker_connections 256; }
                http {
                    access_log off;
                    client_body_temp_path \(folder.path)/body;
                    proxy_temp_path \(folder.path)/proxy;
                    fastcgi_temp_path \(folder.path)/fastcgi;
                    uwsgi_temp_path \(folder.path)/uwsgi;
                    scgi_temp_path \(folder.path)/scgi;
                    root \(folder.path);
                    \(text)
                }
                """, to: "nginx.conf")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["nginx", "-c", "\(folder.path)/nginx.conf", "-e", "\(folder.path)/error.log"]
            process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            while process.isRunning {
                if ports.allSatisfy(isListening) {
                    self.process = process
                    self.ports = ports
                    return
                }
                usleep(5_000)
            }
            log =
                "attempt \(attempt): "
                + ((try? String(contentsOfFile: "\(folder.path)/error.log", encoding: .utf8)) ?? "")
        }
        throw Failure(log: log)
    }

    deinit { stop() }

    /// Kills it and waits for its end.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// Opens a TCP socket on loopback; with port 0 the system chooses one.
func boundSocket(port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port)
    let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard status == 0 else {
        close(descriptor)
        return nil
    }
    return descriptor
}

/// The port that a bound socket has.
func port(of descriptor: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A port on which nobody listens at the moment.
func freePort() -> Int {
    guard let descriptor = boundSocket(port: 0) else { return 0 }
    defer { close(descriptor) }
    return port(of: descriptor)
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    return address
}

private func isListening(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    } == 0
}
