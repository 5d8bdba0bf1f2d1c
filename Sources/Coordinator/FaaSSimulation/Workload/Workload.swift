internal import Harvesting
internal import Measures

/// The calls that a simulated cluster serves: functions, and how to draw each call's arrival and demand.
///
/// A workload holds counts or recorded times, not drawn calls; its streams draw these again and again, the same ones
/// each time.
public struct Workload: Sendable {
    /// The functions; a `FunctionIndex` is a place in this table.
    public let functions: [FunctionModel]
    /// Their names, in the same order.
    public let functionNames: [String]
    /// What it was made with.
    public let parameters: WorkloadParameters
    /// Seconds that one slot lasts in the run; nil where the trace has times instead of counts.
    public let slotSeconds: Double?
    /// How often the slot would be as long as it is in the trace: above 1 where the trace is replayed faster.
    public let speedup: Double
    /// How many calls the trace has.
    public let recordedCalls: Int
    /// How many calls there are.
    public let calls: Int

    let source: Source

    /// Where the calls come from.
    enum Source: Sendable {
        /// Counts per slot, in the order of slots.
        case slots([SlottedTrace.Cell], slotSeconds: Double)
        /// Times of arrival with the durations recorded.
        case times([TimedTrace.Call])
        /// Made up, one after another.
        case synthetic(calls: Int, meanGapSeconds: Double)
    }

    /// The workload that `parameters` make of a trace in any of the formats.
    public init(_ trace: RecordedTrace, _ parameters: WorkloadParameters) throws(FaaSError) {
        switch trace {
        case .azure2019(let trace): try self.init(trace, parameters) { $0.function($1) }
        case .freyr(let trace):
            try self.init(trace, parameters) { drawing, described in
                // The reader lists the ten applications in the order of their keys.
                let key = Int(described.name) ?? 0
                return drawing.function(PublishedApplication.all[key])
            }
        case .azure2021(let trace): try self.init(trace, parameters)
        }
    }

    /// The workload that `parameters` make of counts per slot.
    private init(
        _ trace: SlottedTrace, _ parameters: WorkloadParameters,
        _ model: (inout FunctionDrawing, TraceFunction) -> FunctionModel
    ) throws(FaaSError) {
        try parameters.validate()
        var drawing = FunctionDrawing(parameters)
        functions = trace.functions.map { model(&drawing, $0) }
        functionNames = trace.functions.map(\.name)
        let cells = Self.kept(trace, parameters)
        calls = cells.reduce(0) { $0 + Int($1.calls) }
        guard calls > 0 else {
            throw FaaSError(.empty, "no call of the trace is left with a kept share of \(parameters.keptShare)")
        }
        recordedCalls = trace.calls
        self.parameters = parameters
        let seconds =
            switch parameters.slotLength {
            case .asRecorded: trace.slotSeconds
            case .seconds(let seconds): seconds
            case .reserving(let share, let capacity):
                Self.seconds(reserving: share, of: capacity, functions, cells, parameters.seed)
                    / Double(trace.slots.count)
            }
        slotSeconds = seconds
        speedup = trace.slotSeconds / seconds
        source = .slots(cells, slotSeconds: seconds)
    }

    /// The workload that `parameters` make of recorded times. The bound on calls per slot and the slot's length mean
    /// nothing here; times are as recorded.
    private init(_ trace: TimedTrace, _ parameters: WorkloadParameters) throws(FaaSError) {
        try parameters.validate()
        var durations = [[Double]](repeating: [], count: trace.functions.count)
        for call in trace.calls { durations[call.function.place].append(call.durationSeconds) }
        var drawing = FunctionDrawing(parameters)
        functions = durations.map { drawing.function(medianSeconds: Quartiles($0)?.median ?? 0) }
        functionNames = trace.functions.map(\.name)
        var random = SeededRandom(seed: parameters.seed, stream: "kept")
        let kept = trace.calls.filter { _ in parameters.keptShare == 1 || random.uniform() < parameters.keptShare }
        guard !kept.isEmpty else {
            throw FaaSError(.empty, "no call of the trace is left with a kept share of \(parameters.keptShare)")
        }
        calls = kept.count
        recordedCalls = trace.calls.count
        self.parameters = parameters
        slotSeconds = nil
        speedup = 1
        source = .times(kept)
    }

