public import Measures
import Synchronization

/// What was measured and decided over time: points of many series, in tiers that become coarser with age, in a database of
/// bounded size.
///
/// Whoever adds points is never held up: they go into a bounded queue, from which `HistoryWriter` takes them. Any thread
/// may use it.
public final class History: Sendable {
    /// Adds what it knows for the second that is given, seconds since 1970; called once a second while the history is written.
    public typealias Feed = @Sendable (_ history: History, _ unixSeconds: Int64) -> Void

    struct Guarded {
        var open: OpenBlocks
        /// What is to be written and is not yet.
        var turn: HistoryDatabase.Turn?
    }

    /// What the history may take.
    public let settings: HistorySettings
    let database: HistoryDatabase
    let time: any TimeSource
    let unixSeconds: @Sendable () -> Double
    let queue: HistoryQueue
    let registry: Mutex<SeriesRegistry>
    let guarded: Mutex<Guarded>
    let progress: Mutex<Progress>
    private let feeds = Mutex<[Feed]>([])

    /// Opens the history at `path`, making it if it is not there, and goes on where it stood. `unixSeconds` is the wall
    /// clock. Throws `StoreError` naming the path, or what the settings allow.
    public convenience init(
        path: String, settings: HistorySettings = HistorySettings(), time: any TimeSource,
        unixSeconds: @escaping @Sendable () -> Double
    ) throws(StoreError) {
        try self.init(path: path, settings: settings, time: time, unixSeconds: unixSeconds, mostPages: nil)
    }

    init(
        path: String, settings: HistorySettings, time: any TimeSource, unixSeconds: @escaping @Sendable () -> Double,
        mostPages: Int?
    ) throws(StoreError) {
        self.settings = settings
        self.time = time
        self.unixSeconds = unixSeconds
        queue = HistoryQueue(capacity: settings.mostQueuedPoints, time: time)
        let plan = try TierPlan(settings.tiers)
        let database = try HistoryDatabase(
            path: path, plan: plan, unixSeconds: Int64(unixSeconds()), mostPages: mostPages)
        let known = try database.series(unixSeconds: Int64(unixSeconds()))
        let registry = SeriesRegistry(most: settings.mostSeries, known: known)
        let open = try database.openBlocks { registry[$0]?.isCounter }
        let (used, oldest) = try database.read { (try HistoryDatabase.usedBytes($0), try database.reaches($0).map(\.oldestStart)) }
        self.database = database
        self.registry = Mutex(registry)
        guarded = Mutex(Guarded(open: open))
        progress = Mutex(Progress(usedBytes: used, oldest: oldest))
    }

    /// Why `tiers` cannot be used, one sentence with what is allowed; nil where they can.
    public static func flaw(of tiers: [HistoryTier]) -> String? {
        do throws(StoreError) {
            _ = try TierPlan(tiers)
            return nil
        } catch {
            return error.description
        }
    }

    /// Seconds of the finest tier's points: values that belong together may be merged over so long before they are added.
    public var secondsPerPoint: Int { settings.tiers[0].secondsPerPoint }

    /// The number of `identity`, to add points with; nil where there are too many series already.
    public func number(of identity: SeriesIdentity) -> SeriesNumber? {
        registry.withLock { $0.number(of: identity) }
    }

    /// Adds points. Those that cannot be kept and those that the queue has no room for are counted, and that is all.
    public func append(_ readings: [HistoryReading]) {
        let usable = readings.filter(\.point.isUsable)
        refuse(readings.count - usable.count)
        queue.put(usable)
    }

    /// Adds one value of `identity` at a moment in seconds since 1970.
    public func append(_ value: Double, of identity: SeriesIdentity, atUnixSeconds moment: Double) {
        guard let number = number(of: identity), let second = Int64(exactly: moment.rounded(.down)) else { return refuse(1) }
        append([HistoryReading(series: number, point: HistoryPoint(startUnixSeconds: second, value: value))])
    }

    /// Counts points that cannot be kept.
    public func refuse(_ points: Int) {
        guard points > 0 else { return }
        progress.withLock { $0.refusedPoints += UInt64(points) }
    }

    /// Has `feed` add what it knows once a second.
    public func feed(_ feed: @escaping Feed) {
        feeds.withLock { $0.append(feed) }
    }

    /// Asks everybody who feeds the history.
    func runFeeds() {
        let second = Int64(unixSeconds())
        for feed in feeds.withLock({ $0 }) { feed(self, second) }
    }

    /// The names of the metrics that there are, in their order.
    public var metrics: [String] { registry.withLock { $0.metrics } }

    /// How it is now.
    public var status: HistoryStatus {
        let waiting = queue.state
        let series = registry.withLock { $0.count }
        let progress = progress.withLock { $0 }
        let oldest = [waiting.since, progress.writingSince].compactMap { $0 }.min()
        return HistoryStatus(
            state: progress.state, series: series, queuedPoints: waiting.count, writtenPoints: progress.writtenPoints,
            droppedPoints: waiting.dropped, refusedPoints: progress.refusedPoints,
            lagSeconds: oldest.map { time.now.seconds(since: $0) } ?? 0, usedBytes: progress.usedBytes,
            limitBytes: settings.limitBytes, droppedBlocks: progress.droppedBlocks, tierList: settings.tiers,
            oldest: progress.oldest)
    }

    /// What became of what was to be written.
    struct Progress {
        var state = HistoryStatus.State.running
        var writtenPoints: UInt64 = 0
        var refusedPoints: UInt64 = 0
        /// Since when the oldest point of the turn that is being written has waited.
        var writingSince: MonotonicInstant?
        var usedBytes: Int
        var droppedBlocks: UInt64 = 0
        var oldest: [Int64?]
    }
}
