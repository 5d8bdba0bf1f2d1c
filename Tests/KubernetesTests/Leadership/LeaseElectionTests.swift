import Foundation
import Kubernetes
import Measures
import Testing

@Suite("The election of a leader")
struct LeaseElectionTests {
    /// One candidate with a clock of its own, on a server that may be shared.
    private struct Candidate {
        var election: LeaseElection
        private(set) var now: MonotonicInstant

        /// Its clock began at another time than others' did.
        init(_ identity: String, startSeconds: UInt64 = 0) throws {
            now = MonotonicInstant(nanoseconds: startSeconds * 1_000_000_000)
            election = LeaseElection(
                try LeaseElectionSettings(namespace: "reeve", name: "leader", identity: identity), at: now)
        }

        var isLeader: Bool { election.isLeader(at: now) }

        mutating func pass(seconds: Double) { now = now.advanced(byNanoseconds: UInt64(seconds * 1e9)) }

        mutating func step() -> LeaseElection.Step { election.step(at: now, wallClock: Date(timeIntervalSince1970: 0)) }

        mutating func take(_ answer: LeaseElection.Answer) { election.take(answer, at: now) }

        /// Does all that is to be done at this instant; returns the seconds until there is more, nil at the end.
        @discardableResult
        mutating func turn(_ server: inout LeaseServer) throws -> Double? {
            while true {
                let step = step()
                switch step {
                case .end: return nil
                case .wait(let nanoseconds): return Double(nanoseconds) * 1e-9
                case .read, .create, .replace: take(try server.answer(step))
                }
            }
        }
    }

    private static func lease(holder: String?, seconds: Int64?, transitions: Int64 = 4) -> JSONValue {
        var json: JSONValue = [
            "metadata": ["name": "leader", "namespace": "reeve", "labels": ["kept": "yes"]],
            "spec": ["leaseTransitions": .integer(transitions), "renewTime": "2099-01-01T00:00:00.000000Z"],
        ]
        json[path: ["spec", "holderIdentity"]] = holder.map { .string($0) }
        json[path: ["spec", "leaseDurationSeconds"]] = seconds.map { .integer($0) }
        return json
    }

    @Test func `the first makes the lease and leads, the second waits and sees who`() throws {
        var server = LeaseServer()
        var (a, b) = (try Candidate("a"), try Candidate("b", startSeconds: 9_000))
        #expect(!a.isLeader)
        #expect(try a.turn(&server) == 2)
        #expect(try b.turn(&server) == 0.5, "who stands by looks more often")
        #expect(a.isLeader && !b.isLeader && b.election.holder == "a")
        let lease = try #require(server.lease)
        #expect(lease.leaseDurationSeconds == 15 && lease.leaseTransitions == 0)
        #expect(lease.acquireTime == "1970-01-01T00:00:00.000000Z" && lease.renewTime == lease.acquireTime)
    }

    @Test func `a leader renews without looking, and each renewal is a version though the wall clock stands`() throws {
        var server = LeaseServer()
        var a = try Candidate("a")
        try a.turn(&server)
        var versions = Set<String?>()
        for _ in 0..<5 {
            a.pass(seconds: 2)
            let step = a.step()
            guard case .replace = step else {
                Issue.record("a leader that has the present version renews: \(step)")
                return
            }
            a.take(try server.answer(step))
            versions.insert(server.lease?.metadata.resourceVersion)
            #expect(a.isLeader)
        }
        #expect(versions.count == 5)
        #expect(server.lease?.leaseTransitions == 0)
    }

    @Test(arguments: [(Int64(7), 7.0), (nil, 15.0), (60, 60.0), (0, 0.0), (-5, 0.0)])
    func `another's lease is believed for its duration since it was seen to change, whatever its clock says`(
        duration: Int64?, seconds: Double
    ) throws {
        var server = LeaseServer()
        try server.put(Self.lease(holder: "other", seconds: duration))
        var a = try Candidate("a")
        var waited = 0.0
        while !a.isLeader {
            let wait = try #require(try a.turn(&server))
            if a.isLeader { break }
            #expect(wait <= 0.5)
            a.pass(seconds: wait)
            waited += wait
        }
        #expect(waited == seconds)
        #expect(server.lease?.leaseTransitions == 5)
        #expect(server.lease?.json[path: ["metadata", "labels", "kept"]] == "yes")
    }

    @Test func `each change of another's lease begins the wait anew`() throws {
        var server = LeaseServer()
        try server.put(Self.lease(holder: "other", seconds: 15))
        var a = try Candidate("a")
        for _ in 0..<20 {
            try a.turn(&server)
            a.pass(seconds: 10)
            try server.touch()
            #expect(!a.isLeader)
        }
    }

    @Test(arguments: [nil, ""])
    func `a lease that nobody holds is had at once`(holder: String?) throws {
        var server = LeaseServer()
        try server.put(Self.lease(holder: holder, seconds: 15))
        var a = try Candidate("a")
        try a.turn(&server)
        #expect(a.isLeader)
    }

    @Test func `of two who go for it at once one is refused and waits`() throws {
        var server = LeaseServer()
        var (a, b) = (try Candidate("a"), try Candidate("b"))
        a.take(try server.answer(a.step()))
        b.take(try server.answer(b.step()))
        let (wantedByA, wantedByB) = (a.step(), b.step())
        b.take(try server.answer(wantedByB))
        a.take(try server.answer(wantedByA))
        #expect(b.isLeader && !a.isLeader)
        #expect(try a.turn(&server) == 2)
        a.pass(seconds: 2)
        try a.turn(&server)
        #expect(a.election.holder == "b")
    }

