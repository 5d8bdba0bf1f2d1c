import Foundation
import Kubernetes
import TestSupport
import Testing

extension LiveClusterTests {
    @Suite("Modes")
    struct ModeTests {
        @Test func `in mode act functions are moved, and reeve release leaves the cluster as it was found`() async throws {
            try await LiveBench.run { bench in
                let before = try await bench.essences()
                let coordinator = try bench.startCoordinator(guarded("act") + "\n  scheduler: random\n  scaled: [last]")
                try await coordinator.awaitOffice()
                try await coordinator.serve(until: "a function is moved to the second node") {
                    try await bench.ready("first").contains { $0.spec.nodeName == "w02" }
                        && coordinator.decisions().contains { $0.change == "move first to w02" }
                }
                try await coordinator.serve(until: "a function is scaled") {
                    try coordinator.decisions().contains { $0.change == "scale to 2 replicas" }
                }
                let managed = try await bench.essences()
                #expect(managed != before)
                let released = try #require(try coordinator.reeve("release"))
                #expect(released.contains("released first"), "\(released)")
                #expect(try await bench.essences() == before)
                for name in LiveBench.functions { #expect(try await bench.ready(name).count == 1) }
                // Nothing is taken again, though runs go on being served.
                let changes = try await bench.changes()
                for _ in 0..<5 { try await coordinator.serve() }
                #expect(try await bench.changes() == changes)
                #expect(try coordinator.status()?.placement?.state == "paused")
                let again = try #require(try coordinator.reeve("release"))
                #expect(again.contains("nothing is managed"), "\(again)")
                let functions = try #require(try coordinator.reeve("functions"))
                #expect(functions.contains("first") && functions.contains("w0"))
                #expect(coordinator.program()?.hasEnded == false)
            }
        }

        @Test(arguments: [("advise", "advises"), ("observe", "observes")])
        func `in another mode what is decided is told and nothing is changed`(mode: String, words: String) async throws {
            try await LiveBench.run { bench in
                let (before, pods) = (try await bench.essences(), try await bench.pods())
                let coordinator = try bench.startCoordinator(guarded(mode) + "\n  scheduler: random\n  scaled: [last]")
                try await coordinator.awaitOffice()
                for _ in 0..<6 { try await coordinator.serve() }
                try await coordinator.serve(until: "the guard has held a change") {
                    try coordinator.decisions().contains { decision in
                        let sentences = (decision.verdict.map { [$0] } ?? []) + (decision.decision?.barred ?? [])
                        return sentences.contains { $0.contains(words) }
                    }
                }
                let decisions = try coordinator.decisions()
                #expect(decisions.allSatisfy { $0.change == nil && $0.latencySeconds != nil })
                // Advice is what the policy would have done; observation asks for none.
                let chosen = decisions.compactMap(\.decision).map { $0.actions[$0.chosen] }
                #expect(chosen.contains { $0 != "stay" } == (mode == "advise"), "\(chosen)")
                #expect(try await bench.essences() == before)
                #expect(try await bench.pods() == pods)
            }
        }

        @Test func `a pause holds every change at once, and the stopped clock of an agent does so by itself`() async throws {
            try await LiveBench.run { bench in
                let coordinator = try bench.startCoordinator(guarded("act") + "\n  scheduler: random\n  scaled: [last]")
                try await coordinator.awaitOffice()
                try await coordinator.serve(until: "something is changed") { try await bench.changes() > 0 }
                #expect(try coordinator.reeve("pause")?.contains("paused") == true)
                var held = try await bench.changes()
                for _ in 0..<8 { try await coordinator.serve() }
                #expect(try await bench.changes() == held)
                _ = try #require(try coordinator.reeve("resume"))
                try await coordinator.serve(until: "something is changed again") { try await bench.changes() > held }
                coordinator.kill("w02")
                try await eventually("the node is not known any more") { try coordinator.status()?.knownNodes == 1 }
                held = try await bench.changes()
                for _ in 0..<8 { try await coordinator.serve() }
                #expect(try await bench.changes() == held)
                let barred = try coordinator.decisions().last?.decision?.barred ?? []
                #expect(barred.contains { $0.contains("node w02 is not known well enough") }, "\(barred)")
                try coordinator.startAgent("w02")
                try await coordinator.serve(until: "something is changed again") { try await bench.changes() > held }
            }
        }
    }
}
