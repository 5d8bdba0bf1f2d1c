import Measures
import Topology

/// What the agent costs and what went wrong in it, as columns behind those of the node.
struct OwnCost {
    /// Everything that one sample tells.
    struct Report {
        var process: ProcessCost
        var cpuShare: Double?
        var intervalSeconds: Double
        var tally: SourceTally
        var overruns: UInt64
        var droppedBatches: UInt64
    }

    /// The columns, in the order of `values(of:)`.
    static let columns: [Column] = {
        let parts: [(Metric, String, Quality)] = [
            (.agentCPUSeconds, "os", .measured), (.agentCPUShare, "os", .derived), (.agentResidentBytes, "os", .measured),
            (.agentIntervalSeconds, "agent", .measured), (.agentReadsPerSample, "agent", .measured),
            (.agentFailedReads, "agent", .measured), (.agentOverruns, "agent", .measured),
            (.agentGaps, "agent", .measured), (.agentImplausible, "agent", .measured),
            (.agentResets, "agent", .measured), (.agentDroppedBatches, "agent", .measured),
        ]
        return parts.map { Column(metric: $0, scope: .system, source: $1, quality: $2) }
    }()

    /// The values of `columns`; nil for what cannot be told.
    static func values(of report: Report) -> [Double?] {
        [
            report.process.cpuSeconds, report.cpuShare, report.process.residentBytes, report.intervalSeconds,
            report.tally.reads.map(Double.init), Double(report.tally.failedReads), Double(report.overruns),
            Double(report.tally.gaps), Double(report.tally.implausible), Double(report.tally.resets),
            Double(report.droppedBatches),
        ]
    }

    /// `table` with the agent's columns behind its own.
    static func extended(_ table: ColumnTable) -> ColumnTable {
        ColumnTable(version: table.version, columns: table.columns + columns)
    }

    private var previous: (cpuSeconds: Double, at: MonotonicInstant)?
    /// The table that each node's source had last, and the same with the agent's columns.
    private var tables: [(source: UInt32, extended: ColumnTable)?]

    init(nodes: Int) {
        tables = Array(repeating: nil, count: nodes)
    }

    /// The share of one core that was used since the call before; nil at the first.
    mutating func share(of process: ProcessCost, at now: MonotonicInstant) -> Double? {
        defer { previous = (process.cpuSeconds, now) }
        guard let previous, now > previous.at else { return nil }
        return max(process.cpuSeconds - previous.cpuSeconds, 0) / now.seconds(since: previous.at)
    }

    /// The table of node number `node` with the agent's columns behind the node's.
    mutating func extend(_ table: ColumnTable, of node: Int) -> ColumnTable {
        if let known = tables[node], known.source == table.version { return known.extended }
        let extended = Self.extended(table)
        tables[node] = (table.version, extended)
        return extended
    }
}
