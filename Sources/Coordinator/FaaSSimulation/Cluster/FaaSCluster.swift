public import Harvesting

/// A cluster of function servers in virtual time, event by event.
///
/// It is a value: arrivals and decisions go in, records of ended calls come out. `serve` drives it with a workload and
/// a manager; who wants to look at every step drives it himself:
///
/// 1. `step(until:)` until it says that nothing is due before the next arrival,
/// 2. `request(for:)` and `load` for the manager, `accept` with its decision.
///
/// **Placement.** A function's home is its hash modulo the servers. From there servers are tried in steps that share no
/// divisor with their number, as in OpenWhisk's balancer; the first one at which nobody waits and where the user's
/// amount has room gets the call, or for decisions that ask for it the first one of these that has
/// idle what is wanted, or most of it. If there is none, the call waits at the server with the shortest line.
/// **Waiting.** Who waits holds nothing and makes no progress. As in Freyr's simulator, those who fit are started, the
/// one that has waited longest first; but nobody is passed for ever: when `mostPassed` later calls have started before
/// the first one in the line, the room that becomes free is kept for it.
/// **Reservation and loans.** A server admits against users' amounts; the rest is ``AllocationLedger``'s.
/// **Warm and cold.** An ended call leaves a warm instance. A call takes one of its function on its server, of whatever
/// size, for amounts change in place; otherwise it has a cold start, in which it holds its amounts. Warm instances give
/// way to whatever needs their memory, those used longest ago first.
public struct FaaSCluster: Sendable {
    /// What it was made with.
    public let parameters: ClusterParameters
    /// The instant of the last event, in seconds from the start of the run.
    public private(set) var now = 0.0
    /// What its calls have and use together.
    public internal(set) var sums = ClusterSums()
    /// Sums over time.
    public private(set) var utilisation: UtilisationSeries

    private let functions: [FunctionModel]
    /// The least of each resource that any function's user has defined: a server with less room than this starts
    /// nothing.
    let leastUser: Resources
    let homes: [Int32]
    private let stepSize: Int
    var servers: [Server]
    private(set) var warm: WarmInstances
    var events = EventQueue()
    /// The calls that have not ended, among free places.
    var slots: [CallSlot] = []
    private var firstFree: Int32 = -1
    private var arrived = 0

    /// What belongs to one server.
    struct Server: Sendable {
        var ledger: AllocationLedger
        var line = WaitingLine()
        /// The slot of each party of the ledger.
        var slotOfParty: [Int32] = [-1]
    }

    /// An empty cluster for calls of `functions`.
    public init(_ parameters: ClusterParameters, functions: [FunctionModel]) throws(FaaSError) {
        try parameters.validate(for: functions)
        self.parameters = parameters
        self.functions = functions
        leastUser = functions.dropFirst().reduce(functions[0].user) { $0.lesser($1.user) }
        let count = parameters.servers
        homes = functions.indices.map { Int32(Self.hash($0) % UInt64(count)) }
        stepSize = Self.stepSize(servers: count)
        servers = (0..<count).map { _ in
            Server(
                ledger: AllocationLedger(
                    capacity: parameters.serverCapacity, lendsUnreserved: parameters.lendsUnreserved))
        }
        warm = WarmInstances(servers: count, functions: functions.count)
        utilisation = UtilisationSeries()
    }

