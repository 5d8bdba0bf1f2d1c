internal import Harvesting

/// The three tables of one day of the Azure Functions trace of 2019 (Shahrad et al., "Serverless in the Wild", USENIX
/// ATC 2020).
public struct Azure2019Files: Sendable, Hashable {
    /// `invocations_per_function`: calls per function and minute.
    public let invocations: String
    /// `function_durations_percentiles`: execution times in milliseconds.
    public let durations: String
    /// `app_memory_percentiles`: memory in megabytes.
    public let memory: String

    /// The tables at these paths.
    public init(invocations: String, durations: String, memory: String) {
        self.invocations = invocations
        self.durations = durations
        self.memory = memory
    }

    /// The tables in `folder`: `invocations.csv`, `durations.csv` and `memory.csv`, as samples of the trace name them.
    /// With a `day`, 1 to 14, the files of that day as the provider names them.
    public init(folder: String, day: Int? = nil) {
        guard let day else {
            self.init(
                invocations: "\(folder)/invocations.csv", durations: "\(folder)/durations.csv",
                memory: "\(folder)/memory.csv")
            return
        }
        let suffix = "anon.d\(day < 10 ? "0" : "")\(day).csv"
        self.init(
            invocations: "\(folder)/invocations_per_function_md.\(suffix)",
            durations: "\(folder)/function_durations_percentiles.\(suffix)",
            memory: "\(folder)/app_memory_percentiles.\(suffix)")
    }

    /// What happens to functions that are called but have no row in the table of durations or of memory, as happens in
    /// the complete trace.
    public enum Incomplete: Sendable, Hashable {
        /// The trace is refused.
        case refused
        /// They are left out and counted, as Freyr's sampling does.
        case leftOut
    }
}

extension SlottedTrace {
    /// Reads one day of the Azure Functions trace of 2019, the whole of it or a sample.
    ///
    /// Rows of durations and memory of functions that are not called are of no use and no harm.
    public init(
        azure2019 files: Azure2019Files, incomplete: Azure2019Files.Incomplete = .refused
    ) throws(FaaSError) {
        var durationsReader = try CSVReader(path: files.durations, requiresLastLineEnd: true)
        let durations = try SummaryTable.durations.rows(&durationsReader)
        var memoryReader = try CSVReader(path: files.memory, requiresLastLineEnd: true)
        let perFunction = memoryReader.header.contains("HashFunction")
        let memory = try SummaryTable.memory(perFunction: perFunction).rows(&memoryReader)

        var reader = try CSVReader(path: files.invocations, requiresLastLineEnd: true)
        let columns = try SlotColumns(
            header: reader.header, leading: ["HashOwner", "HashApp", "HashFunction", "Trigger"],
            path: files.invocations)
        var functions: [TraceFunction] = []
        var seen: Set<String> = []
        var cells: [Cell] = []
        var leftOut = LeftOut()
        while try reader.advance() {
            let application = try "\(reader.text())/\(reader.text())"
            let name = try "\(application)/\(reader.text())"
            let trigger = try reader.text()
            guard seen.insert(name).inserted else {
                throw FaaSError(.duplicateFunction, at: reader.place, "\(name) stands in the table twice")
            }
            let cellCount = cells.count
            let calls = try columns.read(&reader, function: FunctionIndex(functions.count), into: &cells)
            let milliseconds = durations[name]
            let megabytes = memory[perFunction ? name : application]
            if let milliseconds, let megabytes {
                functions.append(
                    TraceFunction(name: name, trigger: trigger, milliseconds: milliseconds, megabytes: megabytes))
                continue
            }
            guard incomplete == .leftOut else {
                throw FaaSError(
                    .unknownFunction, at: reader.place,
                    "\(name) has no row in \(milliseconds == nil ? files.durations : files.memory)")
            }
            cells.removeSubrange(cellCount...)
            leftOut.functions += 1
            leftOut.calls += calls
        }
        guard !cells.isEmpty else { throw FaaSError(.empty, at: .init(file: files.invocations), "has no calls") }
        self.init(functions: functions, slots: columns.slots, slotSeconds: 60, cells: cells, leftOut: leftOut)
    }
}
