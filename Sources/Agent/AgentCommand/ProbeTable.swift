import Counters
import Topology

/// The text of `reeve-agent probe`: one line per column.
enum ProbeTable {
    /// The rows in their order.
    static func render(_ rows: [ProbeRow]) -> String {
        let titles = ["METRIC", "OF", "VALUE", "SOURCE", "QUALITY", "DETAIL"]
        return TextColumns.render(
            [titles]
                + rows.map { row in
                    [
                        row.column.metric.name, scope(row.column.scope), row.value.map { number($0) } ?? "-",
                        row.column.source, "\(row.column.quality)", remark(on: row),
                    ]
                }, alignment: .left)
    }

    /// The event behind a value, or why there is none.
    private static func remark(on row: ProbeRow) -> String {
        let detail = row.column.detail
        guard row.value == nil, row.column.quality != .unavailable else { return detail ?? "" }
        return (["its counter did not move in this interval"] + [detail].compactMap { $0 }).joined(separator: "; ")
    }

    /// A scope as people write it: "system", "socket 0", "cpu 3".
    static func scope(_ scope: Scope) -> String {
        switch scope {
        case .system: "system"
        case .socket(let index): "socket \(index)"
        case .core(let index): "cpu \(index)"
        }
    }

    /// Ratios with four decimals, counts as whole numbers.
    private static func number(_ value: Double) -> String {
        TextColumns.number(value, decimals: abs(value) < 100 ? 4 : 0)
    }
}
