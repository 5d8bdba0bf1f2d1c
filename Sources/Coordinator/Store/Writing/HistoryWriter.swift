import Dispatch
public import Logging
public import ServiceLifecycle
import Synchronization
import Threads

/// Writes the history on a thread and a connection of its own, one transaction a second.
///
/// Where that fails, as on a full disk, what is to be written waits, and so do further points until the queue is full; it is
/// tried again every second, and goes on by itself.
public struct HistoryWriter: Service {
    private static let turnMilliseconds = 1_000
    private let history: History
    private let logger: Logger
    private let onTurn: @Sendable () -> Void

    /// A writer of `history`; `onTurn` is called in each turn of its thread, at least once a second while the disk answers.
    public init(_ history: History, logger: Logger, onTurn: @escaping @Sendable () -> Void = {}) {
        self.history = history
        self.logger = logger
        self.onTurn = onTurn
    }

    /// Runs until graceful shutdown or cancellation, and writes then what has come until then. Throws `ThreadError` where no
    /// thread can be had.
    public func run() async throws {
        let end = DispatchSemaphore(value: 0)
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await runOnThread(named: "history") { [history, logger, onTurn] in
                    var turns = HistoryTurns(history: history, logger: logger)
                    repeat {
                        onTurn()
                        turns.next()
                    } while end.wait(timeout: .now() + .milliseconds(Self.turnMilliseconds)) == .timedOut
                    turns.next()
                }
            } onGracefulShutdown: {
                end.signal()
            }
        } onCancel: {
            end.signal()
        }
    }
}

/// The turns of the writer, one after the other; for programs of this package that measure and test it.
package struct HistoryTurns {
    /// A point or block counts as over for good when nothing has come for so long after its end, in seconds; what comes later
    /// is added to it, at a price.
    private static let graceSeconds: Int64 = 15
    /// Turns between two looks for what is over, and between two for what is too old or too much.
    private static let turnsPerSweep = 5
    private static let turnsPerTrim = 10

    private let history: History
    private let logger: Logger
    private var count = 0

    package init(history: History, logger: Logger) {
        self.history = history
        self.logger = logger
    }

    /// Takes what has come, writes it, and keeps the database within its bounds.
    package mutating func next() {
        history.runFeeds()
        if !history.hasUnwrittenTurn { history.prepareTurn(overSince: isTime(Self.turnsPerSweep) ? sweepSecond : nil) }
        do throws(StoreError) {
            try history.writeTurn()
            try history.checkpoint()
            // Only what has all gone well counts as going on.
            if isTime(Self.turnsPerTrim) || history.hasStopped { try history.trim() }
            if history.noteRunning() { logger.notice("the history goes on") }
        } catch {
            if history.noteStopped(error) {
                logger.error("the history has stopped, everything else goes on: \(error)")
            }
        }
        count += 1
    }

    private var sweepSecond: Int64 { Int64(history.unixSeconds()) - Self.graceSeconds }

    private func isTime(_ turns: Int) -> Bool { count % turns == 0 }
}

extension History {
    fileprivate var hasUnwrittenTurn: Bool { guarded.withLock { $0.turn != nil } }

    /// Makes the next turn of what waits, and of what has been over since `sweepSecond` where one is given.
    fileprivate func prepareTurn(overSince sweepSecond: Int64?) {
        let taken = queue.takeAll()
        progress.withLock { $0.writingSince = taken?.since }
        let (exact, fresh) = registry.withLock { registry in
            let exact = (taken?.readings ?? []).map { registry[$0.series]?.isCounter ?? true }
            return (exact, registry.takeFresh())
        }
        guarded.withLock { guarded in
            for (reading, isExact) in zip(taken?.readings ?? [], exact) {
                guarded.open.take(reading.point, of: reading.series, isExact: isExact)
            }
            if let sweepSecond { guarded.open.sweep(overSince: sweepSecond) }
            let changes = guarded.open.takeChanges()
            if !changes.isEmpty || !fresh.isEmpty { guarded.turn = HistoryDatabase.Turn(series: fresh, changes: changes) }
        }
    }

    fileprivate func writeTurn() throws(StoreError) {
        let points = try guarded.withLock { guarded throws(StoreError) in
            guard let turn = guarded.turn else { return 0 }
            try database.commit(turn)
            guarded.turn = nil
            return turn.changes.points
        }
        progress.withLock { progress in
            progress.writtenPoints += UInt64(points)
            progress.writingSince = nil
        }
    }

    fileprivate var hasStopped: Bool { progress.withLock { $0.state != .running } }

    fileprivate func checkpoint() throws(StoreError) { try database.checkpoint() }

    fileprivate func trim() throws(StoreError) {
        let (used, dropped) = try database.trim(unixSeconds: Int64(unixSeconds()), limitBytes: settings.limitBytes)
        let oldest = try database.read { try self.database.reaches($0) }.map(\.oldestStart)
        progress.withLock { progress in
            progress.usedBytes = used
            progress.droppedBlocks += UInt64(dropped)
            progress.oldest = oldest
        }
    }

    /// True where it had stopped.
    fileprivate func noteRunning() -> Bool {
        progress.withLock { progress in
            defer { progress.state = .running }
            return progress.state != .running
        }
    }

    /// True where it was running.
    fileprivate func noteStopped(_ error: StoreError) -> Bool {
        let now = unixSeconds()
        return progress.withLock { progress in
            guard case .stopped(_, let since) = progress.state else {
                progress.state = .stopped(reason: error.description, sinceUnixSeconds: now)
                return true
            }
            progress.state = .stopped(reason: error.description, sinceUnixSeconds: since)
            return false
        }
    }
}
