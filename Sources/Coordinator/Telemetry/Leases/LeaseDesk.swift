public import Measures
import Synchronization
public import Topology
import Wire

/// Where leases are ordered and what became of them is told: `LeaseLedger` behind a lock, and those who wait for an
/// answer.
public final class LeaseDesk: Sendable {
    private let time: any TimeSource
    private let patienceNanoseconds: UInt64
    private let guarded: Mutex<Guarded>

    private struct Guarded {
        var ledger = LeaseLedger()
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false
        var onOrder: (@Sendable () -> Void)?
    }

    private struct Waiter {
        let order: LeaseLedger.Order
        let mark: UInt64
        let deadline: MonotonicInstant
        let continuation: CheckedContinuation<LeaseOutcome, Never>
    }

    /// A desk that waits for `patienceNanoseconds` at most until an agent answers an order.
    init(time: any TimeSource, patienceNanoseconds: UInt64 = 3_000_000_000) {
        self.time = time
        self.patienceNanoseconds = patienceNanoseconds
        guarded = Mutex(Guarded())
    }

    /// What is known now.
    public func snapshot() -> (ledger: LeaseLedger, takenAt: MonotonicInstant) {
        guarded.withLock { ($0.ledger, time.now) }
    }

    /// Has `body` called whenever an order waits to be sent, from whatever thread; nil for nobody.
    public func onOrder(_ body: (@Sendable () -> Void)?) {
        guarded.withLock { $0.onOrder = body }
    }

    /// Sends an order to the agent of `node` and waits for what becomes of it, for `patienceNanoseconds` at most where that
    /// is less than the desk's own.
    public func carryOut(
        _ order: LeaseOrder, on node: NodeName, patienceNanoseconds: UInt64 = .max
    ) async -> LeaseOutcome {
        let patience = min(patienceNanoseconds, self.patienceNanoseconds)
        let id = guarded.withLock { guarded in
            guarded.nextWaiter += 1
            return guarded.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                settle { guarded, now in
                    let order = LeaseLedger.Order(node: node, order: order)
                    let mark = guarded.ledger.mark(of: node)
                    if !guarded.ledger.add(order) {
                        guarded.ledger.fail(order, "too many orders wait to be sent", at: now)
                    }
                    guarded.waiters[id] = Waiter(
                        order: order, mark: mark, deadline: now.advanced(byNanoseconds: patience),
                        continuation: continuation)
                }
                if Task.isCancelled { release(id) }
                guarded.withLock { $0.onOrder }?()
            }
        } onCancel: {
            release(id)
        }
    }

    /// The orders that wait to be sent, each once: for the thread of the telemetry socket.
    public func takeOrders() -> [LeaseLedger.Order] { guarded.withLock { $0.ledger.takeOrders() } }

    /// Notes that an order could not be sent, for the reason in `sentence`.
    public func couldNotSend(_ order: LeaseLedger.Order, _ sentence: String) {
        settle { $0.ledger.fail(order, sentence, at: $1) }
    }

    /// Takes a report.
    func receive(_ report: LeaseReport) {
        settle { $0.ledger.receive(report, at: $1) }
    }

    /// Answers those whose time is over; to be called every few tens of milliseconds.
    func expire() {
        settle { _, _ in }
    }

    /// Answers all who wait, and later ones at once.
    func close() {
        settle { guarded, _ in guarded.isClosed = true }
    }

    /// How many wait for an answer.
    package var waiting: Int { guarded.withLock { $0.waiters.count } }

    private struct Answer {
        let continuation: CheckedContinuation<LeaseOutcome, Never>
        let outcome: LeaseOutcome
    }

    /// Changes what is known and answers everybody whom the change has satisfied, outside the lock.
    private func settle(_ change: (inout sending Guarded, MonotonicInstant) -> Void) {
        let now = time.now
        let answers = guarded.withLock { guarded in
            change(&guarded, now)
            var answers: [Answer] = []
            for (id, waiter) in guarded.waiters {
                let outcome = guarded.ledger.answer(to: waiter.order, after: waiter.mark)
                guard outcome != nil || guarded.isClosed || now >= waiter.deadline else { continue }
                guarded.waiters[id] = nil
                answers.append(Answer(continuation: waiter.continuation, outcome: outcome ?? .unanswered))
            }
            return answers
        }
        for answer in answers { answer.continuation.resume(returning: answer.outcome) }
    }

    private func release(_ id: UInt64) {
        let waiter = guarded.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(returning: .unanswered)
    }
}
