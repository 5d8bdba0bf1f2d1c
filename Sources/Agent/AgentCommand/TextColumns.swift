/// Text in columns, for people.
enum TextColumns {
    /// Where entries stand that are shorter than their column.
    enum Alignment { case left, right }

    /// `lines` of equally many entries, in columns as wide as their longest entry and two spaces apart. With `.right`,
    /// the first column still stands left.
    static func render(_ lines: [[String]], alignment: Alignment) -> String {
        let widths = (lines.first ?? []).indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, entry) in line.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - entry.count)
                let isLast = column == line.count - 1
                if alignment == .right, column > 0 {
                    text += padding + entry + (isLast ? "" : "  ")
                } else {
                    text += entry + (isLast ? "" : padding + "  ")
                }
            }
            return text
        }.joined(separator: "\n")
    }

    /// A value with so many decimals.
    static func number(_ value: Double, decimals: Int) -> String {
        let factor = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        guard abs(value) * factor < 1e18 else { return "\(value)" }
        let scaled = Int64((abs(value) * factor).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int64(factor))
        return "\(sign)\(scaled / Int64(factor)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
