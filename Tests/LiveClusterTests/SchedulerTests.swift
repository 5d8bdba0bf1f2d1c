import Foundation
import Kubernetes
import TestSupport
import Testing

extension LiveClusterTests {
    @Suite("The cluster's own scheduler")
    struct SchedulerTests {
        /// Whether kube-scheduler says of each of `pods` that it has placed it. Its events come in their own time.
        private func arePlacedByScheduler(_ pods: [String], _ bench: LiveBench) async throws -> Bool {
            let events: [SchedulingEvent] = try await bench.admin.list(
                ResourceKind(plural: "events"), ObjectSelection(namespace: bench.namespace, fields: "reason=Scheduled"))
            let placed = events.filter { ($0.reportingComponent ?? $0.source?.component) == "default-scheduler" }
            return Set(placed.compactMap(\.involvedObject.uid)).isSuperset(of: pods)
        }

        private struct SchedulingEvent: KubernetesObject {
            struct Source: Decodable, Sendable { let component: String? }
            struct Subject: Decodable, Sendable { let uid: String? }
            let metadata: ObjectMetadata
            /// Which of the two is filled in depends on the API by which the event was made.
            let reportingComponent: String?
            let source: Source?
            let involvedObject: Subject
        }

        @Test func `native leaves everything where kube-scheduler put it`() async throws {
            try await LiveBench.run { bench in
                let (before, pods) = (try await bench.essences(), try await bench.pods())
                let coordinator = try bench.startCoordinator(guarded("act") + "\n  scheduler: native")
                try await coordinator.awaitOffice()
                for _ in 0..<10 { try await coordinator.serve() }
                #expect(try await bench.essences() == before)
                #expect(try await bench.pods() == pods)
                try await eventually("kube-scheduler has placed them") { try await arePlacedByScheduler(pods, bench) }
                #expect(try coordinator.decisions().allSatisfy { $0.change == nil })
            }
        }

        @Test func `guided by kubernetes, a function is taken up and kube-scheduler puts it down`() async throws {
            try await LiveBench.run { bench in
                let pods = try await bench.pods()
                let coordinator = try bench.startCoordinator(guarded("act") + "\n  scheduler: kubernetes")
                try await coordinator.awaitOffice()
                try await coordinator.serve(until: "a function is rescheduled") {
                    try coordinator.decisions().contains { decision in
                        guard decision.change != nil, let choice = decision.decision else { return false }
                        return choice.actions[choice.chosen].hasPrefix("reschedule ")
                    }
                }
                let after = try await bench.pods()
                #expect(after != pods && after.count == pods.count)
                try await eventually("kube-scheduler has placed them") { try await arePlacedByScheduler(after, bench) }
                for name in LiveBench.functions {
                    let affinity = try await bench.stored(name)[path: ["spec", "template", "spec", "affinity"]]
                    #expect(affinity == nil, "nothing ties it to a node")
                }
            }
        }
    }
}
