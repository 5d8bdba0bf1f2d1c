import Harvesting
import Testing

/// The four ways in which Freyr's authors rebalance resources (FaaSRM, arXiv 2108.12717): within one function or between
/// two, and with each invocation both lending and borrowing or one lending to the other.
@Suite("The four cases of rebalancing")
struct RebalanceCaseTests {
    /// Two invocations on one server that lends nothing of its own.
    struct Pair {
        var ledger = AllocationLedger(
            capacity: Resources(millicores: 8_000, mebibytes: 2_048), lendsUnreserved: false)
        var first: LedgerParty
        var second: LedgerParty

        init(_ first: (user: Resources, wanted: Resources), _ second: (user: Resources, wanted: Resources)) {
            self.first = ledger.admit(user: first.user, AllocationDecision(first.user), at: 0)
            self.second = ledger.admit(user: second.user, AllocationDecision(second.user), at: 0)
            // Each of them puts up before the other asks, as running invocations are decided about again.
            ledger.decide(self.first, AllocationDecision(first.wanted), at: 1)
            ledger.decide(self.second, AllocationDecision(second.wanted), at: 1)
            ledger.decide(self.first, AllocationDecision(first.wanted), at: 1)
        }
    }

    static let user = Resources(millicores: 2_000, mebibytes: 256)
    static let otherUser = Resources(millicores: 4_000, mebibytes: 128)

    @Test func `within one function, both invocations lend and borrow`() {
        let pair = Pair(
            (Self.user, Resources(millicores: 1_000, mebibytes: 320)),
            (Self.user, Resources(millicores: 3_000, mebibytes: 192)))
        #expect(pair.ledger.allocation(of: pair.first) == Resources(millicores: 1_000, mebibytes: 320))
        #expect(pair.ledger.allocation(of: pair.second) == Resources(millicores: 3_000, mebibytes: 192))
        #expect(pair.ledger.loans.map(\.lender) == [pair.first, pair.second])
        #expect(pair.ledger.loans.map(\.borrower) == [pair.second, pair.first])
        #expect(pair.ledger.loans.map(\.amount) == [1_000, 64])
        #expect(pair.ledger.idle == .zero)
    }

    @Test func `within one function, one invocation lends and one borrows`() {
        let pair = Pair(
            (Self.user, Resources(millicores: 1_000, mebibytes: 128)),
            (Self.user, Resources(millicores: 3_000, mebibytes: 384)))
        #expect(pair.ledger.allocation(of: pair.second) == Resources(millicores: 3_000, mebibytes: 384))
        #expect(pair.ledger.loans.map(\.lender) == [pair.first, pair.first])
        #expect(pair.ledger.loans.map(\.borrower) == [pair.second, pair.second])
        #expect(pair.ledger.loans.map(\.amount) == [1_000, 128])
    }

    @Test func `between two functions, both invocations lend and borrow`() {
        let pair = Pair(
            (Self.user, Resources(millicores: 3_500, mebibytes: 64)),
            (Self.otherUser, Resources(millicores: 2_000, mebibytes: 320)))
        #expect(pair.ledger.allocation(of: pair.first) == Resources(millicores: 3_500, mebibytes: 64))
        #expect(pair.ledger.allocation(of: pair.second) == Resources(millicores: 2_000, mebibytes: 320))
        #expect(pair.ledger.loans.map(\.amount) == [1_500, 192])
        #expect(pair.ledger.idle == Resources(millicores: 500, mebibytes: 0))
    }

    @Test func `between two functions, one invocation lends and one borrows`() {
        let pair = Pair(
            (Self.user, Resources(millicores: 500, mebibytes: 64)),
            (Self.otherUser, Resources(millicores: 8_000, mebibytes: 512)))
        #expect(pair.ledger.allocation(of: pair.first) == Resources(millicores: 500, mebibytes: 64))
        #expect(pair.ledger.allocation(of: pair.second) == Resources(millicores: 5_500, mebibytes: 320))
        #expect(pair.ledger.loans.map(\.amount) == [1_500, 192])
    }
}
