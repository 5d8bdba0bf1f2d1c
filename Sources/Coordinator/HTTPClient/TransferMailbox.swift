import CCurl
import Synchronization

/// Names one request towards the transport's thread.
final class RequestTicket: Sendable, Hashable {
    /// Set before the thread is told, so that a request which is taken back before it was begun is never begun.
    let isCancelled = Atomic(false)

    static func == (one: RequestTicket, other: RequestTicket) -> Bool { one === other }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Who waits for a request's answer.
enum Receiver {
    /// For the whole answer.
    case whole(CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
    /// For the head, with the body to come through the buffer.
    case head(CheckedContinuation<Result<HTTPResponseHead, HTTPError>, Never>, StreamBuffer)
    /// For the body's rest.
    case body(StreamBuffer)
    /// Nobody any more.
    case nobody

    /// Tells whoever waits that there will be no answer, or no more of it.
    func fail(_ error: HTTPError) {
        switch self {
        case .whole(let continuation): continuation.resume(returning: .failure(error))
        case .head(let continuation, let buffer):
            buffer.finish(.failure(error))
            continuation.resume(returning: .failure(error))
        case .body(let buffer): buffer.finish(.failure(error))
        case .nobody: break
        }
    }
}

/// Carries work to the transport's thread: a locked queue, and libcurl's own wake-up.
final class TransferMailbox: Sendable {
    enum Order: Sendable {
        case start(HTTPRequest, Receiver, RequestTicket)
        case cancel(RequestTicket)
        case resume(RequestTicket)
    }

    private struct State {
        var orders: [Order] = []
        var isStopped = false
        var hasEnded = false
        /// Requests handed over and not yet done with.
        var requests = 0
        /// The handle to wake, while the thread serves it: the thread takes it out, under the lock, before it frees it.
        var multi: WakeableHandle?

        func wake() { multi?.wake() }
    }

    private let maximumRequests: Int
    private let state = Mutex(State())

    init(maximumRequests: Int) { self.maximumRequests = maximumRequests }

    /// Hands `request` over; whatever becomes of it, `receiver` is told.
    func start(_ request: HTTPRequest, for receiver: Receiver, ticket: RequestTicket) {
        let refusal: HTTPError? = state.withLock { state in
            if state.hasEnded || state.isStopped {
                return HTTPError(.closed, "\(request.subject) was not sent: the HTTP client has ended")
            }
            guard state.requests < maximumRequests else {
                return HTTPError(
                    .overloaded, "\(request.subject) was not sent: \(maximumRequests) requests are under way already")
            }
            state.requests += 1
            state.orders.append(.start(request, receiver, ticket))
            state.wake()
            return nil
        }
        if let refusal { receiver.fail(refusal) }
    }

    /// Has the request given up, if it is still under way.
    func cancel(_ ticket: RequestTicket) {
        guard !ticket.isCancelled.exchange(true, ordering: .sequentiallyConsistent) else { return }
        post(.cancel(ticket))
    }

    /// Has a paused answer go on.
    func resume(_ ticket: RequestTicket) { post(.resume(ticket)) }

    private func post(_ order: Order) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.orders.append(order)
            state.wake()
        }
    }

    /// Has the thread end.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.wake()
        }
    }

    /// Says that `multi` is to be woken from now on.
    func open(_ multi: WakeableHandle) {
        state.withLock { $0.multi = multi }
    }

    /// What waits, which is then taken out, and whether the thread is to end.
    func take() -> (orders: [Order], isStopped: Bool) {
        state.withLock { state in
            defer { state.orders = [] }
            return (state.orders, state.isStopped)
        }
    }

    /// One request is done with.
    func finishRequest() { state.withLock { $0.requests -= 1 } }

    /// No more orders are taken; returns those that nobody will carry out.
    func close() -> [Order] {
        state.withLock { state in
            state.multi = nil
            state.hasEnded = true
            defer { state.orders = [] }
            return state.orders
        }
    }
}

/// A multi handle as other threads than its own see it. It may cross to them because nothing can be done with it but
/// curl_multi_wakeup(3), the one call that any thread may make.
struct WakeableHandle: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer

    init(_ multi: UnsafeMutableRawPointer) { self.multi = multi }

    func wake() { curl_multi_wakeup(multi) }
}
