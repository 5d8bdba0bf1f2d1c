public import HTTPClient
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization

/// Asks for points at regular intervals and writes them to InfluxDB, until shutdown.
///
/// Collecting goes on while the database is away: what it has not written waits in a bounded queue, and the oldest is
/// given up when that is full. A batch whose answer was lost is written again, which changes nothing: a point that is
/// there already is replaced by itself.
public final class InfluxWriter: Service {
    /// What is written where, how often, and how much of it waits.
    public struct Settings: Sendable {
        /// Where.
        public var destination: InfluxDestination
        /// The unit of timestamps.
        public var precision: TimestampPrecision
        /// Between two collections, in nanoseconds.
        public var intervalNanoseconds: UInt64
        /// How much waits and is sent at once.
        public var limits: LineQueue.Limits
        /// How long the database is left alone after it has failed.
        public var pause: RetryPause

        /// Settings as described.
        public init(
            destination: InfluxDestination, precision: TimestampPrecision = .milliseconds,
            intervalNanoseconds: UInt64 = 10_000_000_000, limits: LineQueue.Limits = .init(),
            pause: RetryPause = RetryPause()
        ) {
            self.destination = destination
            self.precision = precision
            self.intervalNanoseconds = intervalNanoseconds
            self.limits = limits
            self.pause = pause
        }
    }

    /// How often the queue is looked at, in nanoseconds: new points wait no longer than that.
    private static let lookNanoseconds: UInt64 = 200_000_000
    /// What the database is given at shutdown to take the rest, in nanoseconds.
    private static let lastNanoseconds: UInt64 = 3_000_000_000

    private let settings: Settings
    private let transport: HTTPTransport
    private let time: any TimeSource
    private let logger: Logger
    private let collect: @Sendable () async -> [InfluxPoint]
    private let sleep: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let queue: Mutex<LineQueue>

    /// A writer of what `collect` returns, over `transport`, which must outlive it. `random` spreads its pauses; `sleep`
    /// waits.
    public init(
        settings: Settings, transport: HTTPTransport, time: any TimeSource, random: SeededRandom, logger: Logger,
        sleep: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        },
        collect: @escaping @Sendable () async -> [InfluxPoint]
    ) {
        self.settings = settings
        self.transport = transport
        self.time = time
        self.logger = logger
        self.sleep = sleep
        self.collect = collect
        queue = Mutex(LineQueue(limits: settings.limits, pause: settings.pause, random: random))
    }

    /// What has become of lines until now.
    public var counts: InfluxCounts {
        let now = time.now
        return queue.withLock { $0.counts(at: now) }
    }

    /// Collects and writes until graceful shutdown or cancellation; collects once more then, and gives the database a few
    /// seconds to take the rest.
    public func run() async {
        // Either part ends only by being told to.
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.collectForever() }
                group.addTask { try await self.writeForever() }
                try await group.waitForAll()
            }
        }
        add(await collect())
        await writeRest()
        let given = queue.withLock { $0.end() }
        if given > 0 { logger.warning("points were not written", metadata: ["lines": "\(given)"]) }
    }

    private func collectForever() async throws {
        while true {
            add(await collect())
            try await sleep(settings.intervalNanoseconds)
        }
    }

    private func add(_ points: [InfluxPoint]) {
        let format = LineProtocol(precision: settings.precision)
        let lines = points.compactMap { format.line($0) }
        let now = time.now
        queue.withLock { queue in
            for line in lines { queue.add(line, at: now) }
        }
    }

    private func writeForever() async throws {
        while !Task.isCancelled {
            if await writeOne() { continue }
            try await sleep(Self.lookNanoseconds)
        }
    }

    private func writeRest() async {
        let deadline = time.now.advanced(byNanoseconds: Self.lastNanoseconds)
        while time.now < deadline, await writeOne() {}
    }

    /// Sends the next batch; false where there is none to send now.
    private func writeOne() async -> Bool {
        let action = queue.withLock { $0.next(at: time.now) }
        guard case .send(let body) = action else { return false }
        guard let verdict = await verdict(on: body) else {
            queue.withLock { $0.takeBack() }
            return false
        }
        queue.withLock { $0.finish(verdict, at: time.now) }
        tell(verdict)
        return true
    }

    /// What the database says to `body`; nil where nothing can be said because the writer is to end.
    private func verdict(on body: [UInt8]) async -> WriteVerdict? {
        let request: HTTPRequest
        do throws(CredentialError) {
            request = try settings.destination.request(body, settings.precision)
        } catch {
            return .later(.access, afterSeconds: nil, sentence: error.description)
        }
        do throws(HTTPError) {
            return WriteVerdict(try await transport.send(request))
        } catch {
            return error.code == .cancelled || error.code == .closed ? nil : WriteVerdict(error)
        }
    }

    private func tell(_ verdict: WriteVerdict) {
        let metadata: Logger.Metadata = ["url": "\(settings.destination.url)"]
        switch verdict {
        case .written: logger.debug("points were written", metadata: metadata)
        case .partlyWritten(let dropped, let reason, let sentence):
            logger.warning(
                "InfluxDB has dropped points: \(sentence)",
                metadata: metadata.merging(["lines": "\(dropped)", "reason": "\(reason.rawValue)"]) { $1 })
        case .refused(let reason, let sentence):
            logger.error(
                "InfluxDB refuses points for good: \(sentence)",
                metadata: metadata.merging(["reason": "\(reason.rawValue)"]) { $1 })
        case .tooLarge(let sentence): logger.notice("a batch is too large: \(sentence)", metadata: metadata)
        case .later(let reason, _, let sentence):
            logger.warning(
                "points are put off: \(sentence)", metadata: metadata.merging(["reason": "\(reason.rawValue)"]) { $1 })
        }
    }
}
