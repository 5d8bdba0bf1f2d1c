import Synchronization

/// Counts that every event loop adds to; each stands for itself, so no order among them is promised.
final class ProxyCounters: Sendable {
    let clientConnections = Atomic<Int>(0)
    let workerConnections = Atomic<Int>(0)
    let resent = Atomic<UInt64>(0)
    let lostLogLines = Atomic<UInt64>(0)
    private let statuses = Mutex<[UInt64]>(Array(repeating: 0, count: 10))
    private let refusals = Mutex<[RefusalReason: UInt64]>([:])

    func answered(_ status: Int) {
        statuses.withLock { $0[min(max(status / 100, 0), 9)] += 1 }
    }

    func refuse(_ reason: RefusalReason) {
        refusals.withLock { $0[reason, default: 0] += 1 }
    }

    var refused: [RefusalReason: UInt64] { refusals.withLock { $0 } }

    var answersByStatusClass: [Int: UInt64] {
        statuses.withLock { counts in
            Dictionary(
                uniqueKeysWithValues: counts.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) })
        }
    }
}
