import Measures
import Wire

/// The requests that a client has made and that nobody has answered yet, each with whoever waits for the answer.
///
/// A value without I/O: `Waiter` is a continuation in the service and a plain number in tests.
struct OutstandingRequests<Waiter: Sendable>: Sendable {
    /// A waiter that is to be told that its answer will not come.
    struct Failure: Sendable {
        let waiter: Waiter
        let kind: WorldRequest.Kind
    }

    private struct Entry: Sendable {
        let request: WorldRequest
        let waiter: Waiter
        let deadline: MonotonicInstant
        var isSent = false
    }

    private let timeoutNanoseconds: UInt64
    /// In the order of asking, which with one time allowance for all is the order of deadlines.
    private var entries: [Entry] = []

    /// A table whose requests may take `timeoutNanoseconds` from asking to answer.
    init(timeoutNanoseconds: UInt64) {
        self.timeoutNanoseconds = timeoutNanoseconds
    }

    /// Notes a new request that is still to be sent.
    mutating func add(_ request: WorldRequest, waiter: Waiter, at now: MonotonicInstant) {
        entries.append(
            Entry(
                request: request, waiter: waiter, deadline: now.advanced(byNanoseconds: timeoutNanoseconds)))
    }

    /// The first request that has not been sent.
    var nextToSend: WorldRequest? { entries.first { !$0.isSent }?.request }

    /// Notes that request `id` is on its way.
    mutating func didSend(_ id: UInt64) {
        guard let index = entries.firstIndex(where: { $0.request.id == id }) else { return }
        entries[index].isSent = true
    }

    /// Takes request `id` out; nil when it was answered, failed or never made.
    mutating func take(_ id: UInt64) -> Waiter? {
        guard let index = entries.firstIndex(where: { $0.request.id == id }) else { return nil }
        return entries.remove(at: index).waiter
    }

    /// Takes out the requests whose time is over.
    mutating func expire(at now: MonotonicInstant) -> [Failure] {
        let count = entries.prefix { $0.deadline <= now }.count
        defer { entries.removeFirst(count) }
        return entries.prefix(count).map { Failure(waiter: $0.waiter, kind: $0.request.kind) }
    }

    /// Takes out everything.
    mutating func removeAll() -> [Failure] {
        defer { entries = [] }
        return entries.map { Failure(waiter: $0.waiter, kind: $0.request.kind) }
    }

    /// When the first of them will be over.
    var nextDeadline: MonotonicInstant? { entries.first?.deadline }
}
