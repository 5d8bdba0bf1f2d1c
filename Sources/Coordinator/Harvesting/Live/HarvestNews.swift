public import Topology

/// Something that has happened in a node's harvest, for those who keep a history. Instants are in seconds on the caller's
/// time line.
public enum HarvestNews: Sendable, Hashable {
    /// A container's limits have changed, or are counted on as changed.
    case limits(HarvestEvent)
    /// Something was lent; `amount` is in millicores or mebibytes.
    case lent(at: Double, resource: ResourceKind, amount: Int, lender: FunctionName, borrower: FunctionName)
    /// Something lent has gone back.
    case returned(HarvestReturn)
    /// A container is left alone for a while: an order was refused or not answered, or its lease ended early.
    case leftAlone(at: Double, containerID: String, function: FunctionName, reason: String)
    /// The safeguard has given a container its user's amounts back: it used nearly all of the limits left to it.
    case safeguarded(at: Double, containerID: String, function: FunctionName, peak: Resources, limits: Resources)
}

/// Which loan it is.
struct LoanKey: Hashable {
    let resource: ResourceKind
    let lender, borrower: LedgerParty
}

/// What is told of the harvest since the last time it was asked for, up to a bound.
struct HarvestNewsBox: Sendable {
    private(set) var items: [HarvestNews] = []
    private(set) var omitted = 0
    private var loans: [LoanKey: Int] = [:]

    /// News that are kept until somebody takes them; more are counted.
    static let kept = 64

    mutating func add(_ news: HarvestNews) {
        guard items.count < Self.kept else {
            omitted += 1
            return
        }
        items.append(news)
    }

    /// Adds what of `present` was not lent before, and takes everything out. `function` names the parties.
    mutating func take(
        _ present: [Loan], at now: Double, function: (LedgerParty) -> FunctionName?
    ) -> (items: [HarvestNews], omitted: Int) {
        var amounts: [LoanKey: Int] = [:]
        for loan in present {
            let key = LoanKey(resource: loan.resource, lender: loan.lender, borrower: loan.borrower)
            amounts[key, default: 0] += loan.amount
            let more = loan.amount - (loans[key] ?? 0)
            guard more > 0, let lender = function(loan.lender), let borrower = function(loan.borrower) else { continue }
            add(.lent(at: now, resource: loan.resource, amount: more, lender: lender, borrower: borrower))
        }
        loans = amounts
        defer {
            items = []
            omitted = 0
        }
        return (items, omitted)
    }
}
