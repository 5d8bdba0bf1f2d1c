/// One published statement about the test bed beside what the simulated one does.
public struct CalibrationRow: Codable, Hashable, Sendable {
    /// Which statement: C1 to C17 of docs/testbed.md, with the node or case where it has several.
    public let identifier: String
    /// The statement in words.
    public let statement: String
    /// Unit of all numbers of the row: "s", "ratio" (0.3 is 30 %) or "placements".
    public let unit: String
    /// The published value; nil where the statement is a limit or an order.
    public let target: Double?
    /// The smallest and the largest allowed value; nil where there is no such bound.
    public let lowest, highest: Double?
    /// What the model gives: one value, or those that the statement puts in order.
    public let simulated: [Double]
    /// Relative deviation from the target; nil without one.
    public let error: Double?
    /// Whether the statement holds: within 10 % of the value, within the limit, or in order.
    public let within: Bool

    /// A published value, met within 10 % of itself.
    static func value(
        _ identifier: String, _ statement: String, unit: String = "ratio", target: Double, simulated: Double
    ) -> Self {
        let error = simulated / target - 1
        return Self(
            identifier: identifier, statement: statement, unit: unit, target: target, lowest: target * 0.9,
            highest: target * 1.1, simulated: [simulated], error: error, within: abs(error) <= 0.1)
    }

    /// A published limit.
    static func limit(
        _ identifier: String, _ statement: String, unit: String = "ratio", lowest: Double? = nil,
        highest: Double? = nil, simulated: Double
    ) -> Self {
        Self(
            identifier: identifier, statement: statement, unit: unit, target: nil, lowest: lowest, highest: highest,
            simulated: [simulated], error: nil,
            within: simulated >= (lowest ?? -.infinity) && simulated <= (highest ?? .infinity))
    }

    /// A published order: `simulated` never falls, or rises strictly.
    static func rising(
        _ identifier: String, _ statement: String, unit: String = "ratio", strictly: Bool = true, simulated: [Double]
    ) -> Self {
        Self(
            identifier: identifier, statement: statement, unit: unit, target: nil, lowest: nil, highest: nil,
            simulated: simulated, error: nil,
            within: zip(simulated, simulated.dropFirst()).allSatisfy { strictly ? $0 < $1 : $0 <= $1 })
    }
}

/// All rows of a calibration.
public struct CalibrationReport: Codable, Hashable, Sendable {
    /// The rows, C1 first.
    public let rows: [CalibrationRow]

    /// Whether every statement holds.
    public var isWithin: Bool { rows.allSatisfy(\.within) }

    /// The report as a table of plain text, one line per row, columns aligned.
    public var text: String {
        let header = ["row", "statement", "target", "simulated", "error", "within"]
        let lines =
            [header]
            + rows.map { row in
                [
                    row.identifier, row.statement, row.allowed, row.simulated.map(rounded).joined(separator: " "),
                    row.error.map { rounded($0 * 100) + " %" } ?? "", row.within ? "yes" : "NO",
                ]
            }
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var text = cells.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }.joined(separator: "\n") + "\n"
    }
}

extension CalibrationRow {
    /// The target or the limits with their unit, in words.
    var allowed: String {
        let unit = unit == "ratio" ? "" : " " + unit
        return switch (target, lowest, highest) {
        case (let target?, _, _): rounded(target) + unit
        case (nil, let lowest?, let highest?): rounded(lowest) + " to " + rounded(highest) + unit
        case (nil, let lowest?, nil): "at least " + rounded(lowest) + unit
        case (nil, nil, let highest?): "at most " + rounded(highest) + unit
        case (nil, nil, nil): "in order" + (unit.isEmpty ? "" : "," + unit)
        }
    }
}

/// Three digits after the point, or fewer where they are zero.
private func rounded(_ value: Double) -> String {
    let thousandths = (value * 1000).rounded() / 1000
    return thousandths == thousandths.rounded() && abs(thousandths) < 1e15
        ? String(Int(thousandths)) : String(thousandths)
}
