import Counters
import Topology

/// The text of `reeve-agent probe`: one line per column.
enum ProbeTable {
    /// The rows in their order, in columns padded to the longest entry.
    static func render(_ rows: [ProbeRow]) -> String {
        let lines =
            [["METRIC", "OF", "VALUE", "SOURCE", "QUALITY", "DETAIL"]]
            + rows.map { row in
                [
                    row.column.metric.name, scope(row.column.scope), row.value.map { number($0) } ?? "-", row.column.source,
                    "\(row.column.quality)", remark(on: row),
                ]
            }
        let widths = (0..<6).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
                .joined(separator: "  ").trimmingTrailingSpaces()
        }.joined(separator: "\n")
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
        guard abs(value) < 100 else { return "\(Int64(value.rounded()))" }
        let scaled = Int64((abs(value) * 10_000).rounded())
        let fraction = String(scaled % 10_000)
        let sign = value < 0 ? "-" : ""
        return "\(sign)\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
