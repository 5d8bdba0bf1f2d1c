import Measures
import Testing
import Topology

@testable import Containers

@Suite("The book of leases")
struct LeaseBookTests {
    private var book = LeaseBook(settings: LeasePlanTests.settings, pageBytes: 4_096)
    private static let one = LeaseID(rawValue: 1)
    private static let two = LeaseID(rawValue: 2)
    private static let lowered = LimitChange(
        path: "pod/c/cpu", previous: "100000 100000\n", granted: "50000 100000\n")

    private func at(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func request(
        _ id: LeaseID = one, container: String = "c1", cores: Double? = 0.5, memory: UInt64? = nil, seconds: UInt64 = 30
    ) -> LeaseRequest {
        LeaseRequest(
            id: id, containerID: container, cpuCores: cores, memoryBytes: memory,
            durationNanoseconds: seconds * 1_000_000_000)
    }

    private func event(
        _ kind: LeaseEvent.Kind, _ id: LeaseID = one, _ reason: LeaseEvent.Reason? = nil, _ sentence: String? = nil
    ) -> LeaseBook.Action {
        .report(LeaseEvent(id: id, containerID: "c1", kind: kind, reason: reason, sentence: sentence))
    }

    private func refusal(_ actions: [LeaseBook.Action]) -> String? {
        guard actions.count == 1, case .report(let event) = actions[0], event.kind == .refused else { return nil }
        return event.sentence
    }

    /// A book in which lease 1 holds half a core from second 0 to 30.
    private func granted() -> LeaseBook {
        var book = book
        #expect(book.take(request(), of: LeasePlanTests.subject(), at: at(0)) == [.apply(Self.one, [Self.lowered])])
        #expect(book.didApply(Self.one, failure: nil, at: at(1)) == [event(.granted)])
        return book
    }

    @Test func `a lease is on record before its limits change and until they are back`() {
        var book = book
        #expect(book.recorded.isEmpty)
        _ = book.take(request(), of: LeasePlanTests.subject(), at: at(0))
        let record = [RecordedLease(id: Self.one, containerID: "c1", changes: [Self.lowered])]
        #expect(book.recorded == record)
        _ = book.didApply(Self.one, failure: nil, at: at(1))
        #expect(book.recorded == record)
        #expect(book.end(Self.one, at: at(2)) == [.giveBack(Self.one, [Self.lowered])])
        #expect(book.recorded == record)
        #expect(book.didGiveBack(Self.one, [.restored], at: at(2)) == [.store, event(.ended, Self.one, .returned)])
        #expect(book.recorded.isEmpty)
    }

    @Test func `a lease ends when its time is over, and not before`() {
        var book = granted()
        #expect(book.deadline == at(30_000))
        #expect(book.held(at: at(10_000)).map(\.remainingNanoseconds) == [20_000_000_000])
        #expect(book.tick(at: at(29_999)).isEmpty)
        #expect(book.tick(at: at(30_000)) == [.giveBack(Self.one, [Self.lowered])])
        #expect(book.held(at: at(30_000)).map(\.remainingNanoseconds) == [0])
        #expect(book.didGiveBack(Self.one, [.restored], at: at(30_001)) == [.store, event(.ended, Self.one, .expired)])
        #expect(book.deadline == nil && book.held(at: at(30_001)).isEmpty)
    }

    @Test func `a renewal lasts from its own arrival and changes nothing else`() {
        var book = granted()
        #expect(book.take(request(seconds: 60), of: nil, at: at(29_000)) == [event(.renewed)])
        #expect(book.tick(at: at(30_000)).isEmpty)
        #expect(book.deadline == at(89_000))
        #expect(
            refusal(book.take(request(cores: 0.4), of: nil, at: at(31_000)))?.contains("keeps its container") == true)
        #expect(refusal(book.take(request(container: "c2"), of: nil, at: at(31_000))) != nil)
        #expect(refusal(book.take(request(memory: 1 << 30), of: nil, at: at(31_000))) != nil)
        #expect(refusal(book.take(request(seconds: 0), of: nil, at: at(31_000)))?.contains("more than 0") == true)
        #expect(book.deadline == at(89_000))
        _ = book.end(Self.one, at: at(32_000))
        #expect(refusal(book.take(request(), of: nil, at: at(32_000)))?.contains("being given back") == true)
    }

