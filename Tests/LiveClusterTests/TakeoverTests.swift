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
                let toldByFirst = try left(by: first)
                let ofFirst = toldByFirst.count(where: \.isMade)
                let inFlight = try await bench.changes() - ofFirst
                try await second.awaitOffice()
                let afterTakeover = try await bench.changes()
                try await second.serve(until: "the second has changed something") {
                    try told(by: second).count(where: \.isMade) >= 2
                }
                // What the server has been given is what the one had journaled, the one change that was under way, and
                // what the other has journaled: once each.
                #expect(inFlight == 1, "\(toldByFirst)")
                let toldBySecond = try told(by: second)
                let ofSecond = toldBySecond.count(where: \.isMade)
                let changes = try await bench.changes()
                #expect(changes == ofFirst + 1 + ofSecond, "\(toldByFirst) and \(toldBySecond)")
                #expect(afterTakeover >= ofFirst + 1)
                for name in LiveBench.functions { #expect(try await !bench.ready(name).isEmpty) }
            }
        }

        /// A decision as far as it is counted here.
        private struct Told: CustomStringConvertible {
            let change: String
            let failures: [String]
            /// Whether the server was asked for it once, and has it: a run that failed afterwards is no failure of the
            /// change.
            var isMade: Bool { failures.allSatisfy { $0.hasPrefix("run ") } }
            var description: String { failures.isEmpty ? change : "\(change) (\(failures))" }
        }

        /// The changes that are in the journal which `coordinator`, which has ended, has left.
        private func left(by coordinator: LiveCoordinator) throws -> [Told] {
            let journal = try Journal(path: coordinator.installation.path("journal.sqlite").path, durability: .normal)
            return try DecisionJournal(journal) { 0 }.newest(limit: 10_000).map(\.record).compactMap { record in
                record.change.map { Told(change: "\($0)", failures: record.failures) }
            }
        }

        /// The changes that `coordinator` tells of.
        private func told(by coordinator: LiveCoordinator) throws -> [Told] {
            try coordinator.decisions().compactMap { record in
                record.change.map { Told(change: $0, failures: record.failures) }
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
