public import Logging
public import ServiceLifecycle
import UnixSignals

extension CommandShell {
    /// Runs `services` until one of them ends or the process gets SIGTERM, SIGINT or SIGHUP, then shuts the others down
    /// in reverse order. Throws what a service threw. With `onHangup` SIGHUP does not end the process: it calls that, one
    /// call after the other.
    ///
    /// A service manager that asks for it (sd_notify(3)) is told that the process is ready once every one of
    /// `heartbeats` has begun, and that it lives as long as each of them goes on.
    public static func serve(
        _ services: [any Service], heartbeats: [Heartbeat] = [], onHangup: (@Sendable () async -> Void)? = nil, logger: Logger
    ) async throws {
        var services = services
        var ending: [UnixSignal] = [.sigterm, .sigint]
        if let onHangup {
            // First, so that it ends last: a signal during shutdown must not end what is being shut down.
            services.insert(HangupService(action: onHangup), at: 0)
        } else {
            ending.append(.sighup)
        }
        if let manager = try ServiceManager() {
            services.append(
                ServiceManagerNotifier(manager: manager, heartbeats: heartbeats, clock: ContinuousClock(), logger: logger))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: ending, logger: logger))
        try await group.run()
    }
}
