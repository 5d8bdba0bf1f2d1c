public import Cluster
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization
public import Topology

/// Changes containers' limits by resizing their pods in place, where the API server can (pods/resize, from Kubernetes 1.33
/// on), and puts them back when their time is over.
///
/// A resize outlives whoever ordered it, so what was found is noted on the pod before it is changed. Whoever leads next puts
/// back what it finds noted and has not resized itself. What a node does not carry out in time, or cannot, is taken back.
public final class PodResizer: LimitCarrier, Service {
    let client: KubernetesClient
    let settings: ResizeSettings
    private let time: any TimeSource
    let logger: Logger
    private let objection: @Sendable () -> String?
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let guarded = Mutex(Guarded())

    private struct Guarded {
        var ledger = ResizeLedger()
        var obstacle: String? = "it is not known yet whether pods can be resized"
        /// When it is to be looked for what others have left behind; nil once that is put back.
        var restoreAt: MonotonicInstant? = MonotonicInstant(nanoseconds: 0)
    }

    /// Between two looks at what is due, in nanoseconds.
    private static let turnNanoseconds: UInt64 = 500_000_000

    /// A resizer that speaks through `client`. `objection` says why nothing may be changed, and is asked before each change.
    public init(
        client: KubernetesClient, settings: ResizeSettings, logger: Logger, time: any TimeSource = SystemTime(),
        objection: @escaping @Sendable () -> String? = { nil },
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.client = client
        self.settings = settings
        self.logger = logger
        self.time = time
        self.objection = objection
        self.pause = pause
    }

    public var name: String { "pod resize" }

    public func state(of node: NodeName, after count: UInt64) async -> LimitState {
        guarded.withLock { guarded in
            var state = guarded.ledger.state(of: node, after: count, at: time.now)
            state.obstacle = guarded.obstacle
            return state
        }
    }

