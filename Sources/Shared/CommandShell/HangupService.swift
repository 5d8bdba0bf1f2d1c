import ServiceLifecycle
import UnixSignals

/// Does something each time the process gets SIGHUP, which by custom asks a daemon to read its configuration anew; one
/// time after the other.
struct HangupService: Service {
    let action: @Sendable () async -> Void

    /// Runs until graceful shutdown or cancellation.
    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await action() }
    }
}
