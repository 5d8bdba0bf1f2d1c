import Cluster
import Measures
import Topology

/// The resizes of pods that are or may be in force, and what has become of such lately: a pure value.
///
/// Each is worked on by one at a time: whoever takes it in hand puts it down again with what came of it.
struct ResizeLedger: Sendable {
    /// A resize.
    struct Entry: Sendable {
        let node: NodeName
        let container: LimitedContainer
        let request: LeaseRequest
        /// The pod's uid and what was changed in it; nil before that is known.
        var uid: String?
        var plan: ResizePlan?
        var phase: Phase
    }

    enum Phase: Hashable, Sendable {
        /// Somebody is at it.
        case inHand
        /// The limits are in force until then, unless it is renewed.
        case held(until: MonotonicInstant)
        /// The limits could not be put back yet; at the given instant it is tried again.
        case returning(LeaseEvent.Reason, retryAt: MonotonicInstant)
    }

    /// Resizes at once: each is some requests to the API server now and later.
    static let maximumEntries = 256
    /// Events kept for each node.
    static let keptEvents = 64

    private(set) var entries: [LeaseID: Entry] = [:]
    private var news: [NodeName: (events: [LeaseEvent], count: UInt64)] = [:]

    /// What is known of `node`, with the events after the first `count`.
    func state(of node: NodeName, after count: UInt64, at now: MonotonicInstant) -> LimitState {
        let held = entries.filter { $0.value.node == node }.sorted { $0.key < $1.key }.map { id, entry in
            var remaining: UInt64 = 0
            if case .held(let until) = entry.phase { remaining = until.nanoseconds(since: now) }
            return HeldLease(
                id: id, containerID: entry.container.containerID, cpuCores: entry.request.cpuCores,
                memoryBytes: entry.request.memoryBytes, remainingNanoseconds: remaining)
        }
        let known = news[node] ?? ([], 0)
        let unread = known.count > count ? Int(clamping: known.count - count) : 0
        return LimitState(obstacle: nil, held: held, events: known.events.suffix(unread), count: known.count)
    }

    /// Takes a new resize in hand. Throws `ResizeRefusal` where there is one already, or there are too many.
    mutating func begin(
        _ request: LeaseRequest, of container: LimitedContainer, on node: NodeName
    ) throws(ResizeRefusal) {
        guard entries.count < Self.maximumEntries else {
            throw ResizeRefusal("\(entries.count) containers are resized: allowed are \(Self.maximumEntries)")
        }
        // The annotation on a pod has room for one of its containers.
        guard !entries.values.contains(where: { $0.container.namespace == container.namespace && $0.container.pod == container.pod })
        else { throw ResizeRefusal("a container of the pod is resized already: allowed is one at a time") }
        entries[request.id] = Entry(node: node, container: container, request: request, phase: .inHand)
    }

    /// What will be changed, noted on the pod before it is.
    mutating func plan(_ id: LeaseID, _ plan: ResizePlan, uid: String?) {
        entries[id]?.plan = plan
        entries[id]?.uid = uid
    }

    /// The limits are in force until `until`; returns what to tell.
    mutating func hold(_ id: LeaseID, until: MonotonicInstant) -> LeaseEvent? {
        guard let entry = entries[id] else { return nil }
        entries[id]?.phase = .held(until: until)
        return tell(LeaseEvent(id: id, containerID: entry.container.containerID, kind: .granted), on: entry.node)
    }

    /// Prolongs a resize in force; nil where there is none of this number. Throws `ResizeRefusal` when it is another
    /// container's or has other limits, or is being put back.
    mutating func renew(
        _ request: LeaseRequest, at now: MonotonicInstant
    ) throws(ResizeRefusal) -> LeaseEvent? {
        guard let entry = entries[request.id] else { return nil }
        guard case .held = entry.phase else { throw ResizeRefusal("the pod is being resized") }
        guard entry.request.containerID == request.containerID, entry.request.cpuCores == request.cpuCores,
            entry.request.memoryBytes == request.memoryBytes
        else { throw ResizeRefusal("a lease in force keeps its container and limits: end it and take another") }
        entries[request.id]?.phase = .held(until: now.advanced(byNanoseconds: request.durationNanoseconds))
        return tell(LeaseEvent(id: request.id, containerID: request.containerID, kind: .renewed), on: entry.node)
    }

    /// Takes a resize in hand to put it back; nil where somebody is at it, or there is none.
    mutating func take(_ id: LeaseID) -> Entry? {
        guard let entry = entries[id], entry.phase != .inHand else { return nil }
        entries[id]?.phase = .inHand
        return entry
    }

    /// What is to be put back at `now`, and why: what nobody has renewed, and what could not be put back before.
    func due(at now: MonotonicInstant) -> [(id: LeaseID, reason: LeaseEvent.Reason)] {
        entries.sorted { $0.key < $1.key }.compactMap { id, entry in
            switch entry.phase {
            case .held(let until) where now >= until: (id, .expired)
            case .returning(let reason, let retryAt) where now >= retryAt: (id, reason)
            case .inHand, .held, .returning: nil
            }
        }
    }

    /// It could not be put back yet; returns what to tell.
    mutating func delay(
        _ id: LeaseID, _ reason: LeaseEvent.Reason, _ sentence: String, retryAt: MonotonicInstant
    ) -> LeaseEvent? {
        guard let entry = entries[id] else { return nil }
        entries[id]?.phase = .returning(reason, retryAt: retryAt)
        return tell(
            LeaseEvent(id: id, containerID: entry.container.containerID, kind: .delayed, sentence: sentence),
            on: entry.node)
    }

    /// It is over: the user's limits hold, or are not ours to put back; returns what to tell.
    mutating func close(_ id: LeaseID, _ reason: LeaseEvent.Reason, _ sentence: String? = nil) -> LeaseEvent? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        return tell(
            LeaseEvent(
                id: id, containerID: entry.container.containerID, kind: .ended, reason: reason, sentence: sentence),
            on: entry.node)
    }

    /// Nothing was changed, or it has been put back at once; returns what to tell.
    mutating func refuse(_ id: LeaseID, _ containerID: String?, on node: NodeName, _ sentence: String) -> LeaseEvent {
        entries[id] = nil
        return tell(LeaseEvent(id: id, containerID: containerID, kind: .refused, sentence: sentence), on: node)
    }

    @discardableResult
    private mutating func tell(_ event: LeaseEvent, on node: NodeName) -> LeaseEvent {
        var known = news[node] ?? ([], 0)
        known.events.append(event)
        known.count += 1
        if known.events.count > Self.keptEvents { known.events.removeFirst() }
        news[node] = known
        return event
    }
}
