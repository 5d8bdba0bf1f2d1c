import Counters
import Topology

/// The text of `reeve-agent sample`: one line per CPU, then per socket, then for the whole node, as Intel's pcm prints it.
enum SampleTable {
    private struct Field {
        let title: String
        let metric: Metric
        /// What a value is divided by before it is shown.
        var scale = 1.0
        var decimals = 2
    }

    private static let fields: [Field] = [
        Field(title: "IPC", metric: .instructionsPerCycle),
        Field(title: "GHz", metric: .activeFrequencyHertz, scale: 1e9),
        Field(title: "C0%", metric: .c0Residency, scale: 0.01, decimals: 1),
        Field(title: "C1%", metric: .c1Residency, scale: 0.01, decimals: 1),
        Field(title: "C6%", metric: .c6Residency, scale: 0.01, decimals: 1),
        Field(title: "STOLEN%", metric: .stolenRatio, scale: 0.01, decimals: 1),
        Field(title: "L3MISS M/s", metric: .l3MissesPerSecond, scale: 1e6),
        Field(title: "L3HIT", metric: .l3HitRatio),
        Field(title: "READ GB/s", metric: .memoryReadBytesPerSecond, scale: 1e9),
        Field(title: "WRITE GB/s", metric: .memoryWriteBytesPerSecond, scale: 1e9),
        Field(title: "WATT", metric: .packagePowerWatts, decimals: 1),
        Field(title: "TEMP C", metric: .packageTemperatureCelsius, decimals: 0),
    ]

    /// A table of `rows`, without the fields that the node has nothing for. "-" stands for an absent value, and what rests
    /// on an assumption is marked with "~".
    static func render(_ rows: [ProbeRow]) -> String {
        let shown = fields.filter { field in
            rows.contains { $0.column.metric == field.metric && $0.column.quality != .unavailable }
        }
        let lines = scopes(of: rows).map { scope in
            let ofScope = rows.filter { $0.column.scope == scope }
            return [ProbeTable.scope(scope)]
                + shown.map { field in cell(field, ofScope.first { $0.column.metric == field.metric }) }
        }
        return TextColumns.render([["OF"] + shown.map(\.title)] + lines, alignment: .right)
    }

    /// CPUs first and the node last, where the eye looks for a sum.
    private static func scopes(of rows: [ProbeRow]) -> [Scope] {
        var cores: [Scope] = []
        var sockets: [Scope] = []
        for row in rows {
            switch row.column.scope {
            case .system: break
            case .socket: if sockets.last != row.column.scope { sockets.append(row.column.scope) }
            case .core: if cores.last != row.column.scope { cores.append(row.column.scope) }
            }
        }
        return cores + sockets + [.system]
    }

    private static func cell(_ field: Field, _ row: ProbeRow?) -> String {
        guard let row, let value = row.value else { return "-" }
        let mark = row.column.quality == .estimate ? "~" : ""
        return mark + TextColumns.number(value / field.scale, decimals: field.decimals)
    }
}
