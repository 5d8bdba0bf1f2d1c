public import Logging
public import Measures
public import ServiceLifecycle
import Topology

/// Watches containers in turns of its own, so that neither the uplink nor the counters can hold up a limit's way back.
public struct ContainerService<Time: Clock<Duration>>: Service {
    /// How often use and leases are told.
    private static var reportNanoseconds: UInt64 { 1_000_000_000 }

    private let settings: ContainerSettings
    private let leases: LeaseSettings
    private let orders: LeaseOrders
    private let time: any TimeSource
    private let clock: Time
    private let logger: Logger
    private let onTurn: @Sendable () -> Void
    private let publish: @Sendable (ContainerNews) -> Void

    /// A service that carries out `orders` and tells its news to `publish`, once a second or sooner. `clock` is what it
    /// sleeps by; `onTurn` is called in each turn, at least ten times a second.
    public init(
        settings: ContainerSettings, leases: LeaseSettings, orders: LeaseOrders, time: any TimeSource, clock: Time,
        logger: Logger, onTurn: @escaping @Sendable () -> Void = {},
        publish: @escaping @Sendable (ContainerNews) -> Void
    ) {
        self.settings = settings
        self.leases = leases
        self.orders = orders
        self.time = time
        self.clock = clock
        self.logger = logger
        self.onTurn = onTurn
        self.publish = publish
    }

    /// Runs until graceful shutdown or cancellation, and then gives every limit back. Throws `ContainerError` when there
    /// are no control groups, or when the record of leases cannot be kept.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await watch() }
    }

    private func watch() async throws {
        let watch = try ContainerWatch(settings: settings, leases: leases, time: time)
        if watch.unreadableRecordLines > 0 {
            logger.warning(
                "the record of leases has lines that cannot be understood: limits in them are not given back",
                metadata: ["path": "\(leases.statePath)", "lines": "\(watch.unreadableRecordLines)"])
        }
        var news = LeaseNews(isEnabled: leases.isEnabled, at: time.now)
        var reportAt = time.now.advanced(byNanoseconds: Self.reportNanoseconds)
        var unsampled = 0
        // The containers must have been found before the first order asks for one.
        _ = watch.turn()
        while !Task.isCancelled {
            for order in orders.takeAll() { carryOut(order, watch) }
            let next = watch.turn()
            let isReportDue = time.now >= reportAt
            tell(&news, of: watch, isDue: isReportDue)
            if isReportDue {
                reportAt = time.now.advanced(byNanoseconds: Self.reportNanoseconds)
                let snapshot = watch.report()
                noteUnsampled(snapshot.unsampled, &unsampled)
                publish(.usage(snapshot))
            }
            onTurn()
            // A sleep that is cut short is the end of the service.
            try? await clock.sleep(for: .nanoseconds(Int64(clamping: next.nanoseconds(since: time.now))))
        }
        watch.close()
        tell(&news, of: watch, isDue: true)
    }

    private func carryOut(_ order: LeaseOrder, _ watch: ContainerWatch) {
        switch order {
        case .take(let request): watch.take(request)
        case .end(let id): watch.end(id)
        }
    }

    private func tell(_ news: inout LeaseNews, of watch: ContainerWatch, isDue: Bool) {
        let (events, dropped) = watch.takeEvents()
        guard isDue || !events.isEmpty || dropped > 0 else { return }
        news.takenAt = time.now
        news.held = watch.held
        news.append(events, dropped: dropped, at: time.now)
        for event in events { log(event) }
        publish(.leases(news))
    }

    private func log(_ event: LeaseEvent) {
        var metadata: Logger.Metadata = ["lease": "\(event.id)"]
        metadata["container"] = event.containerID.map { "\($0)" }
        metadata["reason"] = event.reason.map { "\($0)" }
        metadata["detail"] = event.sentence.map { "\($0)" }
        logger.log(level: event.kind == .delayed ? .warning : .info, "lease \(event.kind)", metadata: metadata)
    }

    private func noteUnsampled(_ count: Int, _ before: inout Int) {
        guard count != before else { return }
        before = count
        logger.warning(
            "containers are not sampled",
            metadata: ["containers": "\(count)", "maximum": "\(settings.maximumContainers)"])
    }
}