    /// Puts back what is due and what others have left behind, until graceful shutdown or cancellation; then puts back all
    /// that is in force.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.turn()
                try await self.pause(Self.turnNanoseconds)
            }
        }
        for id in guarded.withLock({ $0.ledger.entries.keys.sorted() }) where objection() == nil {
            _ = await putBack(id, .returned)
        }
    }

    /// Does what is due.
    func turn() async {
        await learn()
        guard objection() == nil else {
            return guarded.withLock { $0.restoreAt = MonotonicInstant(nanoseconds: 0) }
        }
        for (id, reason) in guarded.withLock({ $0.ledger.due(at: time.now) }) { _ = await putBack(id, reason) }
        guard let restoreAt = guarded.withLock({ $0.restoreAt }), time.now >= restoreAt else { return }
        let isDone = await restoreAbandoned()
        let again = time.now.advanced(byNanoseconds: settings.retryNanoseconds)
        guarded.withLock { $0.restoreAt = isDone ? nil : again }
    }

    /// Puts everything back, also what others have left behind; returns why that was not possible for all of it, nil where it
    /// was. To be called when nothing is resized any more.
    public func putBackAll() async -> String? {
        if let objection = objection() { return objection }
        for id in guarded.withLock({ $0.ledger.entries.keys.sorted() }) { _ = await putBack(id, .returned) }
        let isDone = await restoreAbandoned()
        let left = guarded.withLock { $0.ledger.entries.count }
        if left > 0 { return "\(left) of the pods that were resized are not put back yet: it is tried again" }
        return isDone ? nil : "what another coordinator has resized is not put back yet: it is tried again"
    }

    /// Asks whether pods can be resized, until it is known.
    private func learn() async {
        guard guarded.withLock({ $0.obstacle }) != nil else { return }
        var obstacle: String?
        do throws(KubernetesError) {
            if try await !client.canResizePods() {
                obstacle = "\(client.access.server) has no pods/resize, which comes with Kubernetes 1.33"
            }
        } catch {
            obstacle = "whether pods can be resized is not known: \(error)"
        }
        guarded.withLock { $0.obstacle = obstacle }
    }

    public func carryOut(
        _ order: LeaseOrder, of container: LimitedContainer, on node: NodeName, patienceNanoseconds: UInt64
    ) async -> LeaseOutcome {
        if let objection = objection() { return .notSent(objection) }
        switch order {
        case .take(let request):
            await learn()
            if let obstacle = guarded.withLock({ $0.obstacle }) {
                return .told(refuse(request.id, container.containerID, on: node, obstacle))
            }
            return await take(request, of: container, on: node)
        case .end(let id):
            guard guarded.withLock({ $0.ledger.entries[id] }) != nil else {
                return .told(refuse(id, nil, on: node, "there is no lease \(id)"))
            }
            return await putBack(id, .returned).map { .told($0) } ?? .unanswered
        }
    }

    private func take(_ request: LeaseRequest, of container: LimitedContainer, on node: NodeName) async -> LeaseOutcome {
        do throws(ResizeRefusal) {
            if let renewed = try renew(request) { return .told(renewed) }
            try begin(request, of: container, on: node)
        } catch {
            // What another order with this number has changed stays in the ledger.
            return .told(
                LeaseEvent(
                    id: request.id, containerID: container.containerID, kind: .refused, sentence: error.sentence))
        }
        return .told(await resize(request, of: container, on: node))
    }

    private func renew(_ request: LeaseRequest) throws(ResizeRefusal) -> LeaseEvent? {
        let result = guarded.withLock { guarded -> Result<LeaseEvent?, ResizeRefusal> in
            do throws(ResizeRefusal) {
                return .success(try guarded.ledger.renew(request, at: time.now))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func begin(
        _ request: LeaseRequest, of container: LimitedContainer, on node: NodeName
    ) throws(ResizeRefusal) {
        let result = guarded.withLock { guarded -> Result<Void, ResizeRefusal> in
            do throws(ResizeRefusal) {
                return .success(try guarded.ledger.begin(request, of: container, on: node))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func refuse(_ id: LeaseID, _ containerID: String?, on node: NodeName, _ sentence: String) -> LeaseEvent {
        guarded.withLock { $0.ledger.refuse(id, containerID, on: node, sentence) }
    }

    /// Notes what was found, resizes, and waits until the node has done so.
    private func resize(_ request: LeaseRequest, of container: LimitedContainer, on node: NodeName) async -> LeaseEvent {
        let key = ObjectKey(namespace: container.namespace, name: container.pod)
        let plan: ResizePlan
        switch await prepare(request, key) {
        case .failure(let refusal): return refuse(request.id, container.containerID, on: node, refusal.sentence)
        case .success(let prepared): plan = prepared
        }
        let sentence: String
        switch await change(key, plan.container, to: plan.granted) {
        case .done:
            let until = time.now.advanced(byNanoseconds: request.durationNanoseconds)
            return guarded.withLock { $0.ledger.hold(request.id, until: until) }
                ?? refuse(request.id, container.containerID, on: node, "the resize was put back meanwhile")
        case .gone: sentence = "the pod is gone"
        case .failed(let why): sentence = why
        }
        // What was refused, waits for room or cannot be is taken back, so that it does not come about later.
        let note = ResizeNote(by: settings.identity, container: plan.container, found: plan.found, granted: plan.granted)
        switch await restore(note, key, uid: nil) {
        case .done, .gone: return refuse(request.id, container.containerID, on: node, sentence)
        case .failed(let why):
            let retryAt = time.now.advanced(byNanoseconds: settings.retryNanoseconds)
            return guarded.withLock { $0.ledger.delay(request.id, .returned, "\(sentence); \(why)", retryAt: retryAt) }
                ?? refuse(request.id, container.containerID, on: node, sentence)
        }
    }

    /// Reads the pod, decides what to change, and notes on it what is there.
    private func prepare(_ request: LeaseRequest, _ key: ObjectKey) async -> Result<ResizePlan, ResizeRefusal> {
        let pod: ResizablePod
        switch await read(key) {
        case .failure(let error): return .failure(ResizeRefusal("the pod cannot be read: \(error)"))
        case .success(let present): pod = present
        }
        do throws(ResizeRefusal) {
            guard pod.annotations[ManagedNames.foundLimitsAnnotation] == nil else {
                throw ResizeRefusal("another coordinator has resized the pod, and that is not put back yet")
            }
            let plan = try ResizePlan(request, in: pod)
            guarded.withLock { $0.ledger.plan(request.id, plan, uid: pod.metadata.uid) }
            let note = ResizeNote(
                by: settings.identity, container: plan.container, found: plan.found, granted: plan.granted)
            if let why = await mark(key, note.text, resourceVersion: pod.metadata.resourceVersion) {
                throw ResizeRefusal("the pod's limits cannot be noted: \(why)")
            }
            return .success(plan)
        } catch {
            return .failure(error)
        }
    }

    /// Puts back what the resize `id` has changed; returns what became of it, nil where somebody else is at it.
    private func putBack(_ id: LeaseID, _ reason: LeaseEvent.Reason) async -> LeaseEvent? {
        guard let entry = guarded.withLock({ $0.ledger.take(id) }) else { return nil }
        guard let plan = entry.plan else { return guarded.withLock { $0.ledger.close(id, reason) } }
        let key = ObjectKey(namespace: entry.container.namespace, name: entry.container.pod)
        let note = ResizeNote(by: settings.identity, container: plan.container, found: plan.found, granted: plan.granted)
        switch await restore(note, key, uid: entry.uid) {
        case .done: return guarded.withLock { $0.ledger.close(id, reason) }
        case .gone:
            return guarded.withLock { $0.ledger.close(id, .changedElsewhere, "the pod is gone, or somebody has changed it") }
        case .failed(let why):
            let retryAt = time.now.advanced(byNanoseconds: settings.retryNanoseconds)
            return guarded.withLock { $0.ledger.delay(id, reason, why, retryAt: retryAt) }
        }
    }

    /// The resizes that this process has under way or in force.
    var podsInHand: Set<ObjectKey> {
        guarded.withLock { guarded in
            Set(guarded.ledger.entries.values.map { ObjectKey(namespace: $0.container.namespace, name: $0.container.pod) })
        }
    }

    var now: MonotonicInstant { time.now }

    /// Waits for `nanoseconds`; false when the task is cancelled.
    func rest(_ nanoseconds: UInt64) async -> Bool {
        do {
            try await pause(nanoseconds)
            return true
        } catch {
            return false
        }
    }
}
