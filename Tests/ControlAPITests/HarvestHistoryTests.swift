import ControlAPI
import Foundation
import Harvesting
import Measures
import Store
import TestSupport
import Testing
import Topology
import Wire

/// What the journal keeps of the harvest, and how it is asked for.
@Suite("The harvest's history")
struct HarvestHistoryTests {
    private func refused(_ number: Int, on node: String) -> HarvestRecord {
        HarvestRecord(
            node: NodeName(node),
            [.leftAlone(at: 5, containerID: "c\(number)", function: FunctionName("f"), reason: "refused")], omitted: number,
            at: 7)
    }

    private func ask(
        _ responder: CoordinatorResponder, _ arguments: [String: String]
    ) async throws -> HarvestHistoryAnswer {
        let outcome = await responder.answer(Query(id: 1, verb: "harvest-history", arguments: arguments))
        guard case .json(let json) = outcome else { throw Unanswered(description: "\(outcome)") }
        return try JSONDecoder().decode(HarvestHistoryAnswer.self, from: Data(json))
    }

    private struct Unanswered: Error, CustomStringConvertible { let description: String }

    @Test func `records are kept and read page by page, of all nodes or of one`() async throws {
        let folder = try TemporaryFolder()
        let journal = DecisionJournal(try Journal(path: "\(folder.path)/journal.sqlite")) { 1_000 }
        for number in 0..<25 { try journal.add(refused(number, on: number % 5 == 0 ? "w01" : "w02")) }
        var parts = CoordinatorResponder.Parts()
        parts.harvest = HarvestBoard(mode: .act, rule: .freyr)
        parts.journal = journal
        let responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
        let newest = try await ask(responder, [:])
        #expect(newest.entries.map(\.record.omitted) == Array(5..<25))
        let item = try #require(newest.entries.last?.record.items.first)
        #expect(item.what == "left alone" && item.agoSeconds == 2 && item.reason == "refused" && item.containerID == "c24")
        var read: [Int] = []
        var after: Int64 = 0
        while let last = try await ask(responder, ["after": "\(after)", "limit": "7"]).entries.last {
            let page = try await ask(responder, ["after": "\(after)", "limit": "7"])
            #expect(page.entries.count <= 7)
            read += page.entries.map(\.record.omitted)
            after = last.sequence
        }
        #expect(read == Array(0..<25))
        #expect(try await ask(responder, ["node": "w01"]).entries.map(\.record.omitted) == [0, 5, 10, 15, 20])
        #expect(try await ask(responder, ["node": "w01", "limit": "2"]).entries.map(\.record.omitted) == [15, 20])
        let some = try await ask(responder, ["node": "w01", "after": "2", "limit": "2"])
        #expect(some.entries.map(\.record.omitted) == [5, 10])
    }

    @Test func `without a journal there is no history`() async throws {
        var parts = CoordinatorResponder.Parts()
        parts.harvest = HarvestBoard(mode: .act, rule: .safeguard)
        let responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
        guard case .failure(let code, let sentence) = await responder.answer(
            Query(id: 1, verb: "harvest-history", arguments: [:]))
        else {
            Issue.record("a history without a journal")
            return
        }
        #expect(code == .notFound && sentence.contains("store"))
    }

    @Test func `a record says which loans were made and went back, and what was safeguarded`() throws {
        let news: [HarvestNews] = [
            .lent(
                at: 1, resource: .memory, amount: 64, lender: FunctionName("a"), borrower: FunctionName("b")),
            .safeguarded(
                at: 2, containerID: "c", function: FunctionName("a"), peak: Resources(millicores: 190, mebibytes: 10),
                limits: Resources(millicores: 200, mebibytes: 64)),
        ]
        let record = HarvestRecord(node: NodeName("w01"), news, omitted: 3, at: 4)
        let again = try JSONDecoder().decode(HarvestRecord.self, from: JSONEncoder().encode(record))
        #expect(again == record && again.omitted == 3)
        #expect(record.items.map(\.what) == ["lent", "safeguarded"] && record.items.map(\.agoSeconds) == [3, 2])
        #expect(record.items[0].resource == "memory" && record.items[0].amount == 64 && record.items[0].lender == "a")
        #expect(record.items[1].before?.millicores == 190 && record.items[1].after?.mebibytes == 64)
    }
}
