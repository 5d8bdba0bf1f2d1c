import Foundation
import Kubernetes
import Measures
import Testing

/// Candidates in one virtual time, each with a clock that began elsewhere and runs a little fast or slow, on a network
/// that delays and loses requests and answers, while candidates stand still or die.
private struct LeaseRace {
    struct Request {
        let step: LeaseElection.Step
        /// When the server has it; nil when it is lost on the way.
        var arrivesAt: Double?
        /// When the candidate has the answer, or gives it up.
        let endsAt: Double
        let isAnswerLost: Bool
        var answer: LeaseElection.Answer?
    }

    struct Candidate {
        fileprivate var election: LeaseElection
        fileprivate let offset: Double
        fileprivate let rate: Double
        fileprivate var wakesAt = 0.0
        fileprivate var stillUntil = 0.0
        fileprivate var isDead = false
        fileprivate var request: Request?

        fileprivate func local(_ now: Double) -> MonotonicInstant {
            MonotonicInstant(nanoseconds: UInt64((offset + now * rate) * 1e9))
        }
    }

    static let tick = 0.02
    private(set) var server = LeaseServer()
    private(set) var candidates: [Candidate] = []
    private(set) var now = 0.0
    var random: SeededRandom
    var lossPerMille = 0
    var longestDelay = 0.05

    init(candidates count: Int, seed: UInt64) throws {
        random = SeededRandom(seed: seed, stream: "lease race")
        for number in 0..<count {
            let offset = random.uniform() * 1e6
            // Clocks of machines differ by far less than 1 %.
            let rate = 0.99 + random.uniform() * 0.02
            var candidate = Candidate(
                election: LeaseElection(
                    try LeaseElectionSettings(namespace: "reeve", name: "leader", identity: "c\(number)"),
                    at: MonotonicInstant(nanoseconds: 0)), offset: offset, rate: rate)
            candidate.wakesAt = random.uniform() * 2
            candidates.append(candidate)
        }
    }

    /// Who may act now, each by its own clock; who stands still may too, once it goes on.
    var leaders: [Int] {
        candidates.indices.filter { index in
            let candidate = candidates[index]
            return !candidate.isDead && candidate.election.isLeader(at: candidate.local(now))
        }
    }

    mutating func kill(_ index: Int) { candidates[index].isDead = true }

    mutating func stop(_ index: Int, seconds: Double) { candidates[index].stillUntil = now + seconds }

    mutating func advance() throws {
        now += Self.tick
        // What is under way arrives, whatever has become of who sent it.
        for index in candidates.indices {
            guard let request = candidates[index].request, let arrival = request.arrivesAt, arrival <= now else {
                continue
            }
            let answer = try server.answer(request.step)
            candidates[index].request?.arrivesAt = nil
            if !request.isAnswerLost { candidates[index].request?.answer = answer }
        }
        for index in candidates.indices where !candidates[index].isDead && candidates[index].stillUntil <= now {
            try turn(index)
        }
    }

    private mutating func turn(_ index: Int) throws {
        let local = candidates[index].local(now)
        if let request = candidates[index].request {
            guard request.endsAt <= now else { return }
            candidates[index].election.take(request.answer ?? .failed, at: local)
            candidates[index].request = nil
        }
        guard candidates[index].wakesAt <= now else { return }
        let step = candidates[index].election.step(at: local, wallClock: Date(timeIntervalSince1970: now))
        switch step {
        case .end: break
        case .wait(let nanoseconds):
            candidates[index].wakesAt = now + Double(nanoseconds) * 1e-9 / candidates[index].rate
        case .read, .create, .replace: candidates[index].request = sent(step)
        }
    }

    private mutating func sent(_ step: LeaseElection.Step) -> Request {
        let there = random.uniform() * longestDelay
        let back = random.uniform() * longestDelay
        let isLost = random.index(below: 1_000) < lossPerMille
        let isAnswerLost = random.index(below: 1_000) < lossPerMille
        let isGivenUp = isLost || isAnswerLost || there + back > 4
        return Request(
            step: step, arrivesAt: isLost ? nil : now + there, endsAt: now + (isGivenUp ? 4 : there + back),
            isAnswerLost: isGivenUp, answer: nil)
    }
}

@Suite("Candidates against one another")
struct LeaseRaceTests {
    @Test(arguments: 0..<40)
    func `never two at once, whatever is lost, delayed, stopped or killed`(seed: UInt64) throws {
        var race = try LeaseRace(candidates: 3, seed: seed)
        race.lossPerMille = race.random.index(below: 400)
        race.longestDelay = race.random.uniform() * 6
        var terms: [Int] = []
        // Where hardly anything comes through it takes long until somebody leads for the first time.
        while race.now < 600 || (terms.isEmpty && race.now < 3_600) {
            try race.advance()
            let leaders = race.leaders
            try #require(leaders.count <= 1, "at \(race.now) s: \(leaders)")
            if let leader = leaders.first, terms.last != leader { terms.append(leader) }
            guard race.random.index(below: 500) == 0 else { continue }
            race.stop(race.random.index(below: 3), seconds: race.random.uniform() * 40)
        }
        #expect(!terms.isEmpty)
        // In peace there is a leader for good.
        race.lossPerMille = 0
        race.longestDelay = 0.05
        let peace = race.now
        while race.now < peace + 100 { try race.advance() }
        let settled = race.leaders
        #expect(settled.count == 1)
        while race.now < peace + 160 {
            try race.advance()
            try #require(race.leaders == settled)
        }
    }

    @Test(arguments: 0..<40)
    func `who is killed is followed within the lease and one look`(seed: UInt64) throws {
        var race = try LeaseRace(candidates: 2, seed: seed)
        let peace = 30 + race.random.uniform() * 4
        while race.now < peace || race.leaders.isEmpty { try race.advance() }
        let leader = try #require(race.leaders.first)
        race.kill(leader)
        let killedAt = race.now
        while race.leaders.isEmpty { try race.advance() }
        let took = race.now - killedAt
        // 15 s since the follower saw the last renewal, on a clock up to 1 % slow, and what the network takes.
        #expect(took > 10 && took < (15 + 0.5) * 1.01 + 0.5, "\(took) s")
    }
}
