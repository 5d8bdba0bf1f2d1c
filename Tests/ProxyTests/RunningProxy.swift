import Logging
import Measures
import Routing
import ServiceLifecycle

@testable import Proxy

/// A proxy on loopback, for as long as a test needs it.
struct RunningProxy: Sendable {
    let service: ProxyService
    let port: Int
    private let group: ServiceGroup

    var control: ProxyControl { service.control }
    var snapshot: ProxySnapshot { service.control.snapshot() }

    func connect() throws -> RawSocket { try RawSocket(port: port) }

    /// Sends `request` on a connection of its own and returns all that comes until the proxy closes it.
    func exchange(_ request: String) throws -> String {
        let socket = try connect()
        socket.write(request)
        return socket.readToEnd()
    }

    func shutDown() async { await group.triggerGracefulShutdown() }

    /// Whether nothing is under way any more.
    var isQuiet: Bool {
        let now = snapshot
        return now.waiting == 0 && now.workers.allSatisfy { $0.inFlight == 0 }
    }

    static func with<Result: Sendable>(
        _ workers: [WorkerSpecification], balancer: String = "round-robin", time: any TimeSource = SystemTime(),
        _ change: (inout ProxySettings) -> Void = { _ in },
        body: @Sendable (RunningProxy) async throws -> Result
    ) async throws -> Result {
        var settings = ProxySettings(listen: [try ListenAddress(host: "127.0.0.1", port: 0)])
        settings.drainSeconds = 60
        change(&settings)
        let plan = RoutingPlan(
            workers: workers, balancer: try BalancerEntry.named(balancer), balancerSettings: try BalancerSettings())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try ProxyService(settings, plan: plan, time: time, random: SeededRandom(seed: 1), logger: logger)
        let group = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await service.boundAddresses()[0].port
            let result = try await body(RunningProxy(service: service, port: port, group: group))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }
}
