import ControlAPI
import Foundation
import Placement
import Store
import TestSupport
import Testing

extension LiveClusterTests {
    @Suite("Two coordinators")
    struct TakeoverTests {
        @Test func `one stands by and says so, takes over when the other is killed, and repeats nothing`() async throws {
            try await LiveBench.run(startSeconds: 6) { bench in
                let placement = guarded("act") + "\n  scheduler: random"
                let first = try bench.startCoordinator(placement)
                try await first.awaitOffice()
                let second = try bench.startCoordinator(placement)
                let leader = try #require(try first.status()?.leadership?.identity)
                try await eventually("the second sees who leads") { try second.status()?.leadership?.holder == leader }
                #expect(try second.status()?.leadership?.isLeading == false)
                #expect(try second.reeve("status")?.contains("standing by for \(leader)") == true)
                let refusal = #expect(throws: LiveCoordinator.Refusal.self) { try second.submit() }
                #expect(refusal?.description.contains("coordinator \(leader) leads") == true, "\(refusal as Any)")
                #expect(try second.reeve("release") == nil)
                try await first.serve(until: "the first has changed something") { try await bench.changes() > 0 }
                try await killInMidChange(first, bench)
                let inFlight = try await bench.changes() - made(by: first)
                try await second.awaitOffice()
                let afterTakeover = try await bench.changes()
                try await second.serve(until: "the second has changed something") { try made(by: second) >= 2 }
                // What the server has been given is what the one had journaled, the one change that was under way, and
                // what the other has journaled: once each.
                let toldByFirst = try journaled(first)
                #expect(inFlight == 1, "\(toldByFirst)")
                let (ofFirst, ofSecond) = (try made(by: first), try made(by: second))
                let changes = try await bench.changes()
                let toldBySecond = try journaled(second)
                #expect(changes == ofFirst + 1 + ofSecond, "\(toldByFirst) and \(toldBySecond)")
                #expect(afterTakeover >= ofFirst + 1)
                for name in LiveBench.functions { #expect(try await !bench.ready(name).isEmpty) }
            }
        }

        /// How many changes `coordinator` has in its journal, each of which the server was asked for once. A run that
        /// failed after its change is no failure of the change.
        private func made(by coordinator: LiveCoordinator) throws -> Int {
            try records(of: coordinator).count { record in
                record.change != nil && record.failures.allSatisfy { $0.hasPrefix("run ") }
            }
        }

        private func records(of coordinator: LiveCoordinator) throws -> [DecisionRecord] {
            let journal = try Journal(path: coordinator.installation.path("journal.sqlite").path, durability: .normal)
            return try DecisionJournal(journal) { 0 }.newest(limit: 10_000).map(\.record)
        }

        /// What `coordinator` says that it has changed, for people.
        private func journaled(_ coordinator: LiveCoordinator) throws -> [String] {
            try records(of: coordinator).compactMap { record in
                record.change.map { "\($0)\(record.failures.isEmpty ? "" : " (\(record.failures))")" }
            }
        }

        /// Serves runs, kills the coordinator between the server's having a change and its being journaled.
        private func killInMidChange(_ coordinator: LiveCoordinator, _ bench: LiveBench) async throws {
            try await eventually("a change is under way") {
                let before = try await bench.changes()
                let decisions = try coordinator.decisions().count
                try coordinator.submit()
                while true {
                    if try await bench.changes() > before { return true }
                    if try coordinator.decisions().count > decisions { return false }
                }
            }
            coordinator.kill()
        }
    }
}
