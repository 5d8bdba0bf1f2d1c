import Harvesting
import Measures
import Testing

/// What must hold after every event, whatever the workload: checked against sums over the single loans and parties, not
/// against the ledger's own totals.
@Suite("The ledger under random workloads")
struct LedgerPropertyTests {
    struct Running {
        let party: LedgerParty
        let user: Resources
        let safeguarded: Bool
    }

    static let capacity = Resources(millicores: 8_000, mebibytes: 2_048)

    static func draw(below maximum: Resources, _ random: inout SeededRandom) -> Resources {
        Resources(
            millicores: random.index(below: maximum.millicores + 1), mebibytes: random.index(below: maximum.mebibytes + 1))
    }

    static func decision(_ random: inout SeededRandom) -> AllocationDecision {
        AllocationDecision(
            draw(below: Resources(millicores: 9_000, mebibytes: 600), &random), safeguarded: random.index(below: 4) == 0)
    }

    static func audit(_ ledger: AllocationLedger, _ running: [Running], _ event: String) throws {
        let loans = ledger.loans
        var held = Resources.zero
        for one in running {
            let allocation = ledger.allocation(of: one.party)
            held += allocation
            let lent = ledger.lent(by: one.party), borrowed = ledger.borrowed(by: one.party)
            try #require(Resources.zero.fits(in: allocation), "\(event): nobody holds less than nothing")
            try #require(allocation == one.user - lent + borrowed, "\(event)")
            try #require(ledger.lentOut(by: one.party).fits(in: lent), "\(event): more lent out than put up")
            try #require(lent.millicores == 0 || borrowed.millicores == 0, "\(event): lends and borrows the same resource")
            try #require(lent.mebibytes == 0 || borrowed.mebibytes == 0, "\(event): lends and borrows the same resource")
            if one.safeguarded {
                try #require(one.user.fits(in: allocation), "\(event): safeguarded and below its user's amount")
            }
            for (kind, given, taken) in [
                (ResourceKind.cpu, ledger.lentOut(by: one.party).millicores, borrowed.millicores),
                (.memory, ledger.lentOut(by: one.party).mebibytes, borrowed.mebibytes),
            ] {
                let its = loans.filter { $0.resource == kind }
                try #require(its.filter { $0.lender == one.party }.map(\.amount).reduce(0, +) == given, "\(event)")
                try #require(its.filter { $0.borrower == one.party }.map(\.amount).reduce(0, +) == taken, "\(event)")
            }
        }
        try #require(held.fits(in: ledger.capacity), "\(event): allocated above capacity")
        try #require(held == ledger.allocated, "\(event)")
        let put = running.reduce(ledger.lent(by: .server)) { $0 + ledger.lent(by: $1.party) }
        let out = Resources(
            millicores: loans.filter { $0.resource == .cpu }.map(\.amount).reduce(0, +),
            mebibytes: loans.filter { $0.resource == .memory }.map(\.amount).reduce(0, +))
        try #require(put == ledger.lent && out == ledger.borrowed, "\(event)")
        try #require(Resources.zero.fits(in: ledger.idle), "\(event): more borrowed than lent")
        try #require(put == out + ledger.idle, "\(event): lent is borrowed and idle")
        try #require(loans.allSatisfy { $0.amount > 0 && $0.lender != $0.borrower && $0.borrower != .server }, "\(event)")
    }

    @Test(arguments: [true, false], UInt64(1)...12)
    func `accounts balance at every event, and every loan is returned`(lendsUnreserved: Bool, seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "ledger")
        var ledger = AllocationLedger(
            capacity: Self.capacity, lendsUnreserved: lendsUnreserved, recordsReturns: true)
        var running: [Running] = []
        var told: [LedgerParty: Resources] = [:]
        var wentBack = 0
        for step in 0..<3_000 {
            let now = Double(step)
            let before = ledger.loans.map(\.amount).reduce(0, +)
            let event: String
            switch random.index(below: 10) {
            case 0..<4:
                let user = Self.draw(below: Resources(millicores: 3_000, mebibytes: 500), &random)
                guard ledger.admits(user) else { continue }
                let wish = Self.decision(&random)
                let expiry = random.index(below: 2) == 0 ? Double.infinity : now + Double(random.index(below: 60))
                let party = ledger.admit(user: user, wish, at: now, until: expiry)
                running.append(Running(party: party, user: user, safeguarded: wish.safeguarded))
                told[party] = ledger.allocation(of: party)
                event = "\(step) admit"
            case 4..<7:
                guard !running.isEmpty else { continue }
                let one = running.remove(at: random.index(below: running.count))
                ledger.end(one.party, at: now)
                told[one.party] = nil
                event = "\(step) end"
            case 7:
                guard let one = running.randomElement(using: &random) else { continue }
                let which = random.index(below: 3)
                ledger.reclaim(one.party, cpu: which != 0, memory: which != 1, at: now)
                let lent = ledger.lent(by: one.party)
                try #require((which == 0 || lent.millicores == 0) && (which == 1 || lent.mebibytes == 0))
                event = "\(step) reclaim"
            case 8:
                guard let place = running.indices.randomElement(using: &random) else { continue }
                let wish = Self.decision(&random)
                ledger.decide(running[place].party, wish, at: now, until: now + 20)
                running[place] = Running(
                    party: running[place].party, user: running[place].user, safeguarded: wish.safeguarded)
                event = "\(step) decide"
            default:
                ledger.expire(at: now)
                try #require(ledger.loans.allSatisfy { $0.expiry > now })
                event = "\(step) expire"
            }
            for change in ledger.changes {
                try #require(told[change.party] == change.before, "\(event): changes follow one another")
                told[change.party] = change.after
            }
            for one in running {
                try #require(told[one.party] == ledger.allocation(of: one.party), "\(event): a change nobody was told of")
            }
            let replaced = ledger.returned.map(\.replaced).reduce(0, +)
            let back = ledger.returned.map(\.loan.amount).reduce(0, +)
            let after = ledger.loans.map(\.amount).reduce(0, +)
            // Whatever is not returned is still lent: new loans are what explains the rest.
            try #require(after >= before - back + replaced, "\(event): a loan vanished without being returned")
            wentBack += back
            try Self.audit(ledger, running, event)
        }
        for one in running {
            ledger.end(one.party, at: 3_000)
        }
        #expect(ledger.loans.isEmpty && ledger.borrowed == .zero && ledger.allocated == .zero, "every loan is returned")
        #expect(wentBack > 0)
    }
}
