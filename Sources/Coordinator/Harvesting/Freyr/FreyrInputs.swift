public import Learning

/// What Freyr's network is told of a decision: the eleven features of the published agent (WWW 2022), nine of the
/// situation and two of each candidate, brought to about 0 ... 1. The published agent takes them as they come.
public struct FreyrInputs: Sendable, Hashable {
    /// The amounts that are chosen among.
    public let grid: AllocationGrid
    /// What the cluster has in all, to which free amounts are compared; both resources positive.
    public let capacity: Resources

    /// Features of the situation.
    public static let contextCount = 9

    /// Inputs for decisions over `grid` in a cluster of `capacity`.
    public init(grid: AllocationGrid = .published, capacity: Resources) {
        precondition(capacity.millicores > 0 && capacity.mebibytes > 0, "a cluster has some of both resources")
        self.grid = grid
        self.capacity = capacity
    }

    /// The candidates as the network sees them: their amounts as parts of the grid's most.
    public static let candidates = CandidateTable(
        contextCount: contextCount,
        features: (0..<AllocationGrid.count).map { index in
            let cpu = Float(AllocationGrid.cpuSteps(of: index))
            let memory = Float(AllocationGrid.memorySteps(of: index))
            return [cpu / Float(AllocationGrid.steps), memory / Float(AllocationGrid.steps)]
        })

    /// The features of a situation, [0] to [8]; the rest of the lanes is zero.
    public typealias Context = SIMD16<Float>

    /// Stands for what is not known yet.
    public static let unknown: Float = -1

    /// The situation of `request`, whose function has `history` with this arrival counted, and whose newest calibrating
    /// call took `baselineSeconds`.
    public func context(
        _ request: InvocationRequest, _ load: ClusterLoad, _ history: FunctionHistory, baselineSeconds: Double?
    ) -> Context {
        var context = Context.zero
        context[0] = Self.compressed(Double(load.unfinishedRequests), most: 10_000)
        context[1] = Self.share(load.free.millicores, of: capacity.millicores)
        context[2] = Self.share(load.free.mebibytes, of: capacity.mebibytes)
        context[3] = history.meanIntervalSeconds.map { Self.compressed($0, most: 3_600) } ?? Self.unknown
        context[4] = Self.compressed(Double(history.arrivedCount) / max(request.arrivalSeconds, 1), most: 100)
        context[5] =
            history.meanPeakMillicores.map { Float($0 / Double(grid.maximum.millicores)) } ?? Self.unknown
        context[6] = history.meanPeakMebibytes.map { Float($0 / Double(grid.maximum.mebibytes)) } ?? Self.unknown
        context[7] = history.meanExecutionSeconds.map { Self.compressed($0 * 1_000, most: 1e6) } ?? Self.unknown
        context[8] = baselineSeconds.map { Self.compressed($0 * 1_000, most: 1e6) } ?? Self.unknown
        return context
    }

    private static func share(_ part: Int, of whole: Int) -> Float { Float(part) / Float(whole) }
}