    @Test func `use near the grant ends the lease at once`() {
        var book = granted()
        let calm = LeaseUse(takenAt: at(10), cpuNanoseconds: 0, throttledPeriods: 4)
        #expect(book.observe(Self.one, .use(calm), at: at(10)).isEmpty)
        let busy = LeaseUse(takenAt: at(60), cpuNanoseconds: 50_000_000, throttledPeriods: 4)
        #expect(book.observe(Self.one, .use(busy), at: at(60)) == [.giveBack(Self.one, [Self.lowered])])
        #expect(book.watched.isEmpty)
        #expect(book.observe(Self.one, .use(busy), at: at(61)).isEmpty)
        #expect(
            book.didGiveBack(Self.one, [.restored], at: at(61)) == [
                .store, event(.ended, Self.one, .nearGrant, "the owner used 0.5 of 0.5 cores within 100 ms"),
            ])
    }

    @Test func `a container that is gone ends its lease`() {
        var book = granted()
        #expect(book.observe(Self.one, .gone, at: at(10)) == [.giveBack(Self.one, [Self.lowered])])
        #expect(book.didGiveBack(Self.one, [.gone], at: at(10)) == [.store, event(.ended, Self.one, .containerGone)])
    }

    @Test func `a limit that somebody else has set ends the lease and stays as it is`() {
        var book = granted()
        #expect(book.observe(Self.one, .changedElsewhere("s"), at: at(10)) == [.giveBack(Self.one, [Self.lowered])])
        let sentence = "pod/c/cpu holds \"70000 100000\\n\" now and is left so"
        #expect(
            book.didGiveBack(Self.one, [.foreign("70000 100000\n")], at: at(10)) == [
                .store, event(.ended, Self.one, .changedElsewhere, sentence),
            ])
        // Found only when the time is over: the same.
        book = granted()
        _ = book.tick(at: at(30_000))
        #expect(
            book.didGiveBack(Self.one, [.foreign("70000 100000\n")], at: at(30_000)) == [
                .store, event(.ended, Self.one, .changedElsewhere, sentence),
            ])
    }

    @Test func `what cannot be given back is told once and tried again until it can`() {
        var book = granted()
        _ = book.tick(at: at(30_000))
        #expect(
            book.didGiveBack(Self.one, [.failed("busy")], at: at(30_000)) == [event(.delayed, Self.one, nil, "busy")])
        #expect(book.deadline == at(30_100))
        #expect(book.tick(at: at(30_099)).isEmpty)
        for attempt in 1...50 {
            let now = at(30_000 + UInt64(attempt) * 100)
            #expect(book.tick(at: now) == [.giveBack(Self.one, [Self.lowered])])
            #expect(book.didGiveBack(Self.one, [.failed("busy")], at: now).isEmpty)
            #expect(book.recorded.count == 1)
        }
        _ = book.tick(at: at(36_000))
        #expect(book.didGiveBack(Self.one, [.restored], at: at(36_000)) == [.store, event(.ended, Self.one, .expired)])
    }

    @Test func `a granting that fails half way is undone and refused`() {
        var book = book
        let actions = book.take(request(cores: 1.5), of: LeasePlanTests.subject(), at: at(0))
        guard case .apply(_, let changes)? = actions.first, changes.count == 2 else {
            Issue.record("\(actions)")
            return
        }
        #expect(book.didApply(Self.one, failure: "no", at: at(1)) == [.giveBack(Self.one, changes.reversed())])
        #expect(
            book.didGiveBack(Self.one, [.restored, .restored], at: at(1)) == [
                .store, event(.refused, Self.one, nil, "no"),
            ])
        #expect(book.recorded.isEmpty)
    }

    @Test func `limits go back in the reverse of their order`() {
        var book = book
        let subject = LeasePlanTests.subject()
        _ = book.take(request(cores: 1.5, memory: 300 << 20), of: subject, at: at(0))
        _ = book.didApply(Self.one, failure: nil, at: at(0))
        guard case .giveBack(_, let changes)? = book.end(Self.one, at: at(1)).first else {
            Issue.record("nothing is given back")
            return
        }
        #expect(changes.map(\.path) == ["pod/c/memory", "pod/memory", "pod/c/cpu", "pod/cpu"])
        // One of them was set by somebody else: the others are back, and it is said which.
        let actions = book.didGiveBack(Self.one, [.restored, .foreign("x"), .restored, .restored], at: at(1))
        guard case .report(let event)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(event.reason == .changedElsewhere && event.sentence?.hasPrefix("pod/memory holds") == true)
    }

    @Test func `leases that do not fit together are refused`() {
        var book = granted()
        var other = LeasePlanTests.subject()
        #expect(
            refusal(book.take(request(Self.two), of: other, at: at(2)))?.contains("has lease 0000000000000001") == true)
        // Another container of the same pod may be lowered; raised may be only one of the pod's.
        other = LeasePlanTests.subject()
        #expect(refusal(book.take(request(Self.two, container: "c2", cores: 1.5), of: other, at: at(2))) == nil)
        let third = request(LeaseID(rawValue: 3), container: "c3", cores: 1.5)
        #expect(refusal(book.take(third, of: other, at: at(3)))?.contains("container's pod") == true)
        #expect(refusal(book.take(request(LeaseID(rawValue: 3), container: "c3"), of: other, at: at(3))) == nil)
    }

    @Test func `what is not allowed at all is refused`() {
        var book = book
        let subject = LeasePlanTests.subject()
        #expect(refusal(book.take(request(), of: nil, at: at(0)))?.contains("no such container") == true)
        #expect(refusal(book.take(request(seconds: 0), of: subject, at: at(0)))?.contains("more than 0") == true)
        #expect(refusal(book.take(request(seconds: 601), of: subject, at: at(0)))?.contains("at most 600.0 s") == true)
        #expect(refusal(book.take(request(cores: nil), of: subject, at: at(0)))?.contains("at least one") == true)
        var full = LeasePlanTests.settings
        full.maximumLeases = 0
        book = LeaseBook(settings: full, pageBytes: 4_096)
        #expect(refusal(book.take(request(), of: subject, at: at(0)))?.contains("allowed are 0") == true)
        book = LeaseBook(settings: LeaseSettings(), pageBytes: 4_096)
        #expect(refusal(book.take(request(), of: subject, at: at(0)))?.contains("not allowed to change") == true)
        #expect(book.recorded.isEmpty && book.deadline == nil)
        let unknown = book.end(Self.two, at: at(0))
        #expect(
            unknown == [
                .report(
                    LeaseEvent(
                        id: Self.two, containerID: nil, kind: .refused,
                        sentence: "the node has no lease 0000000000000002"))
            ])
    }

    @Test func `an agent that stops gives everything back`() {
        var book = granted()
        _ = book.take(request(Self.two, container: "c2"), of: LeasePlanTests.subject(), at: at(1))
        _ = book.didApply(Self.two, failure: nil, at: at(1))
        _ = book.end(Self.two, at: at(2))
        #expect(
            book.endAll(at: at(3)) == [.giveBack(Self.one, [Self.lowered]), .giveBack(Self.two, [Self.lowered])])
        #expect(book.didGiveBack(Self.one, [.restored], at: at(3)) == [.store, event(.ended, Self.one, .agentStopped)])
    }

    @Test func `a successor gives back what is on record before anything else`() {
        let record = [
            RecordedLease(id: Self.one, containerID: "c1", changes: [Self.lowered]),
            RecordedLease(id: Self.two, containerID: "c1", changes: []),
        ]
        // Also where leases are no longer enabled.
        var book = LeaseBook(settings: LeaseSettings(), pageBytes: 4_096, recorded: record)
        #expect(book.recorded == record)
        #expect(book.deadline == at(0))
        #expect(book.tick(at: at(5)) == [.giveBack(Self.one, [Self.lowered]), .giveBack(Self.two, [])])
        #expect(book.didGiveBack(Self.one, [.restored], at: at(5)) == [.store, event(.ended, Self.one, .recovered)])
        #expect(book.didGiveBack(Self.two, [], at: at(5)) == [.store, event(.ended, Self.two, .recovered)])
        #expect(book.recorded.isEmpty)
    }

    @Test func `over random events nothing is forgotten and nothing stays lent`() {
        var random = SeededRandom(seed: 3, stream: "leases")
        // Ten containers in three pods.
        let own = "100000 100000\n"
        let originals = Dictionary(
            uniqueKeysWithValues: (0..<10).map { ("c\($0)", own) } + (0..<3).map { ("p\($0)", "900000 100000\n") })
        var files = originals
        var book = book
        var now: UInt64 = 0
        var events: [LeaseEvent.Kind: Int] = [:]
        func subject(_ number: Int) -> LeaseSubject {
            func limit(_ path: String) -> LeaseSubject.Limit<CPUQuota>? {
                files[path].flatMap { text in
                    CPUQuota(maximum: text).map { LeaseSubject.Limit(path: path, text: text, value: $0) }
                }
            }
            return LeaseSubject(
                containerID: "c\(number)", podUID: "p\(number % 3)", cpu: limit("c\(number)"),
                podCPU: limit("p\(number % 3)"))
        }
        func perform(_ actions: [LeaseBook.Action]) {
            for action in actions {
                switch action {
                case .apply(let id, let changes):
                    #expect(book.recorded.contains { $0.id == id && $0.changes == changes })
                    for change in changes { files[change.path] = change.granted }
                    perform(book.didApply(id, failure: random.index(below: 5) == 0 ? "no" : nil, at: at(now)))
                case .giveBack(let id, let changes):
                    let outcomes: [Restoration] = changes.map { change in
                        if random.index(below: 4) == 0 { return .failed("busy") }
                        files[change.path] = change.previous
                        return .restored
                    }
                    perform(book.didGiveBack(id, outcomes, at: at(now)))
                case .store: continue
                case .report(let event): events[event.kind, default: 0] += 1
                }
            }
        }
        for _ in 0..<20_000 {
            now += UInt64(random.index(below: 50))
            let id = LeaseID(rawValue: UInt64(random.index(below: 20)))
            switch random.index(below: 5) {
            case 0:
                let number = random.index(below: 10)
                let wanted = request(
                    id, container: "c\(number)", cores: 0.1 + random.uniform(),
                    seconds: UInt64(1 + random.index(below: 3)))
                perform(book.take(wanted, of: subject(number), at: at(now)))
            case 1: perform(book.end(id, at: at(now)))
            case 2:
                let use = LeaseUse(takenAt: at(now), cpuNanoseconds: random.next() >> 20)
                perform(book.observe(id, .use(use), at: at(now)))
            default: perform(book.tick(at: at(now)))
            }
            // A file that holds another value than at first is on record.
            let recorded = Set(book.recorded.flatMap(\.changes).map(\.path))
            let changed = files.filter { originals[$0.key] != $0.value }.keys
            if !recorded.isSuperset(of: changed) { Issue.record("\(changed) are changed, \(recorded) recorded") }
        }
        while !book.recorded.isEmpty {
            now += 1_000
            perform(book.endAll(at: at(now)))
        }
        #expect(files == originals)
        #expect([.granted, .ended, .refused, .delayed].allSatisfy { events[$0, default: 0] > 50 }, "\(events)")
    }
}
