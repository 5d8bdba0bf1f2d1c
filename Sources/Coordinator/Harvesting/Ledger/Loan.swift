/// One of the two resources, each of which is lent for itself.
public enum ResourceKind: String, Sendable, Hashable, CaseIterable {
    case cpu, memory
}

/// Who takes part in a ledger: the server, or one of the invocations on it.
///
/// Numbers are used again after an invocation has ended.
public struct LedgerParty: Sendable, Hashable {
    /// The place in the ledger's accounts.
    public let slot: Int32

    /// The server itself, which lends what nobody has reserved.
    public static let server = Self(slot: 0)

    init(slot: Int32) {
        self.slot = slot
    }

    /// The place as an array's index, so that a caller can keep what it knows of a party in an array of its own.
    @inlinable
    public var place: Int { Int(slot) }
}

/// What one party has lent to another.
public struct Loan: Sendable, Hashable {
    /// Which resource; `amount` is in millicores or mebibytes.
    public let resource: ResourceKind
    /// Whose it is.
    public let lender: LedgerParty
    /// Who uses it.
    public let borrower: LedgerParty
    /// Millicores or mebibytes.
    public let amount: Int
    /// When it was made, in seconds on the caller's time line.
    public let since: Double
    /// When it ends by itself, in seconds on the caller's time line; infinite if it does not.
    public let expiry: Double
}

/// Why a loan, or a part of one, has gone back.
public enum ReturnReason: String, Sendable, Hashable, CaseIterable {
    /// The borrower has ended, or needs less.
    case notNeeded
    /// The lender has ended.
    case lenderEnded
    /// The lender's use came near what was left to it.
    case ownerNeedsIt
    /// The server needed room for an invocation that arrived.
    case calledBack
    /// A new decision leaves the lender more than the one before.
    case decidedAnew
    /// Its time was over.
    case expired
}

/// A loan, or a part of one, that has gone back.
public struct ReturnedLoan: Sendable, Hashable {
    /// The loan with the amount that went back.
    public let loan: Loan
    /// When, in seconds on the caller's time line.
    public let at: Double
    /// Why.
    public let reason: ReturnReason
    /// How much of it another lender has lent to the same borrower at once, so that the borrower noticed nothing of it.
    public let replaced: Int
}

/// A limit that a ledger's event has changed.
public struct LimitChange: Sendable, Hashable {
    /// Whose limit.
    public let party: LedgerParty
    /// What the party had before the event.
    public let before: Resources
    /// What it has from now on.
    public let after: Resources
}
