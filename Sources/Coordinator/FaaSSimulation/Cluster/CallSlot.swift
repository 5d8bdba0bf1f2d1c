internal import Harvesting

/// A call that has arrived and not ended: its request, and how far it has come.
struct CallSlot: Sendable {
    var request: InvocationRequest
    var demand: InvocationDemand
    var decision: AllocationDecision
    /// Seconds of execution with the user's amounts.
    var baselineSeconds: Double

    /// Whether it is on a server: neither waiting nor ended.
    var isRunning = false
    var server: Int32 = -1
    var party = LedgerParty.server
    /// When it left the queue.
    var startedAt = 0.0
    /// When its execution began, or will begin: after the cold start.
    var beginsAt = 0.0
    var coldStartSeconds = 0.0
    /// What it was given at its start, and what it has now.
    var given = Resources.zero, allocation = Resources.zero
    var peakUse = Resources.zero

    /// Seconds that all of its work takes with what it has now.
    var wholeSeconds = 0.0
    /// The share of its work that was left at `since`.
    var remaining = 1.0
    /// When it got what it has now, but not before its execution began.
    var since = 0.0
    /// Seconds of execution until `since`, and what it held times how long.
    var executedSeconds = 0.0, heldMillicoreSeconds = 0.0, heldMebibyteSeconds = 0.0

    var wasReclaimed = false, wasShrunk = false, wasAcceleratedInFlight = false
    /// Whether a look at its use is scheduled, and how many windows pass until the one after that.
    var isWatched = false, windowsToNextLook = 1

    /// Stamps of its end as scheduled last, and of the place's use by this call.
    var finishStamp: UInt32 = 0, useStamp: UInt32 = 0
    /// The call behind it in the line, -1 if there is none.
    var nextWaiting: Int32 = -1
    /// The next free place.
    var nextFree: Int32 = -1

    /// What it uses now.
    var use: Resources { allocation.lesser(demand.most) }

    /// Begins on `server`, and says when it ends.
    mutating func start(
        on server: Int, as party: LedgerParty, with allocation: Resources, coldStartSeconds: Double, at now: Double
    ) -> Double {
        self.server = Int32(server)
        self.party = party
        self.coldStartSeconds = coldStartSeconds
        isRunning = true
        startedAt = now
        beginsAt = now + coldStartSeconds
        since = beginsAt
        given = allocation
        return goOn(with: allocation, at: now)
    }

    /// Goes on with `allocation` from `now` on, and says when it ends. A share of the work is done; the rest takes as
    /// long as the new amount makes it.
    mutating func goOn(with allocation: Resources, at now: Double) -> Double {
        if now > since {
            let elapsed = now - since
            remaining = max(remaining - elapsed / wholeSeconds, 0)
            executedSeconds += elapsed
            heldMillicoreSeconds += elapsed * Double(self.allocation.millicores)
            heldMebibyteSeconds += elapsed * Double(self.allocation.mebibytes)
            since = now
        }
        self.allocation = allocation
        wholeSeconds = demand.seconds(with: allocation)
        peakUse = peakUse.greater(use)
        return since + remaining * wholeSeconds
    }
}
