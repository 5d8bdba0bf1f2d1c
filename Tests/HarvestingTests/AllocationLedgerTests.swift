import Harvesting
import Testing

@Suite("The allocation ledger")
struct AllocationLedgerTests {
    static let user = Resources(millicores: 2_000, mebibytes: 256)

    /// A ledger that lends nothing of its own, so that every loan is between invocations.
    static func closed() -> AllocationLedger {
        AllocationLedger(
            capacity: Resources(millicores: 8_000, mebibytes: 2_048), lendsUnreserved: false, recordsReturns: true)
    }

    static func wish(_ millicores: Int, _ mebibytes: Int) -> AllocationDecision {
        AllocationDecision(Resources(millicores: millicores, mebibytes: mebibytes))
    }

    @Test func `what one leaves idle another borrows, and never more than that`() {
        var ledger = Self.closed()
        let lender = ledger.admit(user: Self.user, Self.wish(500, 256), at: 1)
        let borrower = ledger.admit(user: Self.user, Self.wish(8_000, 512), at: 2, until: 9)
        #expect(ledger.allocation(of: lender) == Resources(millicores: 500, mebibytes: 256))
        #expect(ledger.allocation(of: borrower) == Resources(millicores: 3_500, mebibytes: 256))
        #expect(ledger.loans.count == 1)
        let loan = ledger.loans[0]
        #expect(loan.resource == .cpu && loan.lender == lender && loan.borrower == borrower)
        #expect(loan.amount == 1_500 && loan.since == 2 && loan.expiry == 9)
        #expect(ledger.idle == .zero)
    }

    @Test func `an owner whose use comes near gets back at once, and the borrower falls to its user's amount`() {
        var ledger = Self.closed()
        let lender = ledger.admit(user: Self.user, Self.wish(500, 64), at: 0)
        let borrower = ledger.admit(user: Self.user, Self.wish(3_000, 448), at: 0)
        ledger.reclaim(lender, cpu: true, memory: false, at: 0.1)
        #expect(ledger.allocation(of: lender) == Resources(millicores: 2_000, mebibytes: 64))
        #expect(ledger.allocation(of: borrower) == Resources(millicores: 2_000, mebibytes: 448))
        #expect(ledger.changes.map(\.party) == [borrower, lender], "who gives is told before who gets")
        #expect(ledger.returned.map(\.reason) == [.ownerNeedsIt])
        #expect(ledger.returned.map(\.loan.amount) == [1_000])
        #expect(ledger.returned[0].at == 0.1 && ledger.returned[0].replaced == 0)
    }

    @Test func `what goes back is replaced from what lies idle elsewhere`() {
        var ledger = Self.closed()
        let first = ledger.admit(user: Self.user, Self.wish(1_000, 256), at: 0)
        let borrower = ledger.admit(user: Self.user, Self.wish(3_000, 256), at: 0)
        let second = ledger.admit(user: Self.user, Self.wish(1_400, 256), at: 0)
        ledger.reclaim(first, cpu: true, memory: true, at: 1)
        #expect(ledger.allocation(of: borrower).millicores == 2_600)
        #expect(ledger.loans.map(\.lender) == [second])
        #expect(ledger.returned.map(\.replaced) == [600])
    }

    @Test func `a lender that ends takes its loan along where the server lends nothing`() {
        var ledger = Self.closed()
        let lender = ledger.admit(user: Self.user, Self.wish(500, 256), at: 0)
        let borrower = ledger.admit(user: Self.user, Self.wish(3_000, 256), at: 0)
        ledger.end(lender, at: 3)
        #expect(ledger.allocation(of: borrower) == Self.user)
        #expect(ledger.returned.map(\.reason) == [.lenderEnded])
        #expect(ledger.loans.isEmpty && ledger.lent == .zero)
    }

    @Test func `the server takes over the loans of a lender that ends, where it lends what nobody reserved`() {
        var ledger = AllocationLedger(capacity: Resources(millicores: 4_000, mebibytes: 512), recordsReturns: true)
        let lender = ledger.admit(user: Self.user, Self.wish(500, 256), at: 0)
        let borrower = ledger.admit(user: Self.user, Self.wish(3_000, 256), at: 0)
        ledger.end(lender, at: 3)
        #expect(ledger.changes.isEmpty)
        #expect(ledger.allocation(of: borrower).millicores == 3_000)
        #expect(ledger.loans.map(\.lender) == [.server])
        #expect(ledger.returned.map(\.replaced) == [1_000])
    }

    @Test func `the server calls back what an arriving invocation needs, of the newest loan first`() {
        var ledger = AllocationLedger(capacity: Resources(millicores: 8_000, mebibytes: 2_048), recordsReturns: true)
        let old = ledger.admit(user: Self.user, Self.wish(4_000, 256), at: 0)
        let new = ledger.admit(user: Self.user, Self.wish(4_000, 256), at: 1)
        #expect(ledger.idle.millicores == 0)
        _ = ledger.admit(user: Self.user, AllocationDecision(Self.user), at: 2)
        #expect(ledger.allocation(of: old).millicores == 4_000)
        #expect(ledger.allocation(of: new) == Self.user)
        #expect(ledger.returned.map(\.reason) == [.calledBack])
        #expect(ledger.allocated.millicores == 8_000)
    }

    @Test func `a loan ends when its time is over, unless it is decided anew`() {
        var ledger = Self.closed()
        _ = ledger.admit(user: Self.user, Self.wish(0, 256), at: 0)
        let brief = ledger.admit(user: Self.user, Self.wish(3_000, 256), at: 0, until: 5)
        let renewed = ledger.admit(user: Self.user, Self.wish(3_000, 256), at: 0, until: 5)
        ledger.decide(renewed, Self.wish(3_000, 256), at: 4, until: 10)
        ledger.expire(at: 4.9)
        #expect(ledger.changes.isEmpty)
        ledger.expire(at: 5)
        #expect(ledger.changes.map(\.party) == [brief])
        #expect(ledger.returned.map(\.reason) == [.expired])
        #expect(ledger.allocation(of: brief) == Self.user)
        #expect(ledger.allocation(of: renewed).millicores == 3_000)
    }

    @Test func `a safeguarded invocation has its user's amount whatever was wanted`() {
        var ledger = Self.closed()
        let party = ledger.admit(
            user: Self.user,
            AllocationDecision(Resources(millicores: 100, mebibytes: 64), safeguarded: true), at: 0)
        #expect(ledger.allocation(of: party) == Self.user)
    }

    @Test func `places of ended invocations are used again and carry nothing over`() {
        var ledger = Self.closed()
        let first = ledger.admit(user: Self.user, Self.wish(500, 64), at: 0)
        ledger.end(first, at: 1)
        let second = ledger.admit(user: Self.user, AllocationDecision(Self.user), at: 2)
        #expect(first == second)
        #expect(ledger.lent == .zero && ledger.reserved == Self.user && ledger.runningCount == 1)
    }
}
