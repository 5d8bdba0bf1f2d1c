import Measures
import Topology

/// The leases of a node as a pure value: requests, looks and the passing of time go in, actions come out.
///
/// A lease is recorded before its first limit is changed and leaves the record after the last is given back. It ends
/// when its time is over, when the owner comes near a limit that was lowered for it, when the coordinator ends it, when
/// the container is gone, when somebody else sets one of its limits, or when the agent stops: none of these needs the
/// coordinator. A limit that cannot be given back at once is tried again until it can.
struct LeaseBook: Sendable {
    /// What the shell does, in the order of the actions.
    enum Action: Hashable, Sendable {
        /// Store `recorded`, then make these changes in their order; `didApply` is told what became of it.
        case apply(LeaseID, [LimitChange])
        /// Put back what these changes replaced, in their order, each only where the file still holds what was granted;
        /// `didGiveBack` is told what became of each.
        case giveBack(LeaseID, [LimitChange])
        /// Store `recorded`: a lease has left it.
        case store
        /// Tell the coordinator and the log.
        case report(LeaseEvent)
    }

    /// What a look at a leased container shows.
    enum Look: Hashable, Sendable {
        /// The container is gone.
        case gone
        /// Somebody else has set one of its limits; the sentence says which, and to what.
        case changedElsewhere(String)
        /// This use.
        case use(LeaseUse)
    }

    /// How a lease ends, or the refusal that a failed granting ends with.
    private enum Ending: Hashable {
        case reason(LeaseEvent.Reason, String?)
        case refusal(String)
    }

    private enum Phase: Hashable {
        /// The shell makes the changes.
        case applying(until: MonotonicInstant)
        /// The limits are in force until then, at the latest.
        case held(until: MonotonicInstant)
        /// The limits go back; at the given instant it is tried again.
        case returning(Ending, retryAt: MonotonicInstant)
    }

    private struct Entry {
        let containerID: String
        let podUID: String?
        let cpuCores: Double?
        let memoryBytes: UInt64?
        let changes: [LimitChange]
        let raisesPod: Bool
        var watch: GrantWatch?
        var phase: Phase
        var isDelayTold = false
    }

    /// How long after a failed attempt a limit is tried to be given back again.
    static let retryNanoseconds: UInt64 = 100_000_000

    private let settings: LeaseSettings
    private let pageBytes: UInt64
    private var entries: [LeaseID: Entry] = [:]

    /// A book that begins by giving back what `recorded` says an earlier agent has left behind.
    init(settings: LeaseSettings, pageBytes: UInt64, recorded: [RecordedLease] = []) {
        self.settings = settings
        self.pageBytes = pageBytes
        for lease in recorded {
            entries[lease.id] = Entry(
                containerID: lease.containerID, podUID: nil, cpuCores: nil, memoryBytes: nil, changes: lease.changes,
                raisesPod: false, phase: .returning(.reason(.recovered, nil), retryAt: MonotonicInstant(nanoseconds: 0))
            )
        }
    }

    /// What must be on record: every change that is or may be in force.
    var recorded: [RecordedLease] {
        entries.sorted { $0.key < $1.key }.map { id, entry in
            RecordedLease(id: id, containerID: entry.containerID, changes: entry.changes)
        }
    }

    /// The leases in force at `now`, and those that are being given back.
    func held(at now: MonotonicInstant) -> [HeldLease] {
        entries.sorted { $0.key < $1.key }.map { id, entry in
            let remaining: UInt64
            switch entry.phase {
            case .applying(let until), .held(let until): remaining = until.nanoseconds(since: now)
            case .returning: remaining = 0
            }
            return HeldLease(
                id: id, containerID: entry.containerID, cpuCores: entry.cpuCores, memoryBytes: entry.memoryBytes,
                remainingNanoseconds: remaining)
        }
    }

