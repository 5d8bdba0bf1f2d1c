public import Harvesting

/// Calls one by one with their time and duration, as the Azure Functions trace of 2021 has them.
public struct TimedTrace: Sendable {
    /// One call.
    public struct Call: Sendable, Hashable {
        /// Seconds from the start of the trace to the arrival.
        public let arrivalSeconds: Double
        /// Seconds of execution.
        public let durationSeconds: Double
        /// The function.
        public let function: FunctionIndex

        /// A call of `function`.
        public init(arrivalSeconds: Double, durationSeconds: Double, function: FunctionIndex) {
            self.arrivalSeconds = arrivalSeconds
            self.durationSeconds = durationSeconds
            self.function = function
        }
    }

    /// The functions in the order of their first calls; a `FunctionIndex` is a place in this table.
    public let functions: [TraceFunction]
    /// The calls in the order of arrivals.
    public let calls: [Call]

    /// What may lie between the order of the file and that of the reckoned arrivals: end and duration are rounded, the
    /// latter to milliseconds.
    public static let roundingSeconds = 1e-3

    /// Reads the Azure Functions trace of 2021 (Zhang et al., "Faster and Cheaper Serverless Computing on Harvested
    /// Resources", SOSP 2021): `app,func,end_timestamp,duration` in seconds, in the order of arrivals, which are
    /// `end_timestamp - duration`.
    public init(azure2021 path: String) throws(FaaSError) {
        // The published excerpts end without a line end.
        var reader = try CSVReader(path: path, requiresLastLineEnd: false)
        guard reader.header == ["app", "func", "end_timestamp", "duration"] else {
            throw FaaSError(
                .wrongHeader, at: .init(file: path, line: 1), "the header is not app,func,end_timestamp,duration")
        }
        var functions: [TraceFunction] = []
        var indices: [String: FunctionIndex] = [:]
        var calls: [Call] = []
        var latest = 0.0
        while try reader.advance() {
            let name = try "\(reader.text())/\(reader.text())"
            let end = try reader.number()
            let duration = try reader.number()
            try reader.endLine()
            let arrival = end - duration
            guard arrival > -Self.roundingSeconds else {
                throw FaaSError(
                    .invalidField, at: reader.place,
                    "the call ends after \(end) s and lasts \(duration) s; it begins before 0")
            }
            guard arrival > latest - Self.roundingSeconds else {
                throw FaaSError(
                    .outOfOrder, at: reader.place,
                    "the call arrives after \(arrival) s, the one before it after \(latest) s; arrivals must ascend")
            }
            latest = max(latest, arrival)
            let function = indices[name] ?? FunctionIndex(functions.count)
            if function.place == functions.count {
                indices[name] = function
                functions.append(TraceFunction(name: name))
            }
            calls.append(Call(arrivalSeconds: latest, durationSeconds: duration, function: function))
        }
        guard !calls.isEmpty else { throw FaaSError(.empty, at: .init(file: path), "has no calls") }
        self.functions = functions
        self.calls = calls
    }
}
