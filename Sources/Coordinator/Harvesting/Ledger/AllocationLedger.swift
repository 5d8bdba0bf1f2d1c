/// Who has lent what to whom on one server, and until when; CPU and memory each for itself.
///
/// A server admits an invocation against its user's amount, the reservation. What a decision leaves of it unused is put up
/// for lending, and so is what nobody has reserved, if the server lends it. What a decision asks beyond the user's amount
/// is borrowed, as much as is idle and never more. Hence, after every event and for each resource:
///
/// - lent = borrowed + idle, and what all invocations hold together is at most the capacity;
/// - an invocation that borrows never has less than its user's amount, for it lends nothing of that resource;
/// - every loan can go back at once, because only what goes beyond their users' amounts is taken from the borrowers.
///
/// The ledger is a value: events go in, `changes` come out, and somebody else carries these out. An event without loans
/// costs a few additions and no memory.
public struct AllocationLedger: Sendable {
    /// What the server has.
    public let capacity: Resources
    /// Whether the server lends what nobody has reserved.
    public let lendsUnreserved: Bool
    /// What invocations have reserved, the sum of their users' amounts.
    public private(set) var reserved = Resources.zero
    /// Limits of running invocations that the last event has changed, each once; an invocation that the event admitted or
    /// ended is not among them.
    public private(set) var changes: [LimitChange] = []

    private var cpu: LoanBook
    private var memory: LoanBook
    private var parties: [Party] = [Party()]
    private var firstFree: Int32 = -1

    /// A place in the ledger: an invocation on the server, or free.
    private struct Party {
        /// What was last told of the party's limit; zero where the place is free.
        var told = Resources.zero
        var isRunning = false
        /// The next free place.
        var nextFree: Int32 = -1
    }

    /// An empty server. `recordsReturns` keeps what the last event has returned in `returned`, for those who show it.
    public init(capacity: Resources, lendsUnreserved: Bool = true, recordsReturns: Bool = false) {
        self.capacity = capacity
        self.lendsUnreserved = lendsUnreserved
        cpu = LoanBook(.cpu, serverLends: lendsUnreserved ? capacity.millicores : 0, records: recordsReturns)
        memory = LoanBook(.memory, serverLends: lendsUnreserved ? capacity.mebibytes : 0, records: recordsReturns)
    }

    // MARK: Sums

    /// What nobody has reserved; where the server lends it, it may be in use all the same.
    public var unreserved: Resources { capacity - reserved }
    /// What is put up for lending.
    public var lent: Resources { Resources(millicores: cpu.lent, mebibytes: memory.lent) }
    /// What of `lent` somebody has borrowed.
    public var borrowed: Resources { Resources(millicores: cpu.borrowed, mebibytes: memory.borrowed) }
    /// What of `lent` nobody has borrowed.
    public var idle: Resources { lent - borrowed }
    /// What all invocations hold together, never more than `capacity`.
    public var allocated: Resources {
        lendsUnreserved ? capacity - idle : reserved - idle
    }
    /// What no invocation holds.
    public var free: Resources { capacity - allocated }
    /// How many invocations the server has admitted that have not ended.
    public private(set) var runningCount = 0

    // MARK: Parties

    /// What `party` may use now.
    public func allocation(of party: LedgerParty) -> Resources {
        Resources(millicores: cpu.held(by: party.slot), mebibytes: memory.held(by: party.slot))
    }

    /// What `party` has put up for lending.
    public func lent(by party: LedgerParty) -> Resources {
        Resources(millicores: cpu.accounts[party.place].lent, mebibytes: memory.accounts[party.place].lent)
    }

    /// What of `lent(by:)` is lent out.
    public func lentOut(by party: LedgerParty) -> Resources {
        Resources(millicores: cpu.accounts[party.place].out, mebibytes: memory.accounts[party.place].out)
    }

    /// What `party` has borrowed.
    public func borrowed(by party: LedgerParty) -> Resources {
        Resources(millicores: cpu.accounts[party.place].borrowed, mebibytes: memory.accounts[party.place].borrowed)
    }

    /// What the user of `party` defined.
    public func reserved(by party: LedgerParty) -> Resources {
        Resources(millicores: cpu.accounts[party.place].reserved, mebibytes: memory.accounts[party.place].reserved)
    }

    /// All loans in force, CPU first.
    public var loans: [Loan] {
        [cpu, memory].flatMap { book in
            book.loans.filter { $0.amount > 0 }.map { $0.loan(of: book.resource, amount: $0.amount) }
        }
    }

    /// What the last event has returned; empty unless the ledger was asked to record it.
    public var returned: [ReturnedLoan] { (cpu.returned ?? []) + (memory.returned ?? []) }

    // MARK: Events

    /// Whether there is room for an invocation whose user defined `user`; what is lent of that room is no obstacle.
    public func admits(_ user: Resources) -> Bool {
        user.fits(in: unreserved)
    }

