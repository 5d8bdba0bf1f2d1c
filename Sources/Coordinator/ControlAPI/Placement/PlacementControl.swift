import Synchronization

/// The shared end of the placement service: orders go in, the status comes out. Any thread may use it.
public final class PlacementControl: Sendable {
    private let guarded = Mutex(Guarded())

    private struct Guarded {
        var status = PlacementStatus.idle
        var order: PlacementSession?
        var isPaused = false
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// A control that nobody has used yet.
    public init() {}

    /// What the service is doing. A pause counts from the moment it is asked for, though the next request may be long in
    /// coming.
    public var status: PlacementStatus {
        guarded.withLock { guarded in
            var status = guarded.status
            if guarded.isPaused, status.state == .running { status.state = .paused }
            if !guarded.isPaused, status.state == .paused { status.state = .running }
            return status
        }
    }

    /// Asks for a session; it begins before the next step, in place of the present one.
    public func start(_ session: PlacementSession) {
        change { guarded in
            guarded.order = session
            guarded.status = PlacementStatus(session: session, state: .running)
        }
    }

    /// Takes no more decisions until `resume`; the step under way ends first.
    public func pause() { change { $0.isPaused = true } }

    /// Goes on after `pause`.
    public func resume() { change { $0.isPaused = false } }

    /// Wakes the service for its end.
    func close() { change { $0.isClosed = true } }

    /// Notes that the present session has come to its end, unless another one has been asked for meanwhile.
    func noteEnd() {
        guarded.withLock { guarded in
            if guarded.order == nil { guarded.status.state = .exhausted }
        }
    }

    /// Notes something in the status.
    func note(_ update: @Sendable (inout PlacementStatus) -> Void) {
        guarded.withLock { update(&$0.status) }
    }

    /// The session asked for since the last question, if any.
    func takeOrder() -> PlacementSession? {
        guarded.withLock { guarded in
            defer { guarded.order = nil }
            return guarded.isPaused ? nil : guarded.order
        }
    }

    /// Whether no decisions are to be taken now.
    public var isPaused: Bool { guarded.withLock { $0.isPaused } }

    /// Whether the service is to end.
    var isClosed: Bool { guarded.withLock { $0.isClosed } }

    /// Waits until the control is changed; returns at once when there is an order already or the service is to end.
    func waitForChange() async {
        await withCheckedContinuation { continuation in
            let mustWait = guarded.withLock { guarded in
                let isReady = guarded.isClosed || (guarded.order != nil && !guarded.isPaused)
                if !isReady { guarded.waiter = continuation }
                return !isReady
            }
            if !mustWait { continuation.resume() }
        }
    }

    private func change(_ update: (inout Guarded) -> Void) {
        let waiter = guarded.withLock { guarded in
            update(&guarded)
            defer { guarded.waiter = nil }
            return guarded.waiter
        }
        waiter?.resume()
    }
}
