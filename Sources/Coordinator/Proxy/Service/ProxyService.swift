public import Logging
public import Measures
import NIOCore
import NIOPosix
import Routing
public import ServiceLifecycle

/// The HTTP proxy: takes requests for functions, has the router choose a worker for each, and brings the answers back.
///
/// On graceful shutdown it accepts nothing more, ends what is under way, within the time that its settings say, and
/// then returns; on cancellation it cuts everything off.
public final class ProxyService: Service, Sendable {
    /// What others may ask of it and tell it.
    public let control: ProxyControl
    private let settings: ProxySettings
    private let time: any TimeSource
    private let random: SeededRandom
    private let logger: Logger
    private let onTurn: @Sendable (_ loop: Int) -> Void
    private let bound = BoundAddresses()

    /// A proxy that begins with `plan`. `random` decides the names of requests. Once it listens, `onTurn` is called by
    /// each event loop, at least once a second, with its number from 0. Throws `ProxyError` for settings that are not
    /// allowed.
    public init(
        _ settings: ProxySettings, plan: RoutingPlan, time: any TimeSource, random: SeededRandom, logger: Logger,
        onTurn: @escaping @Sendable (_ loop: Int) -> Void = { _ in }
    ) throws(ProxyError) {
        try settings.validate()
        self.settings = settings
        self.time = time
        self.random = random
        self.logger = logger
        self.onTurn = onTurn
        control = ProxyControl(desk: RoutingDesk(settings, plan, time: time))
    }

    /// Where it listens, in the order of the settings and with the ports that the kernel chose; waits until it does.
    /// Throws `ProxyError` when it cannot listen, or has ended.
    public func boundAddresses() async throws -> [ListenAddress] {
        try await bound.value()
    }

    /// Serves until graceful shutdown or cancellation. Throws `ProxyError` when it cannot listen, or cannot write its
    /// access log.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.eventLoops)
        var failure: (any Error)?
        do {
            try await serve(on: group)
        } catch {
            failure = error
        }
        bound.fail(ProxyError("the proxy has ended"))
        try? await group.shutdownGracefully()
        if let failure { throw failure }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let writer = try settings.accessLog.map { log throws(ProxyError) in
            try AccessLogWriter(log.path, counters: control.desk.counters)
        }
        let front = try await ProxyFront.open(
            group, settings, control.desk, time: time, random: random, log: writer, logger: logger, onTurn: onTurn)
        bound.succeed(front.addresses)
        logger.info(
            "listening", metadata: ["addresses": "\(front.addresses.map(\.description).joined(separator: " "))"])
        await withTaskGroup(of: Void.self) { tasks in
            if let writer { tasks.addTask { await writer.run() } }
            if let check = settings.healthCheck {
                let prober = HealthProber(check, control.desk, group, time: time, logger: logger)
                tasks.addTask { await prober.run() }
            }
            await untilShutdown()
            await front.drain(seconds: settings.drainSeconds, time: time)
            await front.stop()
            writer?.finish()
            tasks.cancelAll()
        }
        logger.info("ended")
    }

    private func untilShutdown() async {
        let (events, ended) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in events {}
        } onCancelOrGracefulShutdown: {
            ended.finish()
        }
    }
}
