import Synchronization

/// Where the proxy listens, once it does.
final class BoundAddresses: Sendable {
    private enum State {
        case pending([CheckedContinuation<Result<[ListenAddress], ProxyError>, Never>])
        case known(Result<[ListenAddress], ProxyError>)
    }

    private let state = Mutex(State.pending([]))

    func succeed(_ addresses: [ListenAddress]) { settle(.success(addresses)) }

    func fail(_ error: ProxyError) { settle(.failure(error)) }

    func value() async throws -> [ListenAddress] {
        let result = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Result<[ListenAddress], ProxyError>? in
                switch state {
                case .known(let result): return result
                case .pending(let waiting):
                    state = .pending(waiting + [continuation])
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
        return try result.get()
    }

    private func settle(_ result: Result<[ListenAddress], ProxyError>) {
        let waiting = state.withLock { state -> [CheckedContinuation<Result<[ListenAddress], ProxyError>, Never>] in
            // Who asks after the end is told that it has ended, whatever was before.
            defer { state = .known(result) }
            if case .pending(let waiting) = state { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }
}
