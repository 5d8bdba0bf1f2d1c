import Foundation
import Glibc
import Routing
import TestSupport
import Testing

@testable import Proxy

/// What other people's programs make of the proxy, on either side of it.
@Suite("Real peers", .timeLimit(.minutes(10)))
struct PeerTests {
    /// A program on loopback, for as long as the value lives.
    final class Peer {
        static func isInstalled(_ name: String) -> Bool { FileManager.default.isExecutableFile(atPath: "/usr/sbin/\(name)") }

        struct Failure: Error { let program: String }

        let port: Int
        private let process: Process

        /// Starts `program`, which is to listen on PORT of `configuration`.
        init(_ program: String, _ arguments: [String], configuration: String, in folder: TemporaryFolder) throws {
            // Between finding a free port and the program taking it somebody else may: then another is tried.
            for _ in 0..<5 {
                let port = try ClosedPort().port
                let text = configuration.replacing("PORT", with: "\(port)").replacing("FOLDER", with: folder.path)
                try folder.write(text, to: "peer.conf")
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/sbin/\(program)")
                process.arguments = arguments + ["\(folder.path)/peer.conf"]
                process.standardError = FileHandle.nullDevice
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                while process.isRunning {
                    if (try? RawSocket(port: port)) != nil {
                        self.port = port
                        self.process = process
                        return
                    }
                    usleep(5_000)
                }
            }
            throw Failure(program: program)
        }

        deinit {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// nginx ends each connection after seven requests: none may be lost on those ends.
    @Test(.enabled(if: Peer.isInstalled("nginx"), "nginx is needed: apt-get install nginx-light"))
    func `nginx as a worker`() async throws {
        let nginx = try Peer(
            "nginx", ["-e", "\(folder.path)/error.log", "-c"],
            configuration: """
                daemon off; master_process off; pid FOLDER/nginx.pid; error_log FOLDER/error.log;
                events { worker_connections 256; }
                http {
                    access_log off; keepalive_requests 7;
                    client_body_temp_path FOLDER/a; proxy_temp_path FOLDER/b; fastcgi_temp_path FOLDER/c;
                    uwsgi_temp_path FOLDER/d; scgi_temp_path FOLDER/e;
                    server { listen 127.0.0.1:PORT; location / { return 200 $request_method$request_uri; } }
                }
                """, in: folder)
        let worker = try WorkerSpecification(address: WorkerAddress("127.0.0.1:\(nginx.port)"), kind: .openLambda)
        try await RunningProxy.with([worker]) { proxy in
            let sockets = try (0..<8).map { _ in try proxy.connect() }
            for round in 0..<50 {
                for socket in sockets { socket.write(ForwardingTests.get("/function/f\(round)")) }
                for socket in sockets { #expect(socket.readAnswer()?.body == "GET/run/f\(round)") }
            }
            #expect(proxy.snapshot.workers[0].outcomes.succeeded == 400)
            #expect(proxy.snapshot.workers[0].outcomes.workerFailed == 0)
            let socket = try proxy.connect()
            socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            #expect(socket.readAnswer()?.body == "POST/run/f")
        }
    }

    /// HAProxy keeps connections to the proxy and sends different clients' requests over them.
    @Test(.enabled(if: Peer.isInstalled("haproxy"), "HAProxy is needed: apt-get install haproxy"))
    func `HAProxy before the proxy`() async throws {
        let worker = try ScriptedWorker { head, body in
            ScriptedWorker.ok("\(body) \(head.contains("X-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n"))")
        }
        defer { worker.stop() }
        let folder = folder
        let loopback = try AddressRange("127.0.0.0/8")
        try await RunningProxy.with([try worker.specification()], { $0.trustedProxies = [loopback] }) { proxy in
            let haproxy = try Peer(
                "haproxy", ["-db", "-f"],
                configuration: """
                    defaults
                      mode http
                      timeout connect 60s
                      timeout client 60s
                      timeout server 60s
                      http-reuse always
                    frontend in
                      bind 127.0.0.1:PORT
                      option forwardfor
                      default_backend reeve
                    backend reeve
                      server reeve 127.0.0.1:\(proxy.port)

                    """, in: folder)
            let sockets = try (0..<8).map { _ in try RawSocket(port: haproxy.port) }
            for round in 0..<20 {
                for (index, socket) in sockets.enumerated() {
                    socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\(1_000 + round * 8 + index)")
                }
                for (index, socket) in sockets.enumerated() {
                    #expect(socket.readAnswer()?.body == "\(1_000 + round * 8 + index) true")
                }
            }
        }
    }
}
