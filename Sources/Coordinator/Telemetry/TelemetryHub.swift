public import Measures
import Synchronization
public import Topology
public import Wire

/// The one place where telemetry arrives and where decisions read it: `TelemetryState` behind a lock that is held for
/// microseconds, and the readers that wait for a window to fill.
public final class TelemetryHub: Sendable {
    /// What takes each batch that was accepted, with its columns and when it arrived.
    public typealias BatchTap = @Sendable (_ batch: Batch, _ columns: ColumnTable, _ arrivedAt: MonotonicInstant) -> Void

    private let time: any TimeSource
    private let guarded: Mutex<Guarded>
    private let tap = Mutex<Tap?>(nil)
    /// Where leases are ordered, and what became of them is told.
    public let leases: LeaseDesk

    /// A closure in a generic place would be wrapped anew each time that the lock is held.
    private struct Tap: Sendable {
        let take: BatchTap
    }

    private struct Guarded {
        var state: TelemetryState
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false

        /// The windows that `waiter` waits for, or nil when it must wait on.
        func windows(for waiter: Waiter, at now: MonotonicInstant) -> [NodeName: NodeMetrics]? {
            let isOver = isClosed || now >= waiter.deadline
            var windows: [NodeName: NodeMetrics] = [:]
            for node in waiter.nodes {
                if let window = state.window(of: node, from: waiter.start, at: now) {
                    windows[node] = window
                } else if isOver {
                    windows[node] = .unknown(reason: "\(node) sent no whole window in time")
                } else {
                    return nil
                }
            }
            return windows
        }
    }

    private struct Waiter {
        let nodes: [NodeName]
        let start: MonotonicInstant
        let deadline: MonotonicInstant
        let continuation: CheckedContinuation<[NodeName: NodeMetrics], Never>
    }

    /// A hub that has heard of nobody yet and reckons ages on `time`.
    public init(settings: TelemetrySettings, time: any TimeSource) {
        self.time = time
        guarded = Mutex(Guarded(state: TelemetryState(settings: settings)))
        leases = LeaseDesk(time: time)
    }

    /// The state as it is now.
    public func snapshot() -> (state: TelemetryState, takenAt: MonotonicInstant) {
        guarded.withLock { ($0.state, time.now) }
    }

    /// Takes one message; returns what to answer. See `TelemetryState.receive`.
    public func receive(_ message: AgentMessage, from sender: String) -> CoordinatorMessage {
        let (answer, columns, now) = settle { guarded, now in
            let (answer, columns) = guarded.state.take(message, from: sender, at: now)
            return (answer, columns, now)
        }
        if let columns, case .batch(let batch) = message, let tap = tap.withLock({ $0 }) {
            tap.take(batch, columns, now)
        }
        return answer
    }

    /// Has `take` called with each batch that is accepted from now on, on the thread that it arrived on, in the order of each
    /// node's sequence; it must not wait for anything.
    public func onBatch(_ take: BatchTap?) { tap.withLock { $0 = take.map(Tap.init) } }

    /// Takes a report on containers; one on another node than the sender's own is counted and dropped.
    public func receive(_ report: ContainerReport, from sender: String) {
        guarded.withLock { _ = $0.state.receive(report, from: sender, at: time.now) }
    }

    /// Takes a report on leases; one on another node than the sender's own is counted and dropped.
    public func receive(_ report: LeaseReport, from sender: String) {
        guard guarded.withLock({ $0.state.mayReport(on: report.node, sender) }) else { return }
        leases.receive(report)
    }

    /// Counts bytes that were no message; returns what to answer.
    public func receiveMalformed(_ error: WireError) -> CoordinatorMessage {
        guarded.withLock { $0.state.receiveMalformed(error) }
    }

    /// Notes how many connections and messages the transport has refused since its start.
    public func noteRefusals(connections: UInt64, messages: UInt64) {
        guarded.withLock { $0.state.noteRefusals(connections: connections, messages: messages) }
    }

    /// How often nodes are to be sampled.
    public var intervalOrders: IntervalOrders { guarded.withLock { $0.state.intervalOrders } }

    /// Orders an interval for one node, or for all and those to come; the telemetry socket tells the agents.
    public func order(intervalMilliseconds: UInt32, of node: NodeName?) {
        guarded.withLock { $0.state.order(intervalMilliseconds: intervalMilliseconds, of: node) }
    }

    /// How many readers wait for a window.
    package var waitingReaders: Int { guarded.withLock { $0.waiters.count } }

    /// Answers the waiting readers whose time is over; to be called every few tens of milliseconds.
    public func expire() {
        settle { _, _ in }
        leases.expire()
    }

    /// Answers all waiting readers with what there is, and later ones at once.
    public func close() {
        settle { guarded, _ in guarded.isClosed = true }
        leases.close()
    }

    /// What is known of each of `nodes` over a window that began after this call. Waits until every node's window is
    /// full or the node is unknown, at most until a silent node counts as unknown.
    public func freshWindow(of nodes: [NodeName]) async -> [NodeName: NodeMetrics] {
        let start = time.now
        let id = guarded.withLock { guarded in
            guarded.nextWaiter += 1
            return guarded.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                settle { guarded, _ in
                    guarded.waiters[id] = Waiter(
                        nodes: nodes, start: start,
                        deadline: start.advanced(
                            byNanoseconds: guarded.state.unknownAfterNanoseconds(of: nodes)
                                + guarded.state.settings.windowNanoseconds),
                        continuation: continuation)
                }
                if Task.isCancelled { release(id) }
            }
        } onCancel: {
            release(id)
        }
    }

    /// Changes the state and answers every reader that the change has satisfied, outside the lock.
    @discardableResult
    private func settle<Result: Sendable>(_ change: (inout sending Guarded, MonotonicInstant) -> Result) -> Result {
        let now = time.now
        let (result, answers) = guarded.withLock { guarded in
            let result = change(&guarded, now)
            guard !guarded.waiters.isEmpty else { return (result, [Answer]()) }
            var answers: [Answer] = []
            for (id, waiter) in guarded.waiters {
                guard let windows = guarded.windows(for: waiter, at: now) else { continue }
                guarded.waiters[id] = nil
                answers.append(Answer(continuation: waiter.continuation, windows: windows))
            }
            return (result, answers)
        }
        for answer in answers { answer.continuation.resume(returning: answer.windows) }
        return result
    }

    private struct Answer {
        let continuation: CheckedContinuation<[NodeName: NodeMetrics], Never>
        let windows: [NodeName: NodeMetrics]
    }

    private func release(_ id: UInt64) {
        let waiter = guarded.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(returning: [:])
    }
}