    @Test func `a leader stops acting at its deadline, counted from when the renewal was sent`() throws {
        var server = LeaseServer()
        var a = try Candidate("a")
        a.take(try server.answer(a.step()))
        let create = a.step()
        a.pass(seconds: 3)
        a.take(try server.answer(create))
        #expect(a.isLeader)
        a.pass(seconds: 6.9)
        #expect(a.isLeader)
        a.pass(seconds: 0.1)
        #expect(!a.isLeader)
    }

    @Test func `a leader that stood still finds the other in its place and does not touch it`() throws {
        var server = LeaseServer()
        var (a, b) = (try Candidate("a"), try Candidate("b", startSeconds: 77))
        try a.turn(&server)
        try b.turn(&server)
        for _ in 0..<15 where !b.isLeader {
            a.pass(seconds: 1)
            b.pass(seconds: 1)
            try b.turn(&server)
        }
        #expect(b.isLeader && !a.isLeader, "it was over by a's own clock")
        let taken = server.lease
        try a.turn(&server)
        a.pass(seconds: 2)
        try a.turn(&server)
        #expect(!a.isLeader && a.election.holder == "b")
        #expect(server.lease == taken)
    }

    @Test func `a renewal that is refused or lost costs no office as long as another succeeds in time`() throws {
        var server = LeaseServer()
        var a = try Candidate("a")
        try a.turn(&server)
        // Refused, because somebody touched the lease.
        a.pass(seconds: 2)
        try server.touch()
        a.take(try server.answer(a.step()))
        #expect(a.isLeader)
        a.pass(seconds: 2)
        try a.turn(&server)
        // Lost on its way back: the server has it, but the leader does not count on it.
        a.pass(seconds: 2)
        _ = try server.answer(a.step())
        a.take(.failed)
        a.pass(seconds: 2)
        try a.turn(&server)
        a.pass(seconds: 9)
        #expect(a.isLeader && server.lease?.leaseTransitions == 0)
    }

    @Test func `a lease that is deleted is an office lost, and can be had again`() throws {
        var server = LeaseServer()
        var a = try Candidate("a")
        try a.turn(&server)
        server.delete()
        a.pass(seconds: 2)
        a.take(try server.answer(a.step()))
        #expect(!a.isLeader && a.election.holder == nil)
        a.pass(seconds: 2)
        try a.turn(&server)
        #expect(a.isLeader)
    }

    @Test func `who shuts down acts no more and leaves the lease to whoever looks next`() throws {
        var server = LeaseServer()
        var (a, b) = (try Candidate("a"), try Candidate("b"))
        try a.turn(&server)
        try b.turn(&server)
        a.election.release(at: a.now)
        #expect(!a.isLeader)
        #expect(try a.turn(&server) == nil)
        #expect(server.lease?.holderIdentity == nil && server.lease?.leaseDurationSeconds == 1)
        b.pass(seconds: 2)
        try b.turn(&server)
        #expect(b.isLeader && server.lease?.leaseTransitions == 1 && server.lease?.leaseDurationSeconds == 15)
    }

    @Test func `who does not lead has nothing to give up`() throws {
        var server = LeaseServer()
        var (a, b) = (try Candidate("a"), try Candidate("b"))
        try a.turn(&server)
        try b.turn(&server)
        let before = server.lease
        b.election.release(at: b.now)
        #expect(try b.turn(&server) == nil)
        var fresh = try Candidate("c")
        fresh.election.release(at: fresh.now)
        #expect(try fresh.turn(&server) == nil)
        #expect(server.lease == before)
    }

    @Test func `giving up looks first when it is not known what the last write came to, and ends in any case`() throws {
        var server = LeaseServer()
        var a = try Candidate("a")
        a.take(try server.answer(a.step()))
        _ = try server.answer(a.step())
        a.take(.failed)
        #expect(server.lease?.holderIdentity == "a")
        a.election.release(at: a.now)
        #expect(a.step() == .read)
        a.take(.failed)
        var tries = 0
        while case .wait(let nanoseconds) = a.step() {
            a.pass(seconds: Double(nanoseconds) * 1e-9)
            #expect(a.step() == .read)
            a.take(.failed)
            tries += 1
            try #require(tries < 100)
        }
        #expect(a.step() == .end && tries == 5)

        // Where the server answers again, the lease is found and given up.
        var b = try Candidate("a")
        b.take(.failed)
        b.election.release(at: b.now)
        #expect(try b.turn(&server) == nil)
        #expect(server.lease?.holderIdentity == nil)
    }

    @Test(arguments: [(15, 15_000, 2_000), (15, 10_000, 10_000), (15, 10_000, 0), (7_200, 10_000, 2_000)])
    func `times that leave a leader no room are refused`(lease: Int, deadline: Int, retry: Int) {
        let refusal = #expect(throws: KubernetesError.self) {
            try LeaseElectionSettings(
                namespace: "reeve", name: "leader", identity: "a", leaseSeconds: lease,
                renewDeadlineMilliseconds: deadline, retryMilliseconds: retry)
        }
        #expect(refusal?.description.contains("reeve/leader of \(lease) s") == true)
        #expect(refusal?.description.contains("the deadline below the lease") == true)
    }
}
