internal import FoundationEssentials
internal import Logging
internal import Measures
internal import ServiceLifecycle
internal import Store
internal import Synchronization

/// A wall clock that is set, or runs beside the machine's.
final class WallClock: Sendable {
    private let offset: Mutex<Double>
    private let runs: Bool

    /// Stands at `unixSeconds`, or runs from there on.
    init(_ unixSeconds: Double, runs: Bool) {
        self.runs = runs
        offset = Mutex(runs ? unixSeconds - Date().timeIntervalSince1970 : unixSeconds)
    }

    var now: Double { offset.withLock { $0 } + (runs ? Date().timeIntervalSince1970 : 0) }

    func set(_ unixSeconds: Double) { offset.withLock { $0 = unixSeconds } }
}

/// Has the history's writer run while `body` does.
func withWriter<Result: Sendable>(
    of history: History, _ body: @Sendable @escaping () async throws -> Result
) async throws -> Result {
    let logger = Logger(label: "benchmark")
    let group = ServiceGroup(services: [HistoryWriter(history, logger: logger)], logger: logger)
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        let result = try await body()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}