    /// A made-up workload of any length: `calls` calls of `functionCount` functions, each as likely as the other, at
    /// random times with `meanGapSeconds` between them. Durations and memory are drawn around medians typical of the
    /// trace of 2019.
    public init(
        syntheticCalls calls: Int, functionCount: Int, meanGapSeconds: Double, _ parameters: WorkloadParameters
    ) throws(FaaSError) {
        try parameters.validate()
        guard calls > 0, functionCount > 0, meanGapSeconds > 0, meanGapSeconds.isFinite else {
            throw FaaSError(
                .invalidParameter,
                "\(calls) calls of \(functionCount) functions every \(meanGapSeconds) s; all of them must be positive")
        }
        var drawing = FunctionDrawing(parameters)
        // The median function of the sample of 500: quartiles 180 and 430 ms.
        let typical = PercentileSummary(
            mean: 420, minimum: 20, p25: 180, p50: 279, p75: 430, p99: 3_000, maximum: 20_000)
        guard let typical else {
            preconditionFailure("constants that ascend")
        }
        functionNames = (0..<functionCount).map { "synthetic-\($0)" }
        functions = functionNames.map { drawing.function(TraceFunction(name: $0, milliseconds: typical)) }
        self.calls = calls
        recordedCalls = calls
        self.parameters = parameters
        slotSeconds = nil
        speedup = 1
        source = .synthetic(calls: calls, meanGapSeconds: meanGapSeconds)
    }

    /// The calls, drawn one after another.
    public func stream() -> WorkloadStream { WorkloadStream(self) }

    // MARK: Thinning and scale

    private static func kept(_ trace: SlottedTrace, _ parameters: WorkloadParameters) -> [SlottedTrace.Cell] {
        let bound = parameters.callsPerFunctionAndSlot ?? .max
        var bounded = [Int](repeating: 0, count: trace.functions.count)
        for cell in trace.cells { bounded[cell.function.place] += min(Int(cell.calls), bound) }
        let shares = zip(trace.functions, bounded).map { function, calls in
            let busy = Double(calls) * (function.milliseconds?.mean ?? 0) / 1_000
            let allowed = (parameters.runningPerFunction ?? .infinity) * Double(trace.slots.count) * trace.slotSeconds
            return parameters.keptShare * (busy > allowed ? allowed / busy : 1)
        }
        var random = SeededRandom(seed: parameters.seed, stream: "kept")
        return trace.cells.compactMap { cell in
            let share = shares[cell.function.place]
            var calls = min(Int(cell.calls), bound)
            if share < 1 {
                calls = (0..<calls).reduce(0) { sum, _ in sum + (random.uniform() < share ? 1 : 0) }
            }
            return calls > 0 ? SlottedTrace.Cell(slot: Int(cell.slot), function: cell.function, calls: calls) : nil
        }
    }

    /// Seconds in which the users' amounts take `share` of the scarcer resource of `capacity`. All calls are drawn for
    /// it, the very ones that will be served, because long ones are too rare for a mean of theirs to be known from few.
    private static func seconds(
        reserving share: Double, of capacity: Resources, _ functions: [FunctionModel], _ cells: [SlottedTrace.Cell],
        _ seed: UInt64
    ) -> Double {
        var stream = WorkloadStream(functions, .slots(cells, slotSeconds: 1), seed: seed)
        var coreSeconds = 0.0
        var mebibyteSeconds = 0.0
        while let call = stream.next() {
            let user = functions[call.function.place].user
            let seconds = call.demand.seconds(with: user)
            coreSeconds += Double(user.millicores) * seconds
            mebibyteSeconds += Double(user.mebibytes) * seconds
        }
        return max(coreSeconds / Double(capacity.millicores), mebibyteSeconds / Double(capacity.mebibytes)) / share
    }
}
