import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Runs `body` on a thread of its own, suspends until it has ended, and joins the thread.
func runOnThread(named name: String, _ body: @escaping @Sendable () -> Void) async throws(HTTPError) {
    var thread = pthread_t()
    let status = await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
        let start = Unmanaged.passRetained(
            ThreadStart {
                body()
                continuation.resume(returning: 0)
            })
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            continuation.resume(returning: status)
            return
        }
        pthread_setname_np(thread, String(name.prefix(15)))
    }
    guard status == 0 else {
        throw HTTPError(.closed, "no thread for \(name) can be had: \(String(cString: strerror(status)))")
    }
    pthread_join(thread, nil)
}

/// What a new thread runs, carried through pthread_create's untyped argument.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