    /// The leases that are to be looked at, with what is watched of each.
    var watched: [(id: LeaseID, watch: GrantWatch, changes: [LimitChange])] {
        entries.compactMap { id, entry in
            guard case .held = entry.phase, let watch = entry.watch else { return nil }
            return (id, watch, entry.changes)
        }
    }

    /// When `tick` has something to do though nothing happens until then; nil when it has not.
    var deadline: MonotonicInstant? {
        entries.values.compactMap { entry in
            switch entry.phase {
            case .applying: nil
            case .held(let until): until
            case .returning(_, let retryAt): retryAt
            }
        }.min()
    }

    /// Takes a request for a lease on the container that `subject` describes, nil when the node has none of that id.
    mutating func take(_ request: LeaseRequest, of subject: LeaseSubject?, at now: MonotonicInstant) -> [Action] {
        do throws(LeaseRefusal) {
            return try grant(request, of: subject, at: now)
        } catch {
            return [
                .report(
                    LeaseEvent(
                        id: request.id, containerID: request.containerID, kind: .refused, sentence: error.sentence))
            ]
        }
    }

    private mutating func grant(
        _ request: LeaseRequest, of subject: LeaseSubject?, at now: MonotonicInstant
    ) throws(LeaseRefusal) -> [Action] {
        guard settings.isEnabled else { throw LeaseRefusal("this node's agent is not allowed to change limits") }
        guard request.durationNanoseconds > 0, request.durationNanoseconds <= settings.longestNanoseconds else {
            throw LeaseRefusal(
                "a lease of \(seconds(request.durationNanoseconds)) s is not possible: allowed is more than 0 and at"
                    + " most \(seconds(settings.longestNanoseconds)) s")
        }
        let until = now.advanced(byNanoseconds: request.durationNanoseconds)
        if let entry = entries[request.id] { return try renew(entry, by: request, until: until) }
        if let other = entries.first(where: { $0.value.containerID == request.containerID }) {
            throw LeaseRefusal("the container has lease \(other.key) already: allowed is one at a time")
        }
        guard entries.count < settings.maximumLeases else {
            throw LeaseRefusal("the node has \(entries.count) leases: allowed are \(settings.maximumLeases)")
        }
        guard let subject else { throw LeaseRefusal("the node has no such container") }
        let plan = try LeasePlan(request, of: subject, settings: settings, pageBytes: pageBytes)
        if plan.raisesPod,
            let other = entries.first(where: { $0.value.raisesPod && $0.value.podUID == subject.podUID })
        {
            throw LeaseRefusal(
                "lease \(other.key) has raised the limits of the container's pod: allowed is one such lease at a time")
        }
        entries[request.id] = Entry(
            containerID: request.containerID, podUID: subject.podUID, cpuCores: request.cpuCores,
            memoryBytes: request.memoryBytes, changes: plan.changes, raisesPod: plan.raisesPod,
            watch: GrantWatch(plan, settings: settings), phase: .applying(until: until))
        return [.apply(request.id, plan.changes)]
    }

    private mutating func renew(
        _ entry: Entry, by request: LeaseRequest, until: MonotonicInstant
    ) throws(LeaseRefusal) -> [Action] {
        guard case .held = entry.phase else { throw LeaseRefusal("the lease is being given back") }
        guard entry.containerID == request.containerID, entry.cpuCores == request.cpuCores,
            entry.memoryBytes == request.memoryBytes
        else { throw LeaseRefusal("a lease in force keeps its container and limits: end it and take another") }
        entries[request.id]?.phase = .held(until: until)
        return [.report(LeaseEvent(id: request.id, containerID: entry.containerID, kind: .renewed))]
    }

    /// Notes that the changes of a lease were made, or what went wrong in one sentence; then those that were made go
    /// back.
    mutating func didApply(_ id: LeaseID, failure: String?, at now: MonotonicInstant) -> [Action] {
        guard let entry = entries[id], case .applying(let until) = entry.phase else { return [] }
        if let failure { return giveBack(id, .refusal(failure), at: now) }
        entries[id]?.phase = .held(until: until)
        return [.report(LeaseEvent(id: id, containerID: entry.containerID, kind: .granted))]
    }

