/// What is asked of the history.
public struct HistoryQuery: Hashable, Sendable {
    /// The most points of one series that can be asked for.
    public static let mostPoints = 10_000

    /// The metric's name.
    public var metric: String
    /// Whose it is; nil for all that have it.
    public var subject: SeriesIdentity.Subject?
    /// The part; nil for all.
    public var scope: String?
    /// From when on, in whole seconds since 1970.
    public var fromUnixSeconds: Int64
    /// Until when, exclusive.
    public var toUnixSeconds: Int64
    /// The most points per series; where there are more, neighbours are merged.
    public var maximumPoints: Int

    /// A query as described.
    public init(
        metric: String, subject: SeriesIdentity.Subject? = nil, scope: String? = nil, fromUnixSeconds: Int64,
        toUnixSeconds: Int64, maximumPoints: Int
    ) {
        self.metric = metric
        self.subject = subject
        self.scope = scope
        self.fromUnixSeconds = fromUnixSeconds
        self.toUnixSeconds = toUnixSeconds
        self.maximumPoints = maximumPoints
    }

    func matches(_ identity: SeriesIdentity) -> Bool {
        identity.metric == metric && (subject.map { $0 == identity.subject } ?? true)
            && (scope.map { $0 == identity.scope } ?? true)
    }
}

/// One series as it was over a while.
public struct HistorySeries: Hashable, Sendable {
    /// What it is of.
    public var identity: SeriesIdentity
    /// Seconds that each point stands for.
    public var secondsPerPoint: Int
    /// The points, oldest first. Where nothing was measured there is none: absent is absent.
    public var points: [HistoryPoint]
}

/// How far back a tier has points.
struct TierReach: Hashable, Sendable {
    /// The beginning of its oldest block; nil where it has none.
    var oldestStart: Int64?
    /// What was before this moment was dropped, or is older than the tier; 0 where it has everything.
    var droppedBefore: Int64
}

/// How a query is answered: from which tier, and how many of its points make one of the answer's.
struct QueryPlan: Hashable {
    let tier: Int
    /// Seconds of a point of the answer; a whole multiple of the tier's.
    let secondsPerPoint: Int64
    /// The beginning of the first point of the answer.
    let start: Int64
    let end: Int64

    /// Chooses the coarsest tier whose points are no longer than what was asked for, among those that reach back far
    /// enough; where all are longer, the finest of them. `reaches` has one entry for each tier of `plan`.
    init?(_ query: HistoryQuery, plan: TierPlan, reaches: [TierReach]) {
        guard query.toUnixSeconds > query.fromUnixSeconds, query.maximumPoints > 0, let first = Self.first(reaches) else {
            return nil
        }
        let from = max(query.fromUnixSeconds, first, 0)
        guard query.toUnixSeconds > from else { return nil }
        let wanted = max((query.toUnixSeconds - from + Int64(query.maximumPoints) - 1) / Int64(query.maximumPoints), 1)
        let held = plan.entries.indices.filter { reaches[$0].oldestStart != nil }
        let reaching = held.filter { reaches[$0].droppedBefore <= from }
        let candidates = reaching.isEmpty ? held.suffix(1) : reaching
        guard let finest = candidates.first else { return nil }
        tier = candidates.last { plan.entries[$0].secondsPerPoint <= wanted } ?? finest
        let unit = plan.entries[tier].secondsPerPoint
        var seconds = (wanted + unit - 1) / unit * unit
        // Points begin at multiples of their length, so that there may be one more than fit between both ends.
        while (query.toUnixSeconds - 1) / seconds - floorDivision(from, seconds) + 1 > Int64(query.maximumPoints) { seconds += unit }
        secondsPerPoint = seconds
        start = floorDivision(from, seconds) * seconds
        end = query.toUnixSeconds
    }

    /// A moment before which there is nothing: a block may begin before its first point, so of tiers that have everything
    /// there ever was the one whose block began last tells most.
    private static func first(_ reaches: [TierReach]) -> Int64? {
        let complete = reaches.filter { $0.droppedBefore == 0 }.compactMap(\.oldestStart).max()
        return complete ?? reaches.compactMap(\.oldestStart).min()
    }

    /// How many points the answer has at most.
    var pointCount: Int { Int((end - start + secondsPerPoint - 1) / secondsPerPoint) }
}

/// Where the points of one series come together to the answer's.
struct PointBins {
    private let plan: QueryPlan
    private var bins: [HistoryPoint?]

    init(_ plan: QueryPlan) {
        self.plan = plan
        bins = Array(repeating: nil, count: plan.pointCount)
    }

    mutating func add(_ point: HistoryPoint) {
        guard point.startUnixSeconds >= plan.start, point.startUnixSeconds < plan.end else { return }
        let index = Int((point.startUnixSeconds - plan.start) / plan.secondsPerPoint)
        if bins[index] == nil {
            bins[index] = point
            bins[index]?.startUnixSeconds = plan.start + Int64(index) * plan.secondsPerPoint
        } else {
            bins[index]?.merge(point)
        }
    }

    var points: [HistoryPoint] { bins.compactMap { $0 } }
}
