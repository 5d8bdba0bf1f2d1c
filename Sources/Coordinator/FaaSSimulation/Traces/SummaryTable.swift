/// A table of percentiles: which of its columns name whom a row is about, and which hold the percentiles.
struct SummaryTable {
    /// The columns whose values, with a slash between, name whom a row is about.
    let keyColumns: [String]
    /// The column of the mean.
    let meanColumn: String
    /// The columns of the least value, the 25th, 50th, 75th and 99th percentile and the largest value.
    let percentileColumns: [String]

    private var summaryColumns: [String] { percentileColumns + [meanColumn] }

    /// `function_durations_percentiles` of the Azure Functions trace of 2019, in milliseconds.
    static let durations = Self(
        keyColumns: ["HashOwner", "HashApp", "HashFunction"], meanColumn: "Average",
        percentileColumns: [
            "Minimum", "percentile_Average_25", "percentile_Average_50", "percentile_Average_75",
            "percentile_Average_99",
            "Maximum",
        ])

    /// The columns of `app_memory_percentiles` of the Azure Functions trace of 2019, in megabytes.
    static let memoryColumns = [
        "AverageAllocatedMb_pct1", "AverageAllocatedMb_pct25", "AverageAllocatedMb_pct50", "AverageAllocatedMb_pct75",
        "AverageAllocatedMb_pct99", "AverageAllocatedMb_pct100",
    ]

    /// `app_memory_percentiles` of the Azure Functions trace of 2019: one row for each application as the provider
    /// publishes it, one for each function in samples made of it.
    static func memory(perFunction: Bool) -> Self {
        Self(
            keyColumns: ["HashOwner", "HashApp"] + (perFunction ? ["HashFunction"] : []),
            meanColumn: "AverageAllocatedMb", percentileColumns: memoryColumns)
    }

    /// What a column of the file is for.
    private enum Use {
        case key(Int), summary(Int), other
    }

    /// All rows of `reader`'s file by their keys.
    func rows(_ reader: inout CSVReader) throws(FaaSError) -> [String: PercentileSummary] {
        let uses = try uses(of: reader)
        var rows: [String: PercentileSummary] = [:]
        let summaryColumns = summaryColumns
        var key = [String](repeating: "", count: keyColumns.count)
        var values = [Double](repeating: 0, count: summaryColumns.count)
        while try reader.advance() {
            for use in uses {
                switch use {
                case .key(let index): key[index] = try reader.text()
                case .summary(let index): values[index] = try reader.number()
                case .other: try reader.skip()
                }
            }
            try reader.endLine()
            let summary = PercentileSummary(
                mean: values[6], minimum: values[0], p25: values[1], p50: values[2], p75: values[3], p99: values[4],
                maximum: values[5])
            guard let summary else {
                throw FaaSError(
                    .invalidField, at: reader.place,
                    "the percentiles do not ascend; \(percentileColumns.joined(separator: " <= ")) is expected")
            }
            let name = key.joined(separator: "/")
            guard rows.updateValue(summary, forKey: name) == nil else {
                throw FaaSError(.duplicateFunction, at: reader.place, "\(name) stands in the table twice")
            }
        }
        return rows
    }

    private func uses(of reader: borrowing CSVReader) throws(FaaSError) -> [Use] {
        for name in keyColumns + summaryColumns where reader.header.count(where: { $0 == name }) != 1 {
            throw FaaSError(
                .wrongHeader, at: .init(file: reader.path, line: 1), "the header does not name the column \(name) once")
        }
        let summaryColumns = summaryColumns
        return reader.header.map { name in
            if let index = keyColumns.firstIndex(of: name) { return .key(index) }
            if let index = summaryColumns.firstIndex(of: name) { return .summary(index) }
            return .other
        }
    }
}
