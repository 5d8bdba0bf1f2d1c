/// The accounts of one resource on one server: who has reserved, lent and borrowed how much, and from whom.
///
/// Two sums hold after every method: what is lent is what is borrowed and what lies idle, and what the parties hold is
/// what they have reserved, less the idle part of what they have lent. All lists are chains of array places, so that an
/// event costs no memory and the more the more loans it touches, not the more there are.
struct LoanBook: Sendable {
    let resource: ResourceKind
    private(set) var accounts: [LoanAccount]
    private(set) var loans: [LoanEntry] = []
    /// Sum of what parties and server have put up for lending.
    private(set) var lent = 0
    /// Sum of what is lent out.
    private(set) var borrowed = 0
    /// Borrowers that have less since the list was last emptied; a party may stand in it more than once.
    var shrunk: [Int32] = []
    /// What has gone back since the list was last emptied; nil where nobody wants to know.
    var returned: [ReturnedLoan]?

    private var firstIdleLender = none
    private var firstFreeLoan = none
    /// No loan ends before this; it may be too early, never too late.
    private var earliestExpiry = Double.infinity

    private static let none: Int32 = -1
    private static let unlisted: Int32 = -2

    /// The accounts of a server that puts up `unreserved` for lending.
    init(_ resource: ResourceKind, serverLends unreserved: Int, records: Bool) {
        self.resource = resource
        accounts = [LoanAccount()]
        accounts[0].lent = unreserved
        lent = unreserved
        returned = records ? [] : nil
    }

    /// What is put up and nobody has borrowed.
    var idle: Int { lent - borrowed }

    /// What `party` may use.
    func held(by party: Int32) -> Int {
        let account = accounts[Int(party)]
        return account.reserved - account.lent + account.borrowed
    }

    /// Opens the account of a party that has reserved `amount`; `party` is the first place without one, or one that was
    /// closed.
    mutating func open(_ party: Int32, reserved amount: Int) {
        var account = LoanAccount()
        account.reserved = amount
        if Int(party) == accounts.count {
            accounts.append(account)
        } else {
            accounts[Int(party)] = account
        }
    }

    /// Closes an account that neither lends nor borrows any more.
    mutating func close(_ party: Int32) {
        assert(accounts[Int(party)].lent == 0 && accounts[Int(party)].borrowed == 0)
        accounts[Int(party)] = LoanAccount()
    }

    // MARK: Lending

    /// `lender` puts up `amount` more.
    mutating func putUp(_ amount: Int, by lender: Int32) {
        accounts[Int(lender)].lent += amount
        lent += amount
        listIfIdle(lender)
    }

    /// `lender` takes `amount` of what it has put up back, its idle part first. What it has lent out of that is taken over
    /// by other lenders as far as these have idle amounts; the rest the borrowers lose, those of the newest loan first.
    mutating func takeBack(_ amount: Int, by lender: Int32, at now: Double, because reason: ReturnReason) {
        let place = Int(lender)
        var missing = amount - (accounts[place].lent - accounts[place].out)
        accounts[place].lent -= amount
        lent -= amount
        while missing > 0 {
            let index = accounts[place].firstGiven
            let entry = loans[Int(index)]
            let part = min(entry.amount, missing)
            pay(index, part)
            let replaced = borrow(part, for: entry.borrower, at: now, until: entry.expiry, except: lender)
            if replaced < part {
                shrunk.append(entry.borrower)
            }
            record(entry, part, at: now, because: reason, replaced: replaced)
            missing -= part
        }
        listIfIdle(lender)
    }

    // MARK: Borrowing

    /// Lends to `borrower` as much of `amount` as lies idle, and says how much that is: the server's first, which comes
    /// back only when an invocation needs the room, then that of the party which put some up last.
    @discardableResult
    mutating func borrow(
        _ amount: Int, for borrower: Int32, at now: Double, until expiry: Double, except excluded: Int32 = none
    ) -> Int {
        var wanting = amount
        if excluded != 0 {
            wanting -= lend(wanting, from: 0, to: borrower, at: now, until: expiry)
        }
        var lender = firstIdleLender
        while wanting > 0, lender != Self.none {
            let next = accounts[Int(lender)].nextIdle
            if lender != excluded {
                wanting -= lend(wanting, from: lender, to: borrower, at: now, until: expiry)
            }
            lender = next
        }
        return amount - wanting
    }

    /// `borrower` gives `amount` of what it has borrowed back, of its newest loan first.
    mutating func giveBack(_ amount: Int, by borrower: Int32, at now: Double, because reason: ReturnReason) {
        var owing = amount
        while owing > 0 {
            let index = accounts[Int(borrower)].firstTaken
            let entry = loans[Int(index)]
            let part = min(entry.amount, owing)
            pay(index, part)
            listIfIdle(entry.lender)
            record(entry, part, at: now, because: reason, replaced: 0)
            owing -= part
        }
    }

    /// No loan to `borrower` ends before `expiry`.
    mutating func prolong(for borrower: Int32, until expiry: Double) {
        var index = accounts[Int(borrower)].firstTaken
        while index != Self.none {
            loans[Int(index)].expiry = max(loans[Int(index)].expiry, expiry)
            index = loans[Int(index)].nextTaken
        }
    }