    /// Notes what became of each change that was to be given back, in the order of the action.
    mutating func didGiveBack(_ id: LeaseID, _ outcomes: [Restoration], at now: MonotonicInstant) -> [Action] {
        guard let entry = entries[id], case .returning(let ending, _) = entry.phase else { return [] }
        var foreign: String?
        for (change, outcome) in zip(entry.changes.reversed(), outcomes) {
            switch outcome {
            case .restored, .gone: continue
            case .foreign(let text):
                foreign = foreign ?? "\(change.path) holds \(text.debugDescription) now and is left so"
            case .failed(let sentence):
                entries[id]?.phase = .returning(ending, retryAt: now.advanced(byNanoseconds: Self.retryNanoseconds))
                guard !entry.isDelayTold else { return [] }
                entries[id]?.isDelayTold = true
                return [
                    .report(LeaseEvent(id: id, containerID: entry.containerID, kind: .delayed, sentence: sentence))
                ]
            }
        }
        entries[id] = nil
        var event = LeaseEvent(id: id, containerID: entry.containerID, kind: .ended)
        switch ending {
        case .reason(let reason, let sentence):
            event.reason = foreign == nil ? reason : .changedElsewhere
            event.sentence = foreign ?? sentence
        case .refusal(let sentence):
            event.kind = .refused
            event.sentence = sentence
        }
        return [.store, .report(event)]
    }

    /// Takes a look at a leased container.
    mutating func observe(_ id: LeaseID, _ look: Look, at now: MonotonicInstant) -> [Action] {
        guard let entry = entries[id], case .held = entry.phase else { return [] }
        switch look {
        case .gone: return giveBack(id, .reason(.containerGone, nil), at: now)
        case .changedElsewhere(let sentence): return giveBack(id, .reason(.changedElsewhere, sentence), at: now)
        case .use(let use):
            guard let sign = entries[id]?.watch?.sign(in: use) else { return [] }
            return giveBack(id, .reason(.nearGrant, sign), at: now)
        }
    }

    /// Ends the leases whose time is over, and tries again what could not be given back before.
    mutating func tick(at now: MonotonicInstant) -> [Action] {
        entries.keys.sorted().flatMap { id -> [Action] in
            switch entries[id]?.phase {
            case .held(let until) where now >= until: return giveBack(id, .reason(.expired, nil), at: now)
            case .returning(let ending, let retryAt) where now >= retryAt: return giveBack(id, ending, at: now)
            case .applying, .held, .returning, nil: return []
            }
        }
    }

    /// Ends a lease because whoever took it says so.
    mutating func end(_ id: LeaseID, at now: MonotonicInstant) -> [Action] {
        guard let entry = entries[id] else {
            return [
                .report(LeaseEvent(id: id, containerID: nil, kind: .refused, sentence: "the node has no lease \(id)"))
            ]
        }
        guard case .held = entry.phase else { return [] }
        return giveBack(id, .reason(.returned, nil), at: now)
    }

    /// Ends every lease because the agent stops.
    mutating func endAll(at now: MonotonicInstant) -> [Action] {
        entries.keys.sorted().flatMap { id -> [Action] in
            guard case .returning(let ending, _) = entries[id]?.phase else {
                return giveBack(id, .reason(.agentStopped, nil), at: now)
            }
            return giveBack(id, ending, at: now)
        }
    }

    private mutating func giveBack(_ id: LeaseID, _ ending: Ending, at now: MonotonicInstant) -> [Action] {
        guard let entry = entries[id] else { return [] }
        entries[id]?.phase = .returning(ending, retryAt: now.advanced(byNanoseconds: Self.retryNanoseconds))
        return [.giveBack(id, entry.changes.reversed())]
    }

    private func seconds(_ nanoseconds: UInt64) -> Double { rounded(Double(nanoseconds) * 1e-9) }
}
