/// One party's account of one resource.
struct LoanAccount: Sendable {
    /// What the party's user defined for it; 0 for the server.
    var reserved = 0
    /// What it has put up for lending.
    var lent = 0
    /// What of that is lent out.
    var out = 0
    /// What it has borrowed.
    var borrowed = 0
    /// Newest loan given and taken.
    var firstGiven: Int32 = -1, firstTaken: Int32 = -1
    /// Neighbours in the list of lenders with idle amounts; -2 as the previous one says that it is in none.
    var previousIdle: Int32 = -2, nextIdle: Int32 = -1
}

/// One loan in its lender's and its borrower's chain.
struct LoanEntry: Sendable {
    let lender: Int32
    let borrower: Int32
    /// 0 where the place is free.
    var amount: Int
    let since: Double
    var expiry: Double
    /// Neighbours in both chains, -1 where there is none; a free place names the next free one as `nextGiven`.
    var nextGiven: Int32 = -1, previousGiven: Int32 = -1, nextTaken: Int32 = -1, previousTaken: Int32 = -1

    func loan(of resource: ResourceKind, amount: Int) -> Loan {
        Loan(
            resource: resource, lender: LedgerParty(slot: lender), borrower: LedgerParty(slot: borrower), amount: amount,
            since: since, expiry: expiry)
    }
}
