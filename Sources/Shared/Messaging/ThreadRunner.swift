import CZeroMQ
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Runs `body` on a thread of its own, suspends until it has ended, joins the thread, and passes on what it threw.
func runOnThread(named name: String, _ body: @escaping @Sendable () throws -> Void) async throws {
    var thread = pthread_t()
    defer { if thread != pthread_t() { pthread_join(thread, nil) } }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let start = Unmanaged.passRetained(ThreadStart { continuation.resume(with: Result(catching: body)) })
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            continuation.resume(throwing: MessagingError.system("pthread_create", on: name, errno: status))
            return
        }
        pthread_setname_np(thread, String(name.prefix(15)))
    }
}

/// What a new thread runs, carried through pthread_create's untyped argument.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
