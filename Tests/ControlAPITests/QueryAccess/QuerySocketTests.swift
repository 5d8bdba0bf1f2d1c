import ControlAPI
import Foundation
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing
import Wire

/// The query socket with real peers: other users of this machine, and keys from elsewhere.
@Suite("Readers and admins on the query socket", .timeLimit(.minutes(10)))
struct QuerySocketTests {
    private let folder: TemporaryFolder
    private let control = PlacementControl()
    private let journal: DecisionJournal
    private let server: CurveKeyPair

    init() throws {
        folder = try TemporaryFolder()
        journal = DecisionJournal(try Journal(path: "\(folder.path)/j.sqlite", durability: .normal)) { 1_700_000_000 }
        server = try CurveKeyPair.generate()
        for name in ["operators", "readers"] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
    }

    private var path: String { "\(folder.path)/query.sock" }

    /// Has the socket served at `path`, and at `address` where there is one, while `body` lasts.
    private func serve(
        _ rights: QueryRights, remote address: String? = nil, _ body: () async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var parts = CoordinatorResponder.Parts()
        parts.placement = control
        parts.journal = journal
        let desk = QueryDesk(
            responder: CoordinatorResponder(parts: parts, version: "1.2.3", time: SystemTime()), rights: rights,
            orders: OrderBook(journal: journal, logger: quiet), logger: quiet)
        let remote = address.map { SocketRole.curveRouter(bind: $0, keys: server, domain: QueryService.domain) }
        let isListening = Atomic(false)
        let service = QueryService(
            roles: [.localRouter(bind: "ipc://\(path)")] + (remote.map { [$0] } ?? []),
            authenticator: QueryService.authenticator(
                readers: try AllowList(folder: "\(folder.path)/readers"),
                operators: try AllowList(folder: "\(folder.path)/operators")),
            desk: desk, logger: quiet, onListening: { isListening.store(true, ordering: .sequentiallyConsistent) })
        let group = ServiceGroup(services: [service], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do {
                try await eventually("the socket listens") { isListening.load(ordering: .sequentiallyConsistent) }
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// The reply to `verb` over `role`, asked by this process; nil when none came within the time.
    private func ask(_ verb: String, _ role: SocketRole, milliseconds: Int = 60_000) async throws -> Reply.Outcome? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        do {
                            let dealer = try BlockingDealer(role: role)
                            let query = Query(id: 7, verb: verb).encoded()
                            return try dealer.ask(query, timeoutMilliseconds: milliseconds) { bytes in
                                try Reply(decoding: bytes).outcome
                            }
                        } catch {
                            if let failure = error as? MessagingError, failure.code == .timeout { return nil }
                            throw error
                        }
                    })
            }
        }
    }

    private func isRefused(_ outcome: Reply.Outcome?) -> Bool {
        if case .failure(.notAllowed, _) = outcome { true } else { false }
    }

    private func isAnswered(_ outcome: Reply.Outcome?) -> Bool { if case .json = outcome { true } else { false } }

    @Test func `whoever runs the coordinator may order, and the journal has the name and the process`() async throws {
        try await serve(QueryRights(groups: [])) {
            let outcome = try await ask("pause", .localDealer(connect: "ipc://\(path)"))
            #expect(isAnswered(outcome))
        }
        let order = try #require(try journal.orders(after: nil, limit: 10).first?.record)
        let name = await LocalUser.find(geteuid())?.name ?? "user \(geteuid())"
        #expect(order.verb == "pause" && order.way == "ipc" && order.asker == name && order.failure == nil)
        #expect(order.address == "process \(getpid())")
    }

    @Test(.enabled(if: LocalAsker.isPossible))
    func `another user may ask and not order, whatever he says of himself`() async throws {
        // User 5 of group 60 is games on Debian; what matters is that it is neither root nor the test's own.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try await serve(QueryRights(groups: [])) {
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
            let status = try await LocalAsker.ask(Query(id: 1, verb: "status"), at: path, user: 5, group: 60)
            #expect(isAnswered(status.outcome), "\(status)")
            let pause = try await LocalAsker.ask(Query(id: 2, verb: "pause"), at: path, user: 5, group: 60)
            #expect(isRefused(pause.outcome) && pause.id == 2, "\(pause)")
            let root = try await LocalAsker.ask(Query(id: 3, verb: "pause"), at: path, user: 0, group: 0)
            #expect(isAnswered(root.outcome), "\(root)")
        }
        #expect(try journal.orders(after: nil, limit: 10).map(\.record.asker) == ["root"])
    }

    @Test(.enabled(if: LocalAsker.isPossible), arguments: [([5], []), ([], [60])] as [([UInt32], [UInt32])])
    func `a user who is named, or whose group is, may order`(users: [UInt32], groups: [UInt32]) async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try await serve(QueryRights(users: Set(users), groups: Set(groups))) {
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
            let pause = try await LocalAsker.ask(Query(id: 1, verb: "pause"), at: path, user: 5, group: 60)
            #expect(isAnswered(pause.outcome), "\(pause)")
        }
        let name = await LocalUser.find(5)?.name ?? "user 5"
        #expect(try journal.orders(after: nil, limit: 10).map(\.record.asker) == [name])
    }

    @Test func `a key of the readers may ask and not order, until it is moved to the operators'`() async throws {
        let keys = try CurveKeyPair.generate()
        let (readers, operators) = ("\(folder.path)/readers", "\(folder.path)/operators")
        try KeyFiles.allow(keys.publicKey, name: "carol", in: readers)
        let address = "tcp://127.0.0.1:\(try freePort())"
        let role = SocketRole.curveDealer(connect: address, keys: keys, serverKey: server.publicKey)
        try await serve(QueryRights(groups: []), remote: address) {
            let status = try await ask("status", role)
            #expect(isAnswered(status))
            let pause = try await ask("pause", role)
            #expect(isRefused(pause))
            try KeyFiles.allow(keys.publicKey, name: "carol", in: operators)
            let both = try await ask("pause", role)
            #expect(isRefused(both), "who is in both may only ask")
            try KeyFiles.revoke(name: "carol", in: readers)
            try await eventually("the change is seen") { try await isAnswered(ask("pause", role)) }
            try KeyFiles.revoke(name: "carol", in: operators)
            try await eventually("nobody listens any more") { try await ask("status", role, milliseconds: 500) == nil }
        }
        let orders = try journal.orders(after: nil, limit: 10).map(\.record)
        #expect(orders == [
            OrderRecord(verb: "pause", arguments: [:], asker: "carol", way: "tcp", address: "127.0.0.1", failure: nil)
        ])
    }

    /// A port that was free a moment ago.
    private func freePort() throws -> Int {
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
        try #require(result == 0)
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
