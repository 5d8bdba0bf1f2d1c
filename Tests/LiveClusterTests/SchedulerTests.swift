import Foundation
import Kubernetes
import TestSupport
import Testing

extension LiveClusterTests {
    @Suite("The cluster's own scheduler")
    struct SchedulerTests {
        /// The uids of the pods that kube-scheduler says it has placed.
        private func placedByScheduler(_ bench: LiveBench) async throws -> Set<String> {
            let events: [SchedulingEvent] = try await bench.admin.list(
                ResourceKind(plural: "events"), ObjectSelection(namespace: bench.namespace, fields: "reason=Scheduled"))
            return Set(events.filter { $0.source.component == "default-scheduler" }.compactMap(\.involvedObject.uid))
        }

        private struct SchedulingEvent: KubernetesObject {
            struct Source: Decodable, Sendable { let component: String? }
            struct Subject: Decodable, Sendable { let uid: String? }
            let metadata: ObjectMetadata
            let source: Source
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
                #expect(try await placedByScheduler(bench).isSuperset(of: pods))
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
                #expect(try await placedByScheduler(bench).isSuperset(of: after))
                for name in LiveBench.functions {
                    let affinity = try await bench.stored(name)[path: ["spec", "template", "spec", "affinity"]]
                    #expect(affinity == nil, "nothing ties it to a node")
                }
            }
        }
    }
}
