import Foundation
import Kubernetes
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

extension ClusterTests {
    @Suite("Leadership", .serialized)
    struct LeadershipTests {
        /// A candidate with what it logged.
        private struct Candidate {
            let elector: LeaseElector
            let log = LogRecord()
            /// How often it began to wait, between two looks or for an answer.
            let waits = Waits()

            init(
                _ identity: String, _ client: KubernetesClient, in namespace: String, leaseSeconds: Int = 4,
                deadlineMilliseconds: Int = 2_500
            ) throws {
                var logger = Logger(label: "test")
                logger.handler = RecordingLogHandler(record: log)
                elector = LeaseElector(
                    try LeaseElectionSettings(
                        namespace: namespace, name: "leader", identity: identity, leaseSeconds: leaseSeconds,
                        renewDeadlineMilliseconds: deadlineMilliseconds, retryMilliseconds: 500),
                    client: client, logger: logger,
                    pause: { [waits] nanoseconds in
                        waits.note()
                        try await Task.sleep(nanoseconds: nanoseconds)
                    })
            }
        }

        private final class Waits: Sendable {
            private let state = Mutex(0)
            var count: Int { state.withLock { $0 } }
            func note() { state.withLock { $0 += 1 } }
        }

        /// Looks without a pause whether two candidates lead at once, for as long as `body` lasts.
        private func neverBoth(
            _ a: LeaseElector, _ b: LeaseElector, _ body: () async throws -> Void
        ) async throws {
            let watching = Task {
                var (looks, both) = (0, 0)
                while !Task.isCancelled {
                    looks += 1
                    // In this order: a term that ended between two questions is no overlap.
                    if a.isLeader, b.isLeader, a.isLeader { both += 1 }
                    try? await Task.sleep(for: .milliseconds(1))
                }
                return (looks, both)
            }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            watching.cancel()
            let (looks, both) = await watching.value
            #expect(looks > 0 && both == 0)
            try result.get()
        }

        private func lease(_ client: KubernetesClient, in namespace: String) async throws -> LeaseObject {
            try await client.get(.leases, named: "leader", in: namespace)
        }

        @Test func `of two candidates one leads, and when it is killed the other takes over`() async throws {
            try await withClient { mine in
                try await withClient { other in
                    try await withNamespace(other) { namespace in
                        // So long that no answer of a busy server takes the time that a request has.
                        let a = try Candidate("a", mine, in: namespace, leaseSeconds: 15, deadlineMilliseconds: 12_000)
                        let b = try Candidate("b", other, in: namespace, leaseSeconds: 15, deadlineMilliseconds: 12_000)
                        let first = Task { await a.elector.run() }
                        try await eventually("a leads") { a.elector.isLeader }
                        let second = Task { await b.elector.run() }
                        defer { second.cancel() }
                        try await neverBoth(a.elector, b.elector) {
                            try await eventually("b sees who leads") { b.elector.holder == "a" }
                            let renewed = try await lease(other, in: namespace).renewTime
                            try await eventually("a renews") {
                                try await lease(other, in: namespace).renewTime != renewed
                            }
                            #expect(a.elector.isLeader && !b.elector.isLeader)
                            // Cancelled is killed: nothing is given up.
                            first.cancel()
                            await first.value
                            #expect(try await lease(other, in: namespace).holderIdentity == "a")
                            try await eventually("b takes over") { b.elector.isLeader }
                        }
                        #expect(!a.elector.isLeader)
                        let taken = try await lease(other, in: namespace)
                        #expect(taken.holderIdentity == "b" && taken.leaseTransitions == 1)
                        #expect(a.log.warnings.isEmpty && b.log.warnings.isEmpty)
                    }
                }
            }
        }

        @Test func `a graceful shutdown leaves the office to the other, though the lease is a long one`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    // An hour: only a lease that was given up is had within this test.
                    let a = try Candidate("a", client, in: namespace, leaseSeconds: 3_600)
                    let b = try Candidate("b", client, in: namespace, leaseSeconds: 3_600)
                    let group = ServiceGroup(services: [a.elector], logger: Logger(label: "test"))
                    let first = Task { try await group.run() }
                    try await eventually("a leads") { a.elector.isLeader }
                    let second = Task { await b.elector.run() }
                    defer { second.cancel() }
                    try await neverBoth(a.elector, b.elector) {
                        try await eventually("b sees who leads") { b.elector.holder == "a" }
                        await group.triggerGracefulShutdown()
                        try await first.value
                        #expect(!a.elector.isLeader)
                        try await eventually("b leads") { b.elector.isLeader }
                    }
                }
            }
        }

        @Test func `a leader whose server stands still stops acting, and one leads when it goes on`() async throws {
            let cluster = try #require(TestCluster.current)
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    let a = try Candidate("a", client, in: namespace)
                    let b = try Candidate("b", client, in: namespace)
                    let running = [a, b].map { candidate in Task { await candidate.elector.run() } }
                    defer { for task in running { task.cancel() } }
                    try await eventually("one leads") { a.elector.isLeader || b.elector.isLeader }
                    try await neverBoth(a.elector, b.elector) {
                        try cluster.inject(.pause)
                        do {
                            try await eventually("nobody leads") { !a.elector.isLeader && !b.elector.isLeader }
                        } catch {
                            try cluster.inject(.resume)
                            throw error
                        }
                        try cluster.inject(.resume)
                        try await eventually("one leads again") { a.elector.isLeader || b.elector.isLeader }
                    }
                }
            }
        }

        @Test func `who may not touch leases says so once and never leads`() async throws {
            try await withClient { client in
                try await withClient("nobody") { nobody in
                    try await withNamespace(client) { namespace in
                        let a = try Candidate("a", nobody, in: namespace)
                        let running = Task { await a.elector.run() }
                        defer { running.cancel() }
                        try await eventually("it is told") { a.log.warnings.contains { $0.contains("leases") } }
                        let before = a.waits.count
                        try await eventually("it looks again") { a.waits.count > before + 4 }
                        running.cancel()
                        await running.value
                        // A busy server's silence is another kind of failure.
                        let denials = a.log.warnings.filter { !$0.contains("no answer in time") }
                        #expect(denials.count == 1, "\(a.log.warnings)")
                        #expect(!a.elector.isLeader)
                    }
                }
            }
        }
    }
}
