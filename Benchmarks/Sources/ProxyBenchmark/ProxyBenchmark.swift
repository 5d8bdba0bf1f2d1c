internal import Foundation
internal import Logging
internal import Measures
internal import Proxy
internal import Routing
internal import ServiceLifecycle
internal import UnixSignals

/// The proxy alone, to be measured from outside: `proxy-benchmark LISTEN BALANCER WORKER...` serves until SIGTERM.
@main
struct ProxyBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 3, let listen = arguments.first else {
            FileHandle.standardError.write(Data("usage: proxy-benchmark host:port balancer worker...\n".utf8))
            exit(64)
        }
        let settings = ProxySettings(listen: [try ListenAddress(listen)])
        let workers = try arguments.dropFirst(2).map { try WorkerSpecification(address: WorkerAddress($0)) }
        let plan = RoutingPlan(
            workers: workers, balancer: try BalancerEntry.named(arguments[arguments.startIndex + 1]),
            balancerSettings: try BalancerSettings())
        let logger = Logger(label: "proxy-benchmark")
        let service = try ProxyService(
            settings, plan: plan, time: SystemTime(), random: SeededRandom(seed: 1), logger: logger)
        try await ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
