import Logging
import ServiceLifecycle

/// Tells the service manager when the process is ready, that it lives, and that it stops.
///
/// The watchdog is fed with what the watched threads have done, not with the passing of time: three times in a watchdog
/// period the heartbeats are read, and the watchdog is fed only if each of them has gone on (`LivenessJudge`). The
/// heartbeats prove the socket threads; that the check itself runs proves Swift's own threads, where everything else
/// happens. So a process in which either of them hangs is killed and started anew.
struct ServiceManagerNotifier<Time: Clock<Duration>>: Service {
    /// How often the heartbeats are looked at before the process is ready.
    static var startPeriod: Duration { .milliseconds(50) }
    /// How often they are looked at without a watchdog, for the status line alone.
    static var idlePeriod: Duration { .seconds(10) }

    private let manager: ServiceManager
    private let heartbeats: [Heartbeat]
    private let clock: Time
    private let logger: Logger

    /// A service that tells `manager` of `heartbeats` and measures its periods by `clock`.
    init(manager: ServiceManager, heartbeats: [Heartbeat], clock: Time, logger: Logger) {
        self.manager = manager
        self.heartbeats = heartbeats
        self.clock = clock
        self.logger = logger
    }

    /// Runs until graceful shutdown or cancellation.
    func run() async {
        try? await cancelWhenGracefulShutdown { try await watch() }
        tell([.stopping, .status("stopping")])
    }

    /// Watches until the sleep between two checks is cancelled, which is the only error it throws.
    private func watch() async throws {
        var judge = LivenessJudge(names: heartbeats.map(\.name), hasWatchdog: manager.watchdogMicroseconds != nil)
        while true {
            tell(judge.check(heartbeats.map(\.count)))
            try await clock.sleep(for: judge.isReady ? period : Self.startPeriod)
        }
    }

    private var period: Duration {
        manager.watchdogMicroseconds.map { .microseconds(Int64(clamping: $0 / 3)) } ?? Self.idlePeriod
    }

    private func tell(_ notices: [ServiceNotice]) {
        guard !notices.isEmpty else { return }
        for case .status(let text) in notices { logger.debug("status: \(text)") }
        do throws(ServiceManagerError) {
            try manager.send(notices)
        } catch {
            // What becomes of a process that cannot be heard is the manager's decision, by its own time limits.
            logger.warning("the service manager was not told", metadata: ["error": "\(error)"])
        }
    }
}
