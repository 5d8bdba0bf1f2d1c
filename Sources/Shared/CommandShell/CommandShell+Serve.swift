public import Logging
public import ServiceLifecycle
import UnixSignals

extension CommandShell {
    /// Runs `services` until one of them ends or the process gets SIGTERM, SIGINT or SIGHUP, then shuts the others down
    /// in reverse order. Throws `CommandFailure` with the reason when one of them failed.
    public static func serve(_ services: [any Service], logger: Logger) async throws(CommandFailure) {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: logger))
        do {
            try await group.run()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
    }
}
