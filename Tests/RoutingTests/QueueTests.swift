import Measures
import Routing
import Testing
import Topology

@Suite("The waiting queue")
struct QueueTests {
    /// A router over one worker that takes one request at a time.
    static func router(queue: Int, patience: Double = 10) throws -> Router {
        var fleet = Fleet()
        fleet.add(try WorkerSpecification(address: try address(0), capacity: 1))
        return Router(
            state: RoutingState(fleet: fleet, registry: PackageRegistry()), balancer: SmoothWeightedRoundRobin(),
            queueCapacity: queue, patienceSeconds: patience)
    }

    static func invocation(_ number: Int) -> Invocation { Invocation(function: FunctionName("f\(number)")) }

    static func ticket(_ verdict: Router.Verdict) -> Ticket? {
        if case .wait(let ticket) = verdict { ticket } else { nil }
    }

    static func token(_ verdict: Router.Verdict) -> RequestToken? {
        if case .send(let sent, _) = verdict { sent.token } else { nil }
    }

    @Test func `who finds every worker full waits, and goes first come, first served`() throws {
        var router = try Self.router(queue: 2)
        let token = try #require(Self.token(router.arrive(Self.invocation(0), at: at(0))))
        let first = try #require(Self.ticket(router.arrive(Self.invocation(1), at: at(1))))
        let second = try #require(Self.ticket(router.arrive(Self.invocation(2), at: at(2))))
        guard case .refuse(let refusal) = router.arrive(Self.invocation(3), at: at(3)) else {
            Issue.record("the queue holds two")
            return
        }
        #expect(refusal.reason == .queueFull && refusal.retryAfterSeconds >= 1)
        #expect(router.waiting == 2)
        guard case .send(first, let sent, _)? = router.end(token, .succeeded, at: at(4)).first else {
            Issue.record("the first goes")
            return
        }
        #expect(sent.request.invocation == Self.invocation(1) && sent.sentAt == at(4))
        guard case .send(second, _, _)? = router.end(sent.token, .succeeded, at: at(5)).first else {
            Issue.record("then the second")
            return
        }
        #expect(router.waiting == 0)
        #expect(router.end(sent.token, .succeeded, at: at(6)).isEmpty, "ended once already")
    }

    @Test func `who has waited too long is refused, and never sent afterwards`() throws {
        var router = try Self.router(queue: 5, patience: 3)
        let token = try #require(Self.token(router.arrive(Self.invocation(0), at: at(0))))
        let first = try #require(Self.ticket(router.arrive(Self.invocation(1), at: at(1))))
        let second = try #require(Self.ticket(router.arrive(Self.invocation(2), at: at(2))))
        #expect(router.nextEvent(after: at(2)) == at(4))
        #expect(router.advance(to: at(3.9)).isEmpty)
        #expect(
            router.advance(to: at(4)) == [.refuse(first, Refusal(reason: .waitedTooLong, retryAfterSeconds: 1))])
        let effects = router.end(token, .succeeded, at: at(5))
        #expect(effects.count == 1)
        guard case .refuse(second, _)? = effects.first else {
            Issue.record("its deadline passed before the worker was free")
            return
        }
        #expect(router.waiting == 0 && router.nextEvent(after: at(5)) == nil)
    }

    @Test func `who leaves the queue leaves its place to the next`() throws {
        var router = try Self.router(queue: 2)
        let token = try #require(Self.token(router.arrive(Self.invocation(0), at: at(0))))
        let first = try #require(Self.ticket(router.arrive(Self.invocation(1), at: at(1))))
        let second = try #require(Self.ticket(router.arrive(Self.invocation(2), at: at(1))))
        router.withdraw(first)
        router.withdraw(first)
        #expect(router.waiting == 1)
        guard case .send(second, _, _)? = router.end(token, .succeeded, at: at(2)).first else {
            Issue.record("the second goes")
            return
        }
    }

    @Test func `a worker that comes serves who waits, and newcomers do not overtake`() throws {
        var router = try Self.router(queue: 5)
        _ = router.arrive(Self.invocation(0), at: at(0))
        let tickets = (1...3).compactMap { Self.ticket(router.arrive(Self.invocation($0), at: at(0))) }
        let effects = router.add(try WorkerSpecification(address: try address(1), capacity: 2), at: at(1))
        #expect(
            effects.compactMap { effect -> Ticket? in
                if case .send(let ticket, _, _) = effect { ticket } else { nil }
            } == Array(tickets.prefix(2)))
        #expect(Self.ticket(router.arrive(Self.invocation(4), at: at(1))) != nil)
        #expect(router.waiting == 2)
    }

    @Test func `a worker back from its pause serves who waits when time passes`() throws {
        var router = try Self.router(queue: 5)
        let token = try #require(Self.token(router.arrive(Self.invocation(0), at: at(0))))
        #expect(router.end(token, .full(retryAfterSeconds: 2), at: at(1)).isEmpty)
        #expect(Self.ticket(router.arrive(Self.invocation(0), at: at(1))) != nil)
        #expect(router.nextEvent(after: at(1)) == at(3))
        #expect(router.advance(to: at(2.9)).isEmpty && router.advance(to: at(3)).count == 1)
    }

    @Test func `a request that workers have failed goes to another, or is refused`() throws {
        var bench = try Bench("round-robin", weights: [1, 1])
        let workers = bench.router.state.fleet.workers.map(\.id)
        guard case .send(let sent, _) = bench.router.arrive(Self.invocation(0), avoiding: [workers[0]], at: at(0))
        else {
            Issue.record("the other worker takes it")
            return
        }
        #expect(sent.worker == workers[1])
        guard case .refuse(let refusal) = bench.router.arrive(Self.invocation(0), avoiding: workers, at: at(0)) else {
            Issue.record("no one is left")
            return
        }
        #expect(refusal.reason == .noneInService)
    }

    @Test func `places are reused, so that a long life does not fill memory`() {
        var queue = WaitingQueue<Int>(capacity: 3, patienceSeconds: 1)
        for number in 0..<10_000 {
            #expect(queue.join(number, at: at(0)) != nil)
            if number >= 2 { #expect(queue.popFirst()?.element == number - 2) }
        }
        #expect(queue.count == 2)
        #expect(queue.expire(at: at(1)).count == 2)
        #expect(queue.nextDeadline == nil)
    }
}