    /// Returns the loans whose time is over at `now`.
    mutating func expire(at now: Double) {
        guard now >= earliestExpiry else { return }
        earliestExpiry = .infinity
        for index in loans.indices where loans[index].amount > 0 {
            let entry = loans[index]
            guard entry.expiry <= now else {
                earliestExpiry = min(earliestExpiry, entry.expiry)
                continue
            }
            pay(Int32(index), entry.amount)
            listIfIdle(entry.lender)
            shrunk.append(entry.borrower)
            record(entry, entry.amount, at: now, because: .expired, replaced: 0)
        }
    }

    // MARK: Entries

    /// Lends up to `amount` of what `lender` has idle, and says how much that is.
    private mutating func lend(
        _ amount: Int, from lender: Int32, to borrower: Int32, at now: Double, until expiry: Double
    ) -> Int {
        let part = min(amount, accounts[Int(lender)].lent - accounts[Int(lender)].out)
        guard part > 0 else { return 0 }
        accounts[Int(lender)].out += part
        accounts[Int(borrower)].borrowed += part
        borrowed += part
        earliestExpiry = min(earliestExpiry, expiry)
        let known = loan(from: lender, to: borrower)
        if known == Self.none {
            enter(LoanEntry(lender: lender, borrower: borrower, amount: part, since: now, expiry: expiry))
        } else {
            loans[Int(known)].amount += part
            loans[Int(known)].expiry = max(loans[Int(known)].expiry, expiry)
        }
        listIfIdle(lender)
        return part
    }

    /// The place of the loan from `lender` to `borrower`, of which there is at most one.
    private func loan(from lender: Int32, to borrower: Int32) -> Int32 {
        var index = accounts[Int(borrower)].firstTaken
        while index != Self.none, loans[Int(index)].lender != lender {
            index = loans[Int(index)].nextTaken
        }
        return index
    }

    /// Writes a new loan at the head of its lender's and its borrower's chain.
    private mutating func enter(_ new: LoanEntry) {
        var entry = new
        let given = accounts[Int(entry.lender)].firstGiven
        let taken = accounts[Int(entry.borrower)].firstTaken
        entry.nextGiven = given
        entry.nextTaken = taken
        let index: Int32
        if firstFreeLoan == Self.none {
            index = Int32(loans.count)
            loans.append(entry)
        } else {
            index = firstFreeLoan
            firstFreeLoan = loans[Int(index)].nextGiven
            loans[Int(index)] = entry
        }
        if given != Self.none { loans[Int(given)].previousGiven = index }
        if taken != Self.none { loans[Int(taken)].previousTaken = index }
        accounts[Int(entry.lender)].firstGiven = index
        accounts[Int(entry.borrower)].firstTaken = index
    }

    /// Takes `part` off the loan at `index`, and the loan out of both chains when nothing is left of it. Whether the lender
    /// has idle amounts now is for the caller to list.
    private mutating func pay(_ index: Int32, _ part: Int) {
        let entry = loans[Int(index)]
        accounts[Int(entry.lender)].out -= part
        accounts[Int(entry.borrower)].borrowed -= part
        borrowed -= part
        loans[Int(index)].amount -= part
        guard entry.amount == part else { return }
        if entry.previousGiven == Self.none {
            accounts[Int(entry.lender)].firstGiven = entry.nextGiven
        } else {
            loans[Int(entry.previousGiven)].nextGiven = entry.nextGiven
        }
        if entry.nextGiven != Self.none { loans[Int(entry.nextGiven)].previousGiven = entry.previousGiven }
        if entry.previousTaken == Self.none {
            accounts[Int(entry.borrower)].firstTaken = entry.nextTaken
        } else {
            loans[Int(entry.previousTaken)].nextTaken = entry.nextTaken
        }
        if entry.nextTaken != Self.none { loans[Int(entry.nextTaken)].previousTaken = entry.previousTaken }
        loans[Int(index)].nextGiven = firstFreeLoan
        firstFreeLoan = index
    }

    /// Keeps the list of lenders with idle amounts true for `lender`; the server is looked at first anyway and stands in no
    /// list.
    private mutating func listIfIdle(_ lender: Int32) {
        let place = Int(lender)
        guard place != 0 else { return }
        let account = accounts[place]
        let isListed = account.previousIdle != Self.unlisted
        let isIdle = account.lent > account.out
        guard isListed != isIdle else { return }
        if isIdle {
            accounts[place].previousIdle = Self.none
            accounts[place].nextIdle = firstIdleLender
            if firstIdleLender != Self.none { accounts[Int(firstIdleLender)].previousIdle = lender }
            firstIdleLender = lender
        } else {
            if account.previousIdle == Self.none {
                firstIdleLender = account.nextIdle
            } else {
                accounts[Int(account.previousIdle)].nextIdle = account.nextIdle
            }
            if account.nextIdle != Self.none { accounts[Int(account.nextIdle)].previousIdle = account.previousIdle }
            accounts[place].previousIdle = Self.unlisted
        }
    }

    private mutating func record(
        _ entry: LoanEntry, _ part: Int, at now: Double, because reason: ReturnReason, replaced: Int
    ) {
        returned?.append(
            ReturnedLoan(loan: entry.loan(of: resource, amount: part), at: now, reason: reason, replaced: replaced))
    }
}