    /// SplitMix64's finaliser (Steele, Lea and Flood 2014), so that functions that are neighbours in the table do not
    /// have neighbouring homes.
    static func hash(_ place: Int) -> UInt64 {
        var mixed = UInt64(truncatingIfNeeded: place) &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 7, as in Freyr's simulator, or the next number that shares no divisor with `servers`, so that all are tried.
    static func stepSize(servers: Int) -> Int {
        var step = 7
        while !sharesNoDivisor(step, servers) { step += 1 }
        return step
    }

    private static func sharesNoDivisor(_ a: Int, _ b: Int) -> Bool {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 1
    }

    /// The ledger of a server, for those who look at it.
    public func ledger(ofServer server: Int) -> AllocationLedger { servers[server].ledger }

    /// How many calls wait at a server.
    public func waiting(atServer server: Int) -> Int { servers[server].line.count }

    // MARK: Arrivals

    /// What a manager is told of `call`, the next to arrive.
    public func request(for call: Invocation) -> InvocationRequest {
        InvocationRequest(
            function: call.function, user: functions[call.function.place].user, sequence: arrived,
            arrivalSeconds: call.arrivalSeconds)
    }

    /// What a manager is told of the cluster.
    public var load: ClusterLoad {
        ClusterLoad(
            unfinishedRequests: sums.running + sums.waiting, free: parameters.capacity - sums.allocated)
    }

    /// Takes `call` in, about which `decision` was made. Everything that is due before its arrival has been stepped
    /// through.
    public mutating func accept(_ call: Invocation, _ decision: AllocationDecision) {
        advance(to: call.arrivalSeconds)
        let request = request(for: call)
        arrived += 1
        let slot = takeSlot(
            CallSlot(
                request: request, demand: call.demand, decision: decision,
                baselineSeconds: call.demand.seconds(with: request.user)))
        if let server = server(for: call.function.place, user: request.user, decision) {
            start(slot, on: server)
        } else {
            let server = shortestLine(for: call.function.place)
            join(slot, server)
            startWaiting(on: server)
        }
    }

    /// The first server from the function's home on that has nobody waiting and room for `user`; where wishes count,
    /// the first of them that has all idle that is wanted, or else the one that has most of it.
    private func server(for function: Int, user: Resources, _ decision: AllocationDecision) -> Int? {
        let byWish = decision.placedByWish || parameters.placesAllByWish
        let wish = decision.allocation
        var server = Int(homes[function])
        var best: Int?
        var bestShare = -1
        for _ in servers.indices {
            if servers[server].line.count == 0, servers[server].ledger.admits(user) {
                guard byWish else { return server }
                let free = servers[server].ledger.free
                guard !wish.fits(in: free) else { return server }
                // Twice the share of CPU and that of memory, as execution times weigh them, over a common denominator.
                let had = free.lesser(wish)
                let share = 2 * had.millicores * wish.mebibytes + had.mebibytes * wish.millicores
                if share > bestShare { (best, bestShare) = (server, share) }
            }
            server = next(after: server)
        }
        return best
    }

    /// The server that is tried after `server`.
    func next(after server: Int) -> Int {
        let next = server + stepSize % servers.count
        return next < servers.count ? next : next - servers.count
    }

    // MARK: Steps

    /// What a step has done.
    public enum Step: Sendable {
        /// Nothing: no event is due.
        case idle
        /// A call has ended, and those that waited for its room have started.
        case finished(InvocationRecord)
        /// What a call lent has been taken back.
        case reclaimed
        /// A call has come to have more in flight, or has given back what it does not use.
        case adjusted
    }

    /// Does what is due next, if that is not later than `limit`.
    public mutating func step(until limit: Double) -> Step {
        while events.nextSeconds <= limit, !events.isEmpty {
            let event = events.removeFirst()
            let place = Int(event.slot)
            switch event.kind {
            case .finish:
                guard slots[place].finishStamp == event.stamp else { continue }
                advance(to: event.seconds)
                return .finished(finish(event.slot))
            case .look:
                guard slots[place].useStamp == event.stamp else { continue }
                advance(to: event.seconds)
                if let step = look(event.slot) { return step }
            }
        }
        return .idle
    }

    private mutating func advance(to seconds: Double) {
        utilisation.add(sums, from: now, to: seconds)
        now = seconds
    }

    /// Starts a call on a server that has room for it.
    mutating func start(_ slot: Int32, on server: Int) {
        let place = Int(slot)
        let user = slots[place].request.user
        let function = slots[place].request.function.place
        let isWarm = warm.take(server: server, function: function, at: now)
        let party = servers[server].ledger.admit(user: user, slots[place].decision, at: now)
        let allocation = servers[server].ledger.allocation(of: party)
        remember(slot, as: party, of: server)
        let end = slots[place].start(
            on: server, as: party, with: allocation,
            coldStartSeconds: isWarm ? 0 : functions[function].coldStartSeconds,
            at: now)
        sums.running += 1
        sums.reserved += user
        sums.allocated += allocation
        sums.used += slots[place].use
        scheduleEnd(slot, at: end)
        watch(slot, until: end)
        carryOutChanges(on: server)
        makeRoom(on: server)
    }

    /// Gives warm instances up for whose memory there is no room beside what calls hold.
    mutating func makeRoom(on server: Int) {
        warm.shrink(
            server: server, to: parameters.serverCapacity.mebibytes - servers[server].ledger.allocated.mebibytes)
    }

    private mutating func finish(_ slot: Int32) -> InvocationRecord {
        let call = slots[Int(slot)]
        let server = Int(call.server)
        sums.running -= 1
        sums.reserved -= call.request.user
        sums.allocated -= call.allocation
        sums.used -= call.use
        servers[server].ledger.end(call.party, at: now)
        carryOutChanges(on: server)
        warm.keep(
            server: server, function: call.request.function.place, mebibytes: call.allocation.mebibytes,
            until: now + parameters.keepAliveSeconds)
        releaseSlot(slot)
        startWaiting(on: server)
        return call.record(endedAt: now)
    }

    /// Lets the calls whose amounts the ledger has changed go on with what they have now.
    mutating func carryOutChanges(on server: Int) {
        guard !servers[server].ledger.changes.isEmpty else { return }
        for change in servers[server].ledger.changes {
            let slot = servers[server].slotOfParty[change.party.place]
            let place = Int(slot)
            sums.allocated += change.after - slots[place].allocation
            sums.used -= slots[place].use
            if !slots[place].allocation.fits(in: change.after) { slots[place].wasShrunk = true }
            let end = slots[place].goOn(with: change.after, at: now)
            sums.used += slots[place].use
            scheduleEnd(slot, at: end)
            watch(slot, until: end)
        }
    }

    private mutating func scheduleEnd(_ slot: Int32, at end: Double) {
        slots[Int(slot)].finishStamp &+= 1
        events.schedule(.finish, at: end, slot: slot, stamp: slots[Int(slot)].finishStamp)
    }

    // MARK: Places

    private mutating func remember(_ slot: Int32, as party: LedgerParty, of server: Int) {
        while servers[server].slotOfParty.count <= party.place { servers[server].slotOfParty.append(-1) }
        servers[server].slotOfParty[party.place] = slot
    }

    private mutating func takeSlot(_ call: CallSlot) -> Int32 {
        guard firstFree >= 0 else {
            slots.append(call)
            return Int32(slots.count - 1)
        }
        let slot = firstFree
        firstFree = slots[Int(slot)].nextFree
        // Stamps go on, so that what was scheduled for the place's former call stays off.
        let (finishStamp, useStamp) = (slots[Int(slot)].finishStamp, slots[Int(slot)].useStamp)
        slots[Int(slot)] = call
        slots[Int(slot)].finishStamp = finishStamp
        slots[Int(slot)].useStamp = useStamp
        return slot
    }

    private mutating func releaseSlot(_ slot: Int32) {
        slots[Int(slot)].finishStamp &+= 1
        slots[Int(slot)].useStamp &+= 1
        slots[Int(slot)].isRunning = false
        slots[Int(slot)].nextFree = firstFree
        firstFree = slot
    }
}

extension CallSlot {
    /// The record of a call that ends at `now`.
    func record(endedAt now: Double) -> InvocationRecord {
        // The rest of the work takes its time exactly; the difference of two instants would be rounded.
        let execution = executedSeconds + remaining * wholeSeconds
        return InvocationRecord(
            finished: FinishedInvocation(
                function: request.function, sequence: request.sequence, user: request.user, allocated: given,
                peakUse: peakUse, waitSeconds: startedAt - request.arrivalSeconds, executionSeconds: execution,
                completionSeconds: startedAt - request.arrivalSeconds + coldStartSeconds + execution,
                baselineSeconds: baselineSeconds, endSeconds: now, safeguarded: decision.safeguarded, succeeded: true,
                heldMillicoreSeconds: heldMillicoreSeconds + remaining * wholeSeconds * Double(allocation.millicores),
                heldMebibyteSeconds: heldMebibyteSeconds + remaining * wholeSeconds * Double(allocation.mebibytes)),
            demand: demand, wanted: decision.allocation, server: Int(server), coldStartSeconds: coldStartSeconds,
            wasCold: coldStartSeconds > 0, wasReclaimed: wasReclaimed, wasShrunk: wasShrunk,
            wasAcceleratedInFlight: wasAcceleratedInFlight)
    }
}
