public import Influx
public import Logging
public import Measures
import Proxy
import Telemetry
import Topology

/// Makes points of what the coordinator knows: each thing once, stamped with when it was.
///
/// Values are told that are new since the look before: a node that is silent has no points, rather than old ones again.
public actor InfluxFeed {
    /// The most decisions, and the most runs, that one look takes out of the journal; what is left comes with the next.
    private static let mostEvents = 1_000

    private let parts: CoordinatorResponder.Parts
    private let scope: HTTPConfiguration.Scope
    private let time: any TimeSource
    private let unixSeconds: @Sendable () -> Double
    private let logger: Logger
    private var lookedAt: MonotonicInstant
    private var decisionsSeen: Int64
    private var runsSeen: Int64
    private var stamps: EventStamps

    /// A feed of what happens from now on in `parts`, with nodes' metrics down to `scope` and timestamps for
    /// `precision`. `unixSeconds` is the wall clock. Throws `StoreError`.
    public init(
        parts: CoordinatorResponder.Parts, scope: HTTPConfiguration.Scope, precision: TimestampPrecision,
        time: any TimeSource, unixSeconds: @escaping @Sendable () -> Double, logger: Logger
    ) throws {
        self.parts = parts
        self.scope = scope
        self.time = time
        self.unixSeconds = unixSeconds
        self.logger = logger
        lookedAt = time.now
        let newest = try parts.journal?.newestSequence() ?? 0
        decisionsSeen = newest
        runsSeen = newest
        stamps = EventStamps(precision: precision)
    }

    /// The points of what is new since the look before.
    public func look() -> [InfluxPoint] {
        let clock = InfluxClock(now: time.now, unixSeconds: unixSeconds())
        var points: [InfluxPoint] = []
        if let state = parts.hub?.snapshot().state {
            points += NodePoints.points(of: state, scope: scope, after: lookedAt, clock)
        }
        if let board = parts.harvest { points += HarvestPoints.points(of: board, after: lookedAt, clock) }
        if let routing = parts.routing { points += RoutePoints.points(of: routing.control.snapshot(), clock) }
        if let journal = parts.journal { points += events(in: journal) }
        lookedAt = clock.now
        return points
    }

    private func events(in journal: DecisionJournal) -> [InfluxPoint] {
        do {
            let decisions = try journal.decisions(after: decisionsSeen, limit: Self.mostEvents, session: nil)
            decisionsSeen = decisions.last?.sequence ?? decisionsSeen
            let runs = try journal.runs(after: runsSeen, limit: Self.mostEvents)
            runsSeen = runs.last?.sequence ?? runsSeen
            return decisions.map { EventPoints.point($0, &stamps) }
                + runs.map { EventPoints.point($0.record, at: $0.writtenAtUnixSeconds, &stamps) }
        } catch {
            // What was not read now is read at the next look.
            logger.error("the journal: \(error)")
            return []
        }
    }
}

/// Which time of the wall clock an instant is.
struct InfluxClock {
    let now: MonotonicInstant
    private let unixNanoseconds: Int64

    init(now: MonotonicInstant, unixSeconds: Double) {
        self.now = now
        unixNanoseconds = Self.nanoseconds(unixSeconds)
    }

    /// Nanoseconds since 1970 at `instant`, which has passed.
    func unixNanoseconds(at instant: MonotonicInstant) -> Int64 {
        unixNanoseconds &- Int64(clamping: now.nanoseconds(since: instant))
    }

    /// Seconds since 1970 as nanoseconds, as far as they go.
    static func nanoseconds(_ seconds: Double) -> Int64 { Int64(exactly: (seconds * 1e9).rounded()) ?? 0 }
}

/// Gives events of one series timestamps that differ: InfluxDB takes a second point of the same time for the first.
struct EventStamps {
    private let unit: Int64
    private var newest: [String: Int64] = [:]

    init(precision: TimestampPrecision) { unit = precision.nanosecondsPerUnit }

    /// The time of an event of `series` that happened at so many seconds since 1970: the next free one.
    mutating func next(in series: String, atUnixSeconds seconds: Double) -> Int64 {
        let wanted = InfluxClock.nanoseconds(seconds) / unit
        let free = newest[series].map { max($0 + 1, wanted) } ?? wanted
        newest[series] = free
        return free * unit
    }
}