    /// Takes in an invocation whose user defined `user` and which `decision` is about; there must be room for it. Its loans
    /// end at `expiry` at the latest. What it has got is `allocation(of:)`.
    public mutating func admit(
        user: Resources, _ decision: AllocationDecision, at now: Double, until expiry: Double = .infinity
    ) -> LedgerParty {
        precondition(admits(user), "an invocation is admitted only where its user's amount has room")
        beginEvent()
        let slot = takePlace()
        cpu.open(slot, reserved: user.millicores)
        memory.open(slot, reserved: user.mebibytes)
        reserved += user
        if lendsUnreserved {
            cpu.takeBack(user.millicores, by: LedgerParty.server.slot, at: now, because: .calledBack)
            memory.takeBack(user.mebibytes, by: LedgerParty.server.slot, at: now, because: .calledBack)
        }
        let wanted = decision.safeguarded ? decision.allocation.greater(user) : decision.allocation
        cpu.aim(slot, at: wanted.millicores, now: now, until: expiry)
        memory.aim(slot, at: wanted.mebibytes, now: now, until: expiry)
        parties[Int(slot)] = Party(told: allocation(of: LedgerParty(slot: slot)), isRunning: true)
        runningCount += 1
        tellShrunk()
        return LedgerParty(slot: slot)
    }

    /// Decides anew about a running invocation: it lends or borrows what now leads to `decision`, and what it has borrowed
    /// and still wants lasts until `expiry`.
    public mutating func decide(
        _ party: LedgerParty, _ decision: AllocationDecision, at now: Double, until expiry: Double = .infinity
    ) {
        expectRunning(party)
        beginEvent()
        let wanted = decision.safeguarded ? decision.allocation.greater(reserved(by: party)) : decision.allocation
        cpu.aim(party.slot, at: wanted.millicores, now: now, until: expiry)
        memory.aim(party.slot, at: wanted.mebibytes, now: now, until: expiry)
        tellShrunk()
        tell(party.slot)
    }

    /// The use of `party` has come near what was left to it of one or both resources: what it lends of these comes back at
    /// once, and those who borrowed it have less.
    public mutating func reclaim(_ party: LedgerParty, cpu reclaimsCPU: Bool, memory reclaimsMemory: Bool, at now: Double) {
        expectRunning(party)
        beginEvent()
        if reclaimsCPU {
            cpu.takeBack(cpu.accounts[party.place].lent, by: party.slot, at: now, because: .ownerNeedsIt)
        }
        if reclaimsMemory {
            memory.takeBack(memory.accounts[party.place].lent, by: party.slot, at: now, because: .ownerNeedsIt)
        }
        tellShrunk()
        tell(party.slot)
    }

    /// `party` has ended: what it borrowed goes back, what it lent is taken over by the server, where that lends, or by
    /// others with idle amounts, and else lost to its borrowers.
    public mutating func end(_ party: LedgerParty, at now: Double) {
        expectRunning(party)
        beginEvent()
        let user = reserved(by: party)
        reserved -= user
        cpu.settle(party.slot, serverTakesOver: lendsUnreserved, at: now)
        memory.settle(party.slot, serverTakesOver: lendsUnreserved, at: now)
        parties[party.place] = Party(nextFree: firstFree)
        firstFree = party.slot
        runningCount -= 1
        tellShrunk()
    }

    /// Ends the loans whose time is over at `now`.
    public mutating func expire(at now: Double) {
        beginEvent()
        cpu.expire(at: now)
        memory.expire(at: now)
        tellShrunk()
    }

    // MARK: Parts of events

    private mutating func beginEvent() {
        changes.removeAll(keepingCapacity: true)
        cpu.shrunk.removeAll(keepingCapacity: true)
        memory.shrunk.removeAll(keepingCapacity: true)
        cpu.returned?.removeAll(keepingCapacity: true)
        memory.returned?.removeAll(keepingCapacity: true)
    }

    private mutating func takePlace() -> Int32 {
        guard firstFree >= 0 else {
            parties.append(Party())
            return Int32(parties.count - 1)
        }
        let slot = firstFree
        firstFree = parties[Int(slot)].nextFree
        return slot
    }

    private func expectRunning(_ party: LedgerParty) {
        precondition(
            parties.indices.contains(party.place) && parties[party.place].isRunning,
            "only an invocation that runs on this server takes part in its ledger")
    }

    private mutating func tellShrunk() {
        for slot in cpu.shrunk { tell(slot) }
        for slot in memory.shrunk { tell(slot) }
    }

    private mutating func tell(_ slot: Int32) {
        let before = parties[Int(slot)].told
        let after = allocation(of: LedgerParty(slot: slot))
        guard parties[Int(slot)].isRunning, before != after else { return }
        parties[Int(slot)].told = after
        changes.append(LimitChange(party: LedgerParty(slot: slot), before: before, after: after))
    }
}
