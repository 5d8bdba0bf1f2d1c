import Measures
import Store
import Synchronization
import Topology
import Wire

/// Takes nodes' samples into the history: each value counts in the mean, least and greatest of its second, which go to the
/// history once the second is over. A sample costs a few additions per column that is kept, on the thread that it came on.
final class SampleTap: Sendable {
    /// A second of one node under one table of columns.
    fileprivate struct Node: Sendable {
        let incarnation: UInt64
        let tableVersion: UInt32
        /// The columns that are kept, with their series.
        let kept: [(column: Int, series: SeriesNumber)]
        var start: Int64 = .min
        var sums: [Sum]

        struct Sum: Sendable {
            var total = 0.0
            var min = Double.infinity
            var max = -Double.infinity
            var count: UInt32 = 0
        }

        /// The points of the second, which is empty afterwards.
        mutating func finish() -> [HistoryReading] {
            var readings: [HistoryReading] = []
            for (index, sum) in sums.enumerated() where sum.count > 0 {
                let mean = Swift.min(Swift.max(sum.total / Double(sum.count), sum.min), sum.max)
                let point = HistoryPoint(startUnixSeconds: start, mean: mean, min: sum.min, max: sum.max, count: sum.count)
                readings.append(HistoryReading(series: kept[index].series, point: point))
                sums[index] = Sum()
            }
            return readings
        }
    }

    /// A node that is silent for so long has its second finished, in seconds.
    private static let silence: Int64 = 1

    private let history: History
    private let scope: HistoryConfiguration.Scope
    private let seconds: Int64
    private let unixSeconds: @Sendable () -> Double
    private let nodes = Mutex<[NodeName: Node]>([:])

    init(_ history: History, scope: HistoryConfiguration.Scope, unixSeconds: @escaping @Sendable () -> Double) {
        self.history = history
        self.scope = scope
        self.unixSeconds = unixSeconds
        seconds = Int64(history.secondsPerPoint)
    }

    /// Takes a batch that has just arrived.
    func take(_ batch: Batch, _ columns: ColumnTable) {
        let now = unixSeconds()
        let finished = nodes.withLock { nodes in
            if nodes[batch.node]?.incarnation != batch.incarnation || nodes[batch.node]?.tableVersion != batch.tableVersion {
                let before = nodes[batch.node]?.finish() ?? []
                nodes[batch.node] = node(batch, columns)
                return before + (add(batch, at: now, to: &nodes[batch.node]))
            }
            return add(batch, at: now, to: &nodes[batch.node])
        }
        history.append(finished)
    }

    /// Hands on the seconds that are over of nodes that have said nothing since.
    func drain(unixSeconds now: Int64) {
        let finished = nodes.withLock { nodes in
            var finished: [HistoryReading] = []
            for name in nodes.keys {
                guard let start = nodes[name]?.start, start != .min, start + seconds + Self.silence <= now else { continue }
                finished += nodes[name]?.finish() ?? []
            }
            return finished
        }
        history.append(finished)
    }

    private func add(_ batch: Batch, at now: Double, to node: inout Node?) -> [HistoryReading] {
        var finished: [HistoryReading] = []
        for (sample, age) in batch.ageNanoseconds.enumerated() {
            guard let second = Int64(exactly: (now - Double(age) * 1e-9).rounded(.down)) else { continue }
            let start = second - second % seconds
            if node?.start != start {
                finished += node?.finish() ?? []
                node?.start = start
            }
            node?.add(batch, sample)
        }
        return finished
    }

    private func node(_ batch: Batch, _ table: ColumnTable) -> Node {
        var kept: [(column: Int, series: SeriesNumber)] = []
        for (index, column) in table.columns.enumerated() where column.quality != .unavailable {
            guard let scope = name(of: column.scope) else { continue }
            let identity = SeriesIdentity(
                metric: column.metric.name, subject: .node(batch.node.rawValue), scope: scope)
            if let number = history.number(of: identity) { kept.append((index, number)) } else { history.refuse(1) }
        }
        return Node(
            incarnation: batch.incarnation, tableVersion: batch.tableVersion, kept: kept,
            sums: Array(repeating: Node.Sum(), count: kept.count))
    }

    /// How the part is called where it is kept; nil where it is not.
    private func name(of part: Scope) -> String? {
        switch part {
        case .system: SeriesIdentity.wholeScope
        case .socket(let number): scope == .system ? nil : "socket \(number)"
        case .core(let number): scope == .cpu ? "cpu \(number)" : nil
        }
    }
}

extension SampleTap.Node {
    /// Adds one sample of `batch` to the second.
    fileprivate mutating func add(_ batch: Batch, _ sample: Int) {
        let values = sample * batch.columnCount
        let words = sample * batch.wordsPerSample
        for index in kept.indices {
            let column = kept[index].column
            guard batch.presence[words + column / 64] & (1 << UInt64(column % 64)) != 0 else { continue }
            let value = batch.values[values + column]
            guard value.isFinite else { continue }
            sums[index].total += value
            sums[index].min = Swift.min(sums[index].min, value)
            sums[index].max = Swift.max(sums[index].max, value)
            sums[index].count += 1
        }
    }
}
