@testable import ControlAPI
import Logging
import Messaging
import Store
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("The query desk")
struct QueryDeskTests {
    /// Keeps what it was asked.
    private final class Responder: QueryResponder {
        let asked = Mutex<[Query]>([])
        func answer(_ query: Query) async -> Reply.Outcome {
            asked.withLock { $0.append(query) }
            return query.verb == "run-submit" ? .failure(.failed, "the gateway is away") : .json(Array("{}".utf8))
        }
    }

    private let folder: TemporaryFolder
    private let journal: DecisionJournal
    private let responder = Responder()
    private let desk: QueryDesk

    init() throws {
        folder = try TemporaryFolder()
        journal = DecisionJournal(try Journal(path: "\(folder.path)/j.sqlite", durability: .normal)) { 1_700_000_000 }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        desk = QueryDesk(
            responder: responder, rights: QueryRights(ownUser: 800, groups: []) { _ in nil },
            orders: OrderBook(journal: journal, logger: quiet), logger: quiet)
    }

    private let reader = QueryAsker.local(LocalPeer(userID: 1_000, groupID: 1_000, processID: 7))
    private let admin = QueryAsker.local(LocalPeer(userID: 0, groupID: 0, processID: 8))

    private func ask(_ verb: String, _ arguments: [String: String] = [:], by asker: QueryAsker) async -> Reply.Outcome {
        await desk.answer(Query(id: 1, verb: verb, arguments: arguments), from: asker)
    }

    @Test func `whoever reaches the socket may ask, and questions are not noted`() async throws {
        for asker in [reader, admin, .local(nil), .remote(name: "carol", isOperator: false, address: nil)] {
            for verb in ["status", "interval", "decisions", "orders"] {
                #expect(await ask(verb, by: asker) == .json(Array("{}".utf8)))
            }
        }
        #expect(responder.asked.withLock { $0.count } == 16)
        #expect(try journal.orders(after: nil, limit: 10).isEmpty)
    }

    @Test func `an order of a reader is not carried out, and says who may`() async throws {
        for asker in [reader, .local(nil), .remote(name: "carol", isOperator: false, address: "10.0.0.9")] {
            for (verb, arguments) in [("pause", [:]), ("interval", ["milliseconds": "100"]), ("route-reload", [:])] {
                guard case .failure(.notAllowed, let sentence) = await ask(verb, arguments, by: asker) else {
                    Issue.record("\(verb) was taken")
                    continue
                }
                #expect(sentence.contains("section query"))
            }
        }
        #expect(responder.asked.withLock { $0.isEmpty })
        #expect(try journal.orders(after: nil, limit: 10).isEmpty, "a reader cannot fill the journal")
    }

    @Test func `orders are noted with who gave them, the way, and what came of them`() async throws {
        _ = await ask("interval", ["milliseconds": "100", "node": "w01"], by: admin)
        let remote = QueryAsker.remote(name: "carol", isOperator: true, address: "10.0.0.9")
        _ = await ask("run-submit", ["workflow": "video", "input": String(repeating: "x", count: 5_000)], by: remote)
        let orders = try journal.orders(after: nil, limit: 10)
        #expect(orders.map(\.record) == [
            OrderRecord(
                verb: "interval", arguments: ["milliseconds": "100", "node": "w01"], asker: "user 0", way: "ipc",
                address: "process 8", failure: nil),
            OrderRecord(
                verb: "run-submit", arguments: ["workflow": "video", "input": "5000 bytes"], asker: "carol", way: "tcp",
                address: "10.0.0.9", failure: "the gateway is away"),
        ])
        #expect(try journal.orders(after: orders[0].sequence, limit: 10).map(\.record) == [orders[1].record])
    }

    @Test func `every verb is a question or an order, and what nobody knows is neither`() {
        let questions: Set = [
            "status", "nodes", "counters", "interval", "containers", "leases", "harvest", "harvest-history", "functions",
            "decisions", "explain", "policy", "run-list", "run-result", "interference", "routes", "route-functions",
            "orders", "history", "values", "requests", "timeline",
        ]
        for verb in CoordinatorResponder.verbs {
            #expect(Query(id: 1, verb: verb).isOrder == !questions.contains(verb), "\(verb)")
        }
        #expect(Query(id: 1, verb: "interval", arguments: ["milliseconds": "x"]).isOrder)
        #expect(!Query(id: 1, verb: "dance").isOrder)
    }
}
