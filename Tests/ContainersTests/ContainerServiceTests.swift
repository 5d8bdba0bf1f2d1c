import Foundation
import Logging
import Measures
import Synchronization
import TestSupport
import Testing
import Topology

@testable import Containers

@Suite("The service that watches containers")
struct ContainerServiceTests {
    /// What a service has told so far.
    final class Listener: Sendable {
        struct Heard {
            var usage: ContainerSnapshot?
            var leases: LeaseNews?
            var turns = 0
        }

        private let state = Mutex(Heard())
        var heard: Heard { state.withLock { $0 } }
        func turn() { state.withLock { $0.turns += 1 } }

        func take(_ news: ContainerNews) {
            state.withLock { heard in
                switch news {
                case .usage(let snapshot): heard.usage = snapshot
                case .leases(let leases): heard.leases = leases
                }
            }
        }
    }

    /// Runs a service over `tree` while `body` lasts, then has it stop.
    private func run(
        over tree: FakeTree, enabled: Bool = true,
        _ body: (LeaseOrders, Listener) async throws -> Void
    ) async throws -> Listener {
        let (orders, listener) = (LeaseOrders(), Listener())
        let service = ContainerService(
            settings: tree.settings,
            leases: LeaseSettings(isEnabled: enabled, statePath: tree.root.appendingPathComponent("record").path),
            orders: orders, time: SystemTime(), clock: ContinuousClock(),
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }, onTurn: { listener.turn() },
            publish: { listener.take($0) })
        let task = Task { try await service.run() }
        do {
            try await body(orders, listener)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        try await task.value
        return listener
    }

    private let request = LeaseRequest(
        id: LeaseID(rawValue: 5), containerID: FakeTree.id(1), cpuCores: 0.5, memoryBytes: nil,
        durationNanoseconds: 60_000_000_000)

    @Test func `use is told, and a service that stops gives back what it has lent`() async throws {
        let tree = try FakeTree(.unified)
        let path = try tree.makeContainer(1)
        let listener = try await run(over: tree) { orders, listener in
            try await eventually("use is told") { listener.heard.usage != nil }
            #expect(listener.heard.usage?.containers.map(\.containerID) == [FakeTree.id(1)])
            #expect(listener.heard.leases?.isEnabled == true && listener.heard.leases?.held.isEmpty == true)
            #expect(orders.add(.take(request)))
            try await eventually("the lease is granted") { listener.heard.leases?.held.isEmpty == false }
            #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(50_000))
        }
        #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(nil))
        let news = try #require(listener.heard.leases)
        #expect(news.held.isEmpty)
        #expect(news.events.map(\.number) == [1, 2])
        #expect(news.events.map(\.event.kind) == [.granted, .ended])
        #expect(news.events.map(\.event.reason) == [nil, .agentStopped])
        #expect(listener.heard.turns > 0)
    }

    @Test func `a lease is ended by an order, and refused where leases are not enabled`() async throws {
        let tree = try FakeTree(.unified)
        let path = try tree.makeContainer(1)
        _ = try await run(over: tree) { orders, listener in
            _ = orders.add(.take(request))
            _ = orders.add(.end(request.id))
            try await eventually("the lease is ended") { listener.heard.leases?.events.count == 2 }
            #expect(listener.heard.leases?.events.last?.event.reason == .returned)
            #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(nil))
        }
        try FileManager.default.removeItem(at: tree.root.appendingPathComponent("record"))
        let listener = try await run(over: tree, enabled: false) { orders, listener in
            _ = orders.add(.take(request))
            try await eventually("the lease is refused") { listener.heard.leases?.events.isEmpty == false }
        }
        #expect(listener.heard.leases?.events.map(\.event.kind) == [.refused])
        #expect(listener.heard.leases?.isEnabled == false)
    }

    @Test func `a service without control groups ends with what is missing`() async throws {
        let tree = try FakeTree(.unified)
        try FileManager.default.removeItem(at: tree.root)
        await #expect(throws: ContainerError.self) { _ = try await run(over: tree) { _, _ in } }
    }

    @Test func `orders that nobody takes are bounded`() {
        let orders = LeaseOrders()
        for number in 0..<256 { #expect(orders.add(.end(LeaseID(rawValue: UInt64(number))))) }
        #expect(!orders.add(.end(LeaseID(rawValue: 256))))
        #expect(orders.takeAll().count == 256 && orders.takeAll().isEmpty)
        #expect(orders.add(.end(LeaseID(rawValue: 1))))
    }

    @Test func `news keep the newest events, with gaps in the numbers where events were lost`() {
        var news = LeaseNews(isEnabled: true, at: MonotonicInstant(nanoseconds: 0))
        let event = LeaseEvent(id: LeaseID(rawValue: 1), containerID: nil, kind: .granted)
        news.append(Array(repeating: event, count: 70), dropped: 0, at: MonotonicInstant(nanoseconds: 5))
        #expect(news.events.count == 64 && news.events.first?.number == 7 && news.events.last?.number == 70)
        news.append([event], dropped: 3, at: MonotonicInstant(nanoseconds: 6))
        #expect(news.events.count == 64 && news.events.last?.number == 74)
    }
}
