import ArgumentParser
import Foundation
import Logging
import Measures
import Store
import Synchronization

/// Writes into a journal and a history as fast as it can, on a wall clock of its own, and says on standard output what has
/// been acknowledged, until it is killed.
@main
struct StoreLoad: ParsableCommand {
    @Argument(help: "The folder of both databases.")
    var folder: String

    @Argument(help: "The second since 1970 that the wall clock begins at.")
    var start: Int64

    static let series = 30

    func run() throws {
        let clock = Clock(start)
        let journal = try Journal(path: "\(folder)/journal.sqlite", durability: .normal)
        let history = try History(path: "\(folder)/history.sqlite", time: SystemTime()) { clock.now }
        var turns = HistoryTurns(history: history, logger: Logger(label: "load") { _ in SwiftLogNoOpLogHandler() })
        let identities = (0..<Self.series).map { SeriesIdentity(metric: "watts", subject: .node("w\($0)")) }
        var second = start
        while true {
            let payload = Array("\(second)".utf8)
            let entry = try journal.append(kind: "load", version: 1, payload: payload, writtenAtUnixSeconds: Double(second))
            say("journal \(entry) \(second)")
            for (index, identity) in identities.enumerated() {
                history.append(Double(second % 1_000 * 100 + Int64(index)), of: identity, atUnixSeconds: Double(second))
            }
            turns.next()
            guard case .running = history.status.state, history.status.queuedPoints == 0 else {
                throw ValidationError("the history has stopped: \(history.status)")
            }
            say("history \(second)")
            second += 1
            clock.move(to: second)
        }
    }

    private func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }
}

/// A wall clock that moves only when told to.
private final class Clock: Sendable {
    private let second: Mutex<Int64>
    init(_ second: Int64) { self.second = Mutex(second) }
    var now: Double { second.withLock { Double($0) } }
    func move(to next: Int64) { second.withLock { $0 = next } }
}
