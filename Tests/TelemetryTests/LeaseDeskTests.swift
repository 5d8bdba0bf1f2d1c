import Measures
import Synchronization
import Telemetry
import Testing
import Topology
import Wire

@Suite("Leases at the coordinator")
struct LeaseDeskTests {
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000_000))
    private let hub: TelemetryHub
    private static let node = NodeName("w01")
    private static let one = LeaseID(rawValue: 1)

    init() { hub = TelemetryHub(settings: TelemetrySettings(), time: time) }

    private func request(_ id: LeaseID = one) -> LeaseOrder {
        .take(
            LeaseRequest(
                id: id, containerID: "c1", cpuCores: 0.5, memoryBytes: nil, durationNanoseconds: 30_000 * millisecond))
    }

    /// Has the agent report these events of lease 1, numbered from `first`.
    private func report(
        _ kinds: [LeaseEvent.Kind], from first: UInt64 = 1, id: LeaseID = one, incarnation: UInt64 = 1,
        held: [LeaseID] = [], sender: String = "w01"
    ) throws {
        hub.receive(
            try LeaseReport(
                node: Self.node, incarnation: incarnation, isEnabled: true,
                held: held.map {
                    HeldLease(
                        id: $0, containerID: "c1", cpuCores: 0.5, memoryBytes: nil,
                        remainingNanoseconds: 9 * millisecond)
                },
                events: kinds.enumerated().map { index, kind in
                    .init(
                        number: first + UInt64(index), ageNanoseconds: 10 * millisecond,
                        event: LeaseEvent(id: id, containerID: "c1", kind: kind))
                }), from: sender)
    }

    private var events: [LeaseEvent.Kind] {
        hub.leases.snapshot().ledger[Self.node]?.events.map(\.event.kind) ?? []
    }

    /// Orders and, once somebody waits for the answer, does what `body` says.
    private func answer(
        to order: LeaseOrder, _ body: () async throws -> Void
    ) async throws -> LeaseOutcome {
        async let answer = hub.leases.carryOut(order, on: Self.node)
        while hub.leases.waiting == 0 { await Task.yield() }
        try await body()
        return await answer
    }

    @Test func `an order goes out once, and what the agent says of it is the answer`() async throws {
        let outcome = try await answer(to: request()) {
            #expect(hub.leases.takeOrders().map(\.order) == [request()])
            #expect(hub.leases.takeOrders().isEmpty)
            try report([.granted], held: [Self.one])
        }
        #expect(outcome.event?.kind == .granted)
        #expect(hub.leases.snapshot().ledger.holder(of: Self.one) == Self.node)
        #expect(hub.leases.waiting == 0)
    }

    @Test func `reports repeat events, and each counts once`() throws {
        try report([.granted])
        try report([.granted, .renewed])
        try report([.granted, .renewed, .ended])
        #expect(events == [.granted, .renewed, .ended])
        let past = try #require(hub.leases.snapshot().ledger[Self.node]?.events.first)
        #expect(past.happenedAt == time.now.reversed(byNanoseconds: 10 * millisecond))
        // A restarted agent counts its events anew.
        try report([.ended], incarnation: 2)
        #expect(events == [.granted, .renewed, .ended, .ended])
        #expect(hub.leases.snapshot().ledger[Self.node]?.isEnabled == true)
    }

    @Test func `an event from before the order does not answer it, nor one of another lease or kind`() async throws {
        try report([.refused])
        let taken = try await answer(to: request()) {
            try report([.refused, .ended])
            try report([.granted], from: 3, id: LeaseID(rawValue: 2))
            hub.expire()
            #expect(hub.leases.waiting == 1)
            try report([.renewed], from: 4)
        }
        #expect(taken.event?.kind == .renewed)
        let end = try await answer(to: .end(Self.one)) {
            try report([.granted], from: 5)
            #expect(hub.leases.waiting == 1)
            try report([.ended], from: 6)
        }
        #expect(end.event?.kind == .ended)
    }

    @Test func `an agent that does not answer is not waited for for ever`() async throws {
        let outcome = try await answer(to: request()) {
            time.advance(byNanoseconds: 2_999 * millisecond)
            hub.expire()
            #expect(hub.leases.waiting == 1)
            time.advance(byNanoseconds: millisecond)
            hub.expire()
        }
        #expect(outcome == .unanswered)
    }

    @Test func `who has less patience waits less, and nobody longer than the desk`() async throws {
        for (patience, waits) in [(500, 500), (60_000, 3_000)] as [(UInt64, UInt64)] {
            async let outcome = hub.leases.carryOut(
                .end(Self.one), on: Self.node, patienceNanoseconds: patience * millisecond)
            while hub.leases.waiting == 0 { await Task.yield() }
            time.advance(byNanoseconds: (waits - 1) * millisecond)
            hub.expire()
            #expect(hub.leases.waiting == 1)
            time.advance(byNanoseconds: millisecond)
            hub.expire()
            #expect(await outcome == .unanswered)
        }
    }

    @Test func `whoever sends orders is woken by each`() async throws {
        let woken = Mutex(0)
        hub.leases.onOrder { woken.withLock { $0 += 1 } }
        _ = try await answer(to: request()) {
            #expect(woken.withLock { $0 } == 1)
            try report([.granted])
        }
        hub.leases.onOrder(nil)
        _ = try await answer(to: .end(Self.one)) { try report([.ended], from: 2) }
        #expect(woken.withLock { $0 } == 1)
    }

    @Test func `events are told from where the reader left off, as far as they are kept`() throws {
        func read(after count: UInt64) throws -> [LeaseEvent.Kind] {
            try #require(hub.leases.snapshot().ledger[Self.node]).events(after: count).map(\.event.kind)
        }
        try report([.granted, .renewed, .ended])
        let node = try #require(hub.leases.snapshot().ledger[Self.node])
        #expect(node.taken == 3)
        #expect(try read(after: 0) == [.granted, .renewed, .ended])
        #expect(try read(after: 2) == [.ended])
        #expect(try read(after: 3).isEmpty)
        #expect(try read(after: 99).isEmpty)
        try report(Array(repeating: .delayed, count: 64), from: 4)
        #expect(try read(after: 2) == Array(repeating: .delayed, count: 64))
    }

    @Test func `an order that cannot be sent is answered with why`() async throws {
        let outcome = try await answer(to: request()) {
            for order in hub.leases.takeOrders() { hub.leases.couldNotSend(order, "nobody there") }
        }
        #expect(outcome == .notSent("nobody there"))
        let shown = try #require(hub.leases.snapshot().ledger[Self.node]?.events.last)
        #expect(shown.event.kind == .refused && shown.event.containerID == "c1" && !shown.isAgents)
    }

    @Test func `orders that nobody sends are bounded`() async throws {
        await withTaskGroup(of: LeaseOutcome.self) { group in
            for number in 0..<257 {
                group.addTask { [hub] in
                    await hub.leases.carryOut(.end(LeaseID(rawValue: UInt64(number))), on: Self.node)
                }
            }
            let first = await group.next()
            #expect(first == .notSent("too many orders wait to be sent"))
            hub.close()
            for await outcome in group { #expect(outcome == .unanswered) }
        }
        #expect(hub.leases.takeOrders().count == 256)
    }

    @Test func `who is cancelled waits no longer, and after the end nobody waits`() async throws {
        let task = Task { [hub] in await hub.leases.carryOut(.end(Self.one), on: Self.node) }
        while hub.leases.waiting == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value == .unanswered)
        #expect(hub.leases.waiting == 0)
        hub.close()
        #expect(await hub.leases.carryOut(.end(Self.one), on: Self.node) == .unanswered)
    }

    @Test func `a key reports on its own node alone`() throws {
        try report([.granted], sender: "w02")
        #expect(events.isEmpty && hub.snapshot().state.counts.wrongNode == 1)
    }

    @Test func `events are kept up to a bound, and orders are answered beyond it`() async throws {
        for round in 0..<10 {
            try report(Array(repeating: .delayed, count: 64), from: 1 + UInt64(round) * 64, id: LeaseID(rawValue: 9))
        }
        #expect(events.count == 64)
        let outcome = try await answer(to: request()) { try report([.granted], from: 641) }
        #expect(outcome.event?.kind == .granted)
        #expect(events.count == 64 && events.last == .granted)
    }
}
