import Messaging
import TestSupport
import Testing

/// ZAP over real sockets on loopback: who gets in, who no longer does, and what is counted.
@Suite("Who may connect", .timeLimit(.minutes(10)))
struct AuthenticationTests {
    private let folder: TemporaryFolder
    private let other: TemporaryFolder
    private let server: CurveKeyPair

    init() throws {
        folder = try TemporaryFolder()
        other = try TemporaryFolder()
        server = try CurveKeyPair.generate()
    }

    /// A router of domain "telemetry", and one of domain "query" beside it.
    private func withRouters(_ body: (Record) async throws -> Void) async throws {
        let authenticator = Authenticator(domains: [
            "telemetry": try AllowList(folder: folder.path), "query": try AllowList(folder: other.path),
        ])
        let roles: [SocketRole] = [
            .curveRouter(bind: "tcp://127.0.0.1:*", keys: server, domain: "telemetry"),
            .curveRouter(bind: "tcp://127.0.0.1:*", keys: server, domain: "query"),
        ]
        try await withServer(roles, authenticator: authenticator) { record, _ in try await body(record) }
    }

    private func dealer(_ record: Record, _ keys: CurveKeyPair, socket: Int = 0) -> SocketRole {
        .curveDealer(connect: record.now.endpoints[socket], keys: keys, serverKey: server.publicKey)
    }

    @Test func `an unknown key is refused and counted, then listed, and its client joins by itself`() async throws {
        let keys = try CurveKeyPair.generate()
        try await withRouters { record in
            try await withClient(dealer(record, keys), saying: "echo") { client in
                // Twice: the client tries again by itself after a refusal.
                try await eventually("it is refused again and again") { record.now.refusals.connections >= 2 }
                #expect(record.now.messages.isEmpty)
                try KeyFiles.allow(keys.publicKey, name: "w01", in: folder.path)
                try await eventually("it joins") { client.count(of: "echo") > 0 }
            }
            #expect(record.now.messages.allSatisfy { $0.sender == "w01" })
            #expect(record.now.log.contains { $0.contains("telemetry") && $0.contains("1 key") })
        }
    }

    @Test func `nothing of a revoked key gets in, though its connection lives`() async throws {
        let (revoked, stays) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        try KeyFiles.allow(revoked.publicKey, name: "w01", in: folder.path)
        try KeyFiles.allow(stays.publicKey, name: "w02", in: folder.path)
        try await withRouters { record in
            try await withClient(dealer(record, revoked), saying: "one") { _ in
                try await withClient(dealer(record, stays), saying: "two") { _ in
                    try await eventually("both get in") { record.count(of: "one") > 0 && record.count(of: "two") > 0 }
                    try KeyFiles.revoke(name: "w01", in: folder.path)
                    try await eventually("messages are refused") { record.now.refusals.messages > 0 }
                    let (before, others) = (record.count(of: "one"), record.count(of: "two"))
                    let refused = record.now.refusals.messages
                    try await eventually("both go on sending") {
                        record.now.refusals.messages >= refused + 10 && record.count(of: "two") >= others + 10
                    }
                    #expect(record.count(of: "one") == before)
                    #expect(record.now.refusals.connections == 0)
                }
            }
        }
    }

    @Test func `a key that is replaced under its name no longer gets in, and the new one does`() async throws {
        let (old, new) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        try KeyFiles.allow(old.publicKey, name: "w01", in: folder.path)
        try await withRouters { record in
            try await withClient(dealer(record, old), saying: "old") { _ in
                try await eventually("the old key gets in") { record.count(of: "old") > 0 }
                try KeyFiles.allow(new.publicKey, name: "w01", in: folder.path)
                try await eventually("messages are refused") { record.now.refusals.messages > 0 }
                let before = record.count(of: "old")
                try await withClient(dealer(record, new), saying: "new") { _ in
                    try await eventually("the new key gets in") { record.count(of: "new") >= 10 }
                }
                #expect(record.count(of: "old") == before)
            }
        }
    }

    @Test func `what may connect to one domain may not connect to another`() async throws {
        let (agent, operatorKeys) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        try KeyFiles.allow(agent.publicKey, name: "w01", in: folder.path)
        try KeyFiles.allow(operatorKeys.publicKey, name: "alice", in: other.path)
        try await withRouters { record in
            try await withClient(dealer(record, agent, socket: 1), saying: "wrong") { _ in
                try await withClient(dealer(record, operatorKeys, socket: 1), saying: "query") { _ in
                    try await withClient(dealer(record, agent), saying: "telemetry") { _ in
                        try await eventually("each gets in where it may, and is refused where not") {
                            record.count(of: "query") > 0 && record.count(of: "telemetry") > 0
                                && record.now.refusals.connections > 0
                        }
                    }
                }
            }
            #expect(record.count(of: "wrong") == 0)
            for message in record.now.messages { #expect(message.sender == (message.socket == 0 ? "w01" : "alice")) }
        }
    }

    @Test func `a client that expects another server says nothing to this one`() async throws {
        let keys = try CurveKeyPair.generate()
        try KeyFiles.allow(keys.publicKey, name: "w01", in: folder.path)
        try await withRouters { record in
            let stranger = SocketRole.curveDealer(
                connect: record.now.endpoints[0], keys: keys, serverKey: try CurveKeyPair.generate().publicKey)
            try await withClient(stranger, saying: "secret") { _ in
                try await withClient(dealer(record, keys), saying: "echo") { client in
                    try await eventually("an honest one is served") { client.count(of: "echo") >= 10 }
                }
            }
            #expect(record.count(of: "secret") == 0)
        }
    }
}
