import CThreads

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Runs `body` on a thread of its own, suspends until it has ended, joins the thread, and returns or throws what it did.
/// `name` is what the system's tools show, cut to 15 bytes (pthread_setname_np(3)).
///
/// Throws `ThreadError` when no thread can be had; `body` has not begun then.
public func runOnThread<Success: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Success
) async throws -> Success {
    var thread = pthread_t()
    defer { if thread != pthread_t() { pthread_join(thread, nil) } }
    return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Success, any Error>) in
        let start = Unmanaged.passRetained(ThreadStart { continuation.resume(with: Result(catching: body)) })
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            continuation.resume(throwing: ThreadError(name: name, errno: status))
            return
        }
        pthread_setname_np(thread, String(name.prefix(15)))
    }
}

/// The system has no thread to give.
public struct ThreadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the thread was to be called.
    public let name: String
    /// What pthread_create(3) gave as the reason.
    public let errno: Int32

    /// The sentence.
    public var description: String { "no thread for \(name) can be had: \(String(cString: strerror(errno)))" }
}

/// What a new thread runs, carried through pthread_create's untyped argument.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
