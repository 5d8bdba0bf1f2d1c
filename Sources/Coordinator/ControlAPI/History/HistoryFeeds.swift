import Harvesting
import Proxy
public import Store
import Synchronization
import Telemetry
import Topology

/// Ties the history to what it is about.
public enum HistoryFeeds {
    /// Has what the parts know go into `history`: nodes' samples as fine as `scope` says, what is lent and borrowed, and how
    /// long invocations take. `unixSeconds` is the wall clock.
    public static func connect(
        _ parts: CoordinatorResponder.Parts, to history: History, scope: HistoryConfiguration.Scope,
        unixSeconds: @escaping @Sendable () -> Double
    ) {
        if let hub = parts.hub {
            let tap = SampleTap(history, scope: scope, unixSeconds: unixSeconds)
            hub.onBatch { batch, columns, _ in tap.take(batch, columns) }
            history.feed { _, second in tap.drain(unixSeconds: second) }
        }
        if let board = parts.harvest {
            history.feed { history, second in feed(board, to: history, at: second) }
        }
        if let routing = parts.routing {
            let latencies = FunctionLatencies()
            history.feed { history, second in
                guard second % FunctionLatencies.everySeconds == 0 else { return }
                for (function, point) in latencies.take(routing.control.snapshot(), at: second) {
                    let identity = SeriesIdentity(
                        metric: "reeve_proxy_function_latency_seconds", subject: .function(function))
                    guard let number = history.number(of: identity) else {
                        history.refuse(1)
                        continue
                    }
                    history.append([HistoryReading(series: number, point: point)])
                }
            }
        }
    }

    /// What is lent and borrowed on each node now.
    private static func feed(_ board: HarvestBoard, to history: History, at second: Int64) {
        for (node, view) in board.nodes {
            func add(_ metric: String, _ value: Double) {
                history.append(
                    value, of: SeriesIdentity(metric: metric, subject: .node(node.rawValue)), atUnixSeconds: Double(second))
            }
            let lent = view.containers.reduce(into: (cpu: 0, memory: 0)) { sum, container in
                sum.cpu += container.lent.millicores
                sum.memory += container.lent.mebibytes
            }
            let borrowed = view.containers.reduce(into: (cpu: 0, memory: 0)) { sum, container in
                sum.cpu += container.borrowed.millicores
                sum.memory += container.borrowed.mebibytes
            }
            add("reeve_harvest_lent_cpu_cores", Double(lent.cpu) / 1_000)
            add("reeve_harvest_lent_memory_bytes", Double(lent.memory) * 1_048_576)
            add("reeve_harvest_borrowed_cpu_cores", Double(borrowed.cpu) / 1_000)
            add("reeve_harvest_borrowed_memory_bytes", Double(borrowed.memory) * 1_048_576)
            add("reeve_harvest_loans", Double(view.loans.count))
        }
    }
}

/// How long each function's invocations took between two looks at what the proxy has counted. Their least and greatest are
/// not known, so the mean stands for both.
final class FunctionLatencies: Sendable {
    /// Seconds between two looks.
    static let everySeconds: Int64 = 10

    private struct Counted: Sendable {
        var count: UInt64
        var seconds: Double
    }

    private let before = Mutex<[String: Counted]>([:])

    /// The functions that were called since the last look.
    func take(_ snapshot: ProxySnapshot, at second: Int64) -> [(function: String, point: HistoryPoint)] {
        before.withLock { before in
            snapshot.functions.compactMap { function in
                guard let name = function.name?.rawValue else { return nil }
                let now = Counted(count: function.latency.count, seconds: function.latency.sumSeconds)
                let last = before.updateValue(now, forKey: name) ?? Counted(count: 0, seconds: 0)
                guard now.count > last.count, let count = UInt32(exactly: now.count - last.count) else { return nil }
                let mean = max(now.seconds - last.seconds, 0) / Double(count)
                return (name, HistoryPoint(startUnixSeconds: second, mean: mean, min: mean, max: mean, count: count))
            }
        }
    }
}
