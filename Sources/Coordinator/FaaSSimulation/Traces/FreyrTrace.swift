internal import Harvesting

extension SlottedTrace {
    /// Reads a trace of Freyr's simulator, `exp_invocation_traces_N.csv`: `HashFunction,Trigger,1,2,...`, where
    /// `HashFunction` is the key of one of the ten ``PublishedApplication``s and each column is one second.
    ///
    /// The ten applications are the table of functions, in the order of their keys; those that the file does not name
    /// are not called.
    public init(freyr path: String) throws(FaaSError) {
        var reader = try CSVReader(path: path, requiresLastLineEnd: true)
        let columns = try SlotColumns(header: reader.header, leading: ["HashFunction", "Trigger"], path: path)
        let applications = PublishedApplication.all
        var triggers = [String?](repeating: nil, count: applications.count)
        var cells: [Cell] = []
        while try reader.advance() {
            let name = try reader.text()
            guard let key = Int(name), String(key) == name, applications.indices.contains(key) else {
                throw FaaSError(
                    .unknownFunction, at: reader.place,
                    "HashFunction is \"\(name)\"; allowed is the key of an application, 0 to \(applications.count - 1)")
            }
            guard triggers[key] == nil else {
                throw FaaSError(.duplicateFunction, at: reader.place, "function \(name) stands in the table twice")
            }
            triggers[key] = try reader.text()
            _ = try columns.read(&reader, function: FunctionIndex(key), into: &cells)
        }
        guard !cells.isEmpty else { throw FaaSError(.empty, at: .init(file: path), "has no calls") }
        let functions = triggers.enumerated().map { TraceFunction(name: "\($0.offset)", trigger: $0.element ?? "") }
        self.init(functions: functions, slots: columns.slots, slotSeconds: 1, cells: cells)
    }
}
