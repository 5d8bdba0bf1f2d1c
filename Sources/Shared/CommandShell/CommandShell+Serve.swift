public import Logging
public import ServiceLifecycle
import UnixSignals

extension CommandShell {
    /// Runs `services` until one of them ends or the process gets SIGTERM, SIGINT or SIGHUP, then shuts the others down
    /// in reverse order. Throws what a service threw.
    public static func serve(_ services: [any Service], logger: Logger) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: logger))
        try await group.run()
    }
}
