import Logging
import Measures
import Synchronization

/// Notes when a room last logged which message.
struct MessageClock: LogHandler {
    private let box = Box()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    private final class Box: Sendable {
        let instants = Mutex<[String: MonotonicInstant]>([:])
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = SystemTime().now
        box.instants.withLock { $0["\(event.message)"] = now }
    }

    /// Milliseconds from `start` to the last time that `message` was logged. Throws when it was not since.
    func milliseconds(from start: MonotonicInstant, to message: String) throws -> Double {
        guard let instant = box.instants.withLock({ $0[message] }), instant > start else {
            throw BenchmarkError(description: "the function mapper did not log \"\(message)\"")
        }
        return instant.seconds(since: start) * 1e3
    }
}
