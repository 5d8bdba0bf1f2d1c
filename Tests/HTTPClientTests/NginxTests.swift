import HTTPClient
import TestSupport
import Testing

@Suite(
    "Requests to nginx", .timeLimit(.minutes(10)),
    .enabled(if: NginxServer.isAvailable, "nginx and openssl are needed: apt-get install nginx-light openssl"))
struct NginxTests {
    private let authority: TestAuthority
    private let nginx: NginxServer
    private static let bigBytes = 24 << 20

    init() throws {
        authority = try TestAuthority()
        try authority.issue("good")
        try authority.issue("expired", from: "20200101000000Z", until: "20200102000000Z")
        try authority.issue("elsewhere", hosts: "DNS:elsewhere.example")
        try authority.issue("client")
        let folder = authority.folder
        try folder.write(String(repeating: "x", count: Self.bigBytes), to: "big")
        // At 100 bytes a second it is not over before a busy machine has come to look.
        try folder.write(String(repeating: "y", count: 100_000), to: "slow")
        let tls = { (name: String) in
            "ssl_certificate \(folder.path)/\(name).crt; ssl_certificate_key \(folder.path)/\(name).key;"
        }
        nginx = try NginxServer(
            """
            server {
                listen 127.0.0.1:PORT1 ssl http2; \(tls("good"))
                location / { return 200 "$connection $connection_requests $server_protocol $host"; }
                location /big { }
                location /slow { limit_rate 100; }
            }
            server { listen 127.0.0.1:PORT2 ssl; \(tls("expired")) location / { return 200 "expired"; } }
            server { listen 127.0.0.1:PORT3 ssl; \(tls("elsewhere")) location / { return 200 "$host:$http_host"; } }
            server {
                listen 127.0.0.1:PORT4 ssl; \(tls("good"))
                ssl_client_certificate \(folder.path)/ca.crt; ssl_verify_client on;
                location / { return 200 "$ssl_client_s_dn"; }
            }
            server {
                listen 127.0.0.1:PORT5;
                location / { return 200 "$connection $connection_requests $request_uri $http_host"; }
                location /busy { return 503 "busy"; }
            }
            """, ports: 5, in: folder)
    }

    private func url(_ port: Int, _ path: String = "/") -> String {
        "https://localhost:\(nginx.ports[port - 1])\(path)"
    }
    private var trusting: TLSSettings { TLSSettings(trust: .authorities(.file(authority.certificatePath))) }

