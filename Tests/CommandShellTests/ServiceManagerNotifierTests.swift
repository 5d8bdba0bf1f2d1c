import Logging
import ServiceLifecycle
import Testing

@testable import CommandShell

@Suite("Readiness and watchdog over a real socket")
struct ServiceManagerNotifierTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a notifier of `heartbeats` on a clock that `body` moves, and ends it by graceful shutdown.
    private static func withNotifier(
        watchdog: String?, heartbeats: [Heartbeat],
        _ body: (ManualClock, NotifySocket) async throws -> Void
    ) async throws {
        let socket = try NotifySocket(isAbstract: true)
        let manager = try #require(try ServiceManager { ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": watchdog][$0] ?? nil })
        let clock = ManualClock()
        let notifier = ServiceManagerNotifier(manager: manager, heartbeats: heartbeats, clock: clock, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: notifier)], logger: logger))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await body(clock, socket)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(await socket.receive() == ["STOPPING=1", "STATUS=stopping"])
        #expect(socket.isQuiet)
    }

    @Test func `ready comes with the first beat, and the watchdog is fed while beats go on`() async throws {
        let uplink = Heartbeat("uplink")
        try await Self.withNotifier(watchdog: "30000000", heartbeats: [uplink]) { clock, socket in
            #expect(await socket.receive() == ["STATUS=starting, waiting for: uplink"])
            await clock.advance(by: .milliseconds(50))
            #expect(await clock.pendingSleep() == .milliseconds(50))
            #expect(socket.isQuiet)

            uplink.beat()
            await clock.advance(by: .milliseconds(50))
            #expect(await socket.receive() == ["READY=1", "STATUS=running", "WATCHDOG=1"])
            #expect(await clock.pendingSleep() == .seconds(10), "three looks in a period of 30 s")

            uplink.beat()
            await clock.advance(by: .seconds(10))
            #expect(await socket.receive() == ["WATCHDOG=1"])
        }
    }

    @Test func `a thread that hangs gets no food, however much time passes`() async throws {
        let (telemetry, query) = (Heartbeat("telemetry"), Heartbeat("query"))
        telemetry.beat()
        query.beat()
        try await Self.withNotifier(watchdog: "6000000", heartbeats: [telemetry, query]) { clock, socket in
            #expect(await socket.receive() == ["READY=1", "STATUS=running", "WATCHDOG=1"])
            query.beat()
            await clock.advance(by: .seconds(2))
            #expect(await socket.receive() == ["STATUS=no sign of life from: telemetry"])
            for _ in 0..<10 {
                query.beat()
                await clock.advance(by: .seconds(2))
                #expect(await clock.pendingSleep() == .seconds(2))
            }
            #expect(socket.isQuiet)
        }
    }

    @Test func `without a watchdog readiness is told, and the watchdog is not mentioned`() async throws {
        let uplink = Heartbeat("uplink")
        uplink.beat()
        try await Self.withNotifier(watchdog: nil, heartbeats: [uplink]) { clock, socket in
            #expect(await socket.receive() == ["READY=1", "STATUS=running"])
            uplink.beat()
            await clock.advance(by: .seconds(10))
            #expect(await clock.pendingSleep() == .seconds(10))
            #expect(socket.isQuiet)
        }
    }
}
