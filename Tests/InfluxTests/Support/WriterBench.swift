import HTTPClient
import Influx
import Logging
import Measures
import ServiceLifecycle
import Synchronization
import TestSupport

/// Runs a writer, with what carries its requests, and shuts both down in peace.
enum WriterBench {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A writer to `destination` of what `collect` returns. It looks every tenth of a second, and pauses no longer than two.
    static func writer(
        to destination: InfluxDestination, over transport: HTTPTransport, limits: LineQueue.Limits = .init(),
        precision: TimestampPrecision = .milliseconds, collect: @escaping @Sendable () async -> [InfluxPoint]
    ) -> InfluxWriter {
        InfluxWriter(
            settings: .init(
                destination: destination, precision: precision, intervalNanoseconds: 100_000_000, limits: limits,
                pause: RetryPause(first: 50_000_000, longest: 2_000_000_000)),
            transport: transport, time: SystemTime(), random: SeededRandom(seed: 1), logger: quiet, collect: collect)
    }

    /// Runs `writer` and `transport` for as long as `body` lasts.
    static func run(
        _ writer: InfluxWriter, _ transport: HTTPTransport, _ body: () async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [transport, writer], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }
}

/// Makes points that are numbered from 1, a few at each look.
final class NumberedPoints: Sendable {
    private let made = Atomic(0)
    private let atEachLook: Int
    private let most: Int

    /// So many `atEachLook`, and no more than `most`.
    init(atEachLook: Int, most: Int = .max) {
        self.atEachLook = atEachLook
        self.most = most
    }

    /// How many there are until now.
    var count: Int { made.load(ordering: .sequentiallyConsistent) }

    /// The next ones, each of a millisecond of its own.
    func look() -> [InfluxPoint] {
        (0..<atEachLook).compactMap { _ in
            guard count < most else { return nil }
            let number = made.add(1, ordering: .sequentiallyConsistent).newValue
            return InfluxPoint(
                "reeve_test", tags: [("node", "w01")], fields: [("n", .count(number)), ("half", .float(Double(number) / 2))],
                unixNanoseconds: 1_700_000_000_000_000_000 + Int64(number) * 1_000_000)
        }
    }
}