    @Test(arguments: [true, false])
    func `an authority in a file or at hand is believed`(isFile: Bool) async throws {
        let bytes = try authority.folder.bytes(of: "ca.crt")
        let tls = TLSSettings(trust: .authorities(isFile ? .file(authority.certificatePath) : .data(bytes)))
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(url: url(1), tls: tls))
            #expect(answer.status == 200)
            #expect(text(answer).contains("HTTP/2.0"), "ALPN offers HTTP/2")
            let old = try await transport.send(HTTPRequest(url: url(1), tls: tls, version: .http1))
            #expect(text(old).contains("HTTP/1.1"))
        }
    }

    @Test func `who is not believed is named in words`() async throws {
        let other = try TestAuthority()
        let cases: [(port: Int, tls: TLSSettings, words: String)] = [
            (1, TLSSettings(trust: .authorities(.file(other.certificatePath))), "certificate"),
            (1, TLSSettings(), "certificate"),
            (2, trusting, "certificate has expired"),
            (3, trusting, "localhost"),
            (1, TLSSettings(trust: .authorities(.file("/nonexistent/ca.crt"))), "/nonexistent/ca.crt"),
            (1, TLSSettings(trust: .authorities(.data(Array("no PEM".utf8)))), "CA"),
            (
                4,
                TLSSettings(
                    trust: trusting.trust,
                    identity: .init(certificate: .file("/nonexistent"), key: .file("/nonexistent"))), "certificate"
            ),
        ]
        try await withTransport { transport in
            for (port, tls, words) in cases {
                let error = await failure { () throws(HTTPError) in
                    try await transport.send(
                        HTTPRequest(.post, url: url(port), credential: .bearer("secret"), tls: tls))
                }
                #expect(error?.code == .tls, "\(words): \(String(describing: error))")
                #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
                #expect(error?.mayHaveBeenSent == false)
            }
        }
    }

    @Test func `authorities that change in their file are believed from the next connection on`() async throws {
        let other = try TestAuthority()
        let tls = TLSSettings(trust: .authorities(.file("\(authority.folder.path)/swapped.crt")))
        try await withTransport { transport in
            for (folder, isBelieved) in [(other.folder, false), (authority.folder, true), (other.folder, false)] {
                let certificate = String(decoding: try folder.bytes(of: "ca.crt"), as: UTF8.self)
                try authority.folder.write(certificate, to: "swapped.crt")
                let error = await failure { () throws(HTTPError) in
                    try await transport.send(HTTPRequest(url: url(1), tls: tls, reusesConnections: false))
                }
                #expect(error?.code == (isBelieved ? nil : .tls))
            }
        }
    }

    @Test func `whoever trusts anybody gets through, and no later request that does not rides on that connection`()
        async throws
    {
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(url: url(2), tls: TLSSettings(trust: .anybody)))
            #expect(text(answer) == "expired")
            let error = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(url: url(2), tls: trusting))
            }
            #expect(error?.code == .tls)
        }
    }

    @Test func `a certificate that names somebody else is believed under that name`() async throws {
        var tls = trusting
        tls.serverName = "elsewhere.example"
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(url: url(3), tls: tls))
            #expect(text(answer) == "localhost:localhost:\(nginx.ports[2])", "the Host header stays the URL's")
        }
    }

    @Test(arguments: [true, false])
    func `a client's certificate in files or at hand is shown`(isFile: Bool) async throws {
        let folder = authority.folder
        let identity =
            isFile
            ? TLSSettings.Identity(
                certificate: .file("\(folder.path)/client.crt"), key: .file("\(folder.path)/client.key"))
            : TLSSettings.Identity(
                certificate: .data(try folder.bytes(of: "client.crt")), key: .data(try folder.bytes(of: "client.key")))
        try await withTransport { transport in
            let with = try await transport.send(
                HTTPRequest(url: url(4), tls: TLSSettings(trust: trusting.trust, identity: identity)))
            #expect(text(with) == "CN=client")
            let without = try await transport.send(HTTPRequest(url: url(4), tls: trusting))
            #expect(without.status == 400, "nobody's connection is shared with somebody's")
        }
    }

    @Test func `connections are kept, unless a request wants one of its own`() async throws {
        try await withTransport { transport in
            var request = HTTPRequest(url: "http://127.0.0.1:\(nginx.ports[4])/")
            var seen: [[Substring]] = []
            for _ in 0..<3 { seen.append(text(try await transport.send(request)).split(separator: " ")) }
            #expect(Set(seen.map { $0[0] }).count == 1)
            #expect(seen.map { $0[1] } == ["1", "2", "3"])
            request.reusesConnections = false
            let own = text(try await transport.send(request)).split(separator: " ")
            #expect(own[0] != seen[0][0])
        }
    }

    @Test func `many requests at once share the connections allowed`() async throws {
        try await withTransport(.init(maximumConnectionsPerHost: 3)) { transport in
            let request = HTTPRequest(url: "http://127.0.0.1:\(nginx.ports[4])/")
            let connections = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<200 {
                    group.addTask { text(try await transport.send(request)) }
                }
                return try await group.reduce(into: Set<Substring>()) { $0.insert($1.split(separator: " ")[0]) }
            }
            #expect((1...3).contains(connections.count))
        }
    }

    @Test func `a request that finds every connection taken waits, within its time`() async throws {
        try await withTransport(.init(maximumConnectionsPerHost: 1)) { transport in
            let stream = try await transport.stream(HTTPRequest(url: url(1, "/slow"), tls: trusting, version: .http1))
            let error = await failure { () throws(HTTPError) in
                try await transport.send(
                    HTTPRequest(url: url(1), timeouts: .init(totalMilliseconds: 100), tls: trusting, version: .http1))
            }
            #expect(error?.code == .timeout)
            #expect(error?.mayHaveBeenSent == false)
            stream.cancel()
            let answer = try await transport.send(HTTPRequest(url: url(1), tls: trusting, version: .http1))
            #expect(answer.status == 200)
        }
    }

    @Test func `large bodies come whole, and many of them over one HTTP/2 connection`() async throws {
        try await withTransport { transport in
            let request = HTTPRequest(
                url: url(1, "/big"), timeouts: .init(totalMilliseconds: 300_000), maximumResponseBytes: Self.bigBytes,
                tls: trusting)
            let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await transport.send(request).body.count } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sizes == Array(repeating: Self.bigBytes, count: 4))
            var slow = 0
            for try await piece in try await transport.stream(request) { slow += piece.count }
            #expect(slow == Self.bigBytes, "and with pauses, as a stream")
        }
    }

    @Test func `a slow body runs out of its time`() async throws {
        try await withTransport { transport in
            let error = await failure { () throws(HTTPError) in
                try await transport.send(
                    HTTPRequest(url: url(1, "/slow"), timeouts: .init(totalMilliseconds: 500), tls: trusting))
            }
            #expect(error?.code == .timeout)
        }
    }

    @Test func `a server that is killed in mid-answer interrupts, and then cannot be reached`() async throws {
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(url: url(1, "/slow"), tls: trusting, version: .http1))
            nginx.stop()
            let error = await failure { () throws(HTTPError) in
                let pieces = stream.makeAsyncIterator()
                while try await pieces.next() != nil {}
            }
            #expect(error?.code == .interrupted)
            let later = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.post, url: url(1), tls: trusting, version: .http1))
            }
            #expect(later?.code == .unreachable)
        }
    }

    @Test func `a status that means failure is an answer all the same`() async throws {
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(nginx.ports[4])/busy"))
            #expect(answer.status == 503)
            #expect(text(answer) == "busy")
        }
    }

    @Test func `a proxy is asked for what it does not serve itself`() async throws {
        try await withTransport { transport in
            let answer = try await transport.send(
                HTTPRequest(url: "http://behind.invalid/path", proxy: .url("http://127.0.0.1:\(nginx.ports[4])")))
            #expect(text(answer).hasSuffix("/path behind.invalid"))
        }
    }
}

private func text(_ answer: HTTPResponse) -> String { String(decoding: answer.body, as: UTF8.self) }
