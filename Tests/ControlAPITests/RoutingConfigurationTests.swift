import ControlAPI
import Proxy
import Routing
import Settings
import Testing
import Topology

@Suite("The section routing")
struct RoutingConfigurationTests {
    private func read(_ yaml: String) throws -> RoutingConfiguration {
        try #require(try CoordinatorConfiguration(yaml: yaml).routing)
    }

    @Test func `a router alone needs no other section, and no key but where it listens`() throws {
        let configuration = try CoordinatorConfiguration(yaml: "routing: {listen: ['127.0.0.1:0']}")
        let routing = try #require(configuration.routing)
        let standard = ProxySettings(listen: [try ListenAddress(host: "127.0.0.1", port: 0)])
        #expect(routing.settings == standard)
        #expect(routing.workers.isEmpty && routing.registry.isEmpty && routing.balancer.name == "cost-aware")
        #expect(routing.balancing == (try BalancerSettings()))
        #expect(configuration.telemetry == nil && configuration.query == nil)
        for line in [
            "balancer: cost-aware", "balancing.loadThreshold: 100", "balancing.boundedLoad: 125%",
            "balancing.cost.install: 1s", "queue.capacity: 1024", "timeouts.response: 6m", "limits.head: 64KiB",
            "health.failures: 3", "retries.idempotent: true", "eventLoops: 1",
        ] {
            #expect(configuration.effectiveLines.contains("routing.\(line)"), "\(line)")
        }
    }

    @Test func `every key is heeded`() throws {
        let routing = try read(
            """
            routing:
              listen: ["127.0.0.1:8080", "[::1]:8081"]
              workers:
                - {url: "w1:5000", kind: openlambda, weight: 2, capacity: 3, cores: 0.5, node: n1}
                - {url: "http://w2:5000"}
              registry: [{olscheduler: /r.json}, {functions: /f}]
              balancer: package-aware
              balancing:
                {seed: 7, hashSalt: s, loadThreshold: 8, boundedLoad: 150%, cost:
                {install: 2s, service: 50ms, cores: 4, learningRate: 50%, greatestSlowdown: 3, leastShare: 20%}}
              queue: {capacity: 9, patience: 10s}
              limits:
                {head: 2KiB, target: 1KiB, body: 3KiB, heldBody: 4KiB, clientConnections: 5, workerConnections: 6,
                idleWorkerConnections: 7, measuredFunctions: 8}
              timeouts:
                {clientHead: 1s, clientIdle: 2s, keepAlive: 3s, connect: 4s, response: 5s, workerIdle: 6s,
                workerKeepAlive: 7s, drain: 8s}
              retries: {attempts: 2, idempotent: false}
              health: {failures: 4, within: 5s, ejection: 6s, longestEjection: 7s, full: 8s}
              healthCheck: {path: /h, interval: 1s, timeout: 3s, healthyAfter: 4, unhealthyAfter: 5}
              accessLog: {path: /l, format: combined}
              trustedProxies: [10.0.0.0/8, "::1"]
              eventLoops: 2
            """)
        var settings = ProxySettings(
            listen: [try ListenAddress(host: "127.0.0.1", port: 8_080), try ListenAddress(host: "::1", port: 8_081)])
        settings.limits = ProxyLimits(
            headBytes: 2_048, targetBytes: 1_024, bodyBytes: 3_072, heldBodyBytes: 4_096, clientConnections: 5,
            measuredFunctions: 8)
        settings.timeouts = ProxyTimeouts(
            clientHead: 1, clientIdle: 2, keepAlive: 3, connect: 4, response: 5, workerIdle: 6, workerKeepAlive: 7)
        (settings.connectionsPerWorker, settings.idleConnectionsPerWorker) = (6, 7)
        (settings.queueCapacity, settings.queuePatienceSeconds) = (9, 10)
        settings.retries = RetryRule(attempts: 2, resendsIdempotent: false)
        settings.health = HealthRules(
            failuresToEject: 4, failureWindowSeconds: 5, ejectionSeconds: 6, longestEjectionSeconds: 7, fullSeconds: 8)
        settings.healthCheck = HealthCheck(
            path: "/h", intervalSeconds: 1, timeoutSeconds: 3, healthyAfter: 4, unhealthyAfter: 5)
        settings.accessLog = AccessLogSettings(path: "/l", format: .combined)
        settings.trustedProxies = [try AddressRange("10.0.0.0/8"), try AddressRange("::1")]
        (settings.eventLoops, settings.drainSeconds) = (2, 8)
        #expect(routing.settings == settings)
        #expect(
            routing.workers == [
                try WorkerSpecification(
                    address: try WorkerAddress("w1:5000"), kind: .openLambda, weight: 2, capacity: 3, cores: 0.5,
                    node: NodeName("n1")),
                try WorkerSpecification(address: try WorkerAddress("http://w2:5000")),
            ])
        #expect(routing.registry == [.olscheduler(path: "/r.json"), .functions(folder: "/f")])
        var cost = CostSettings()
        (cost.installMilliseconds, cost.serviceMilliseconds, cost.cores) = (2_000, 50, 4)
        (cost.learningRate, cost.greatestSlowdown, cost.leastShareOfMachine) = (0.5, 3, 0.2)
        #expect(
            routing.balancing
                == (try BalancerSettings(seed: 7, hashSalt: "s", loadThreshold: 8, boundedLoadFactor: 1.5, cost: cost)))
        #expect(routing.balancer.name == "package-aware")
    }

    @Test(arguments: [
        ("{}", "routing.listen must be a list"), ("{listen: []}", "one and more"), ("{listen: [x]}", "host:port"),
        ("{listen: ['h:70000']}", "0 to 65535"), ("{listen: ['h:1'], colour: red}", "unknown key routing.colour"),
        ("{listen: ['h:1'], limits: {heads: 1KiB}}", "unknown key routing.limits.heads"),
        ("{listen: ['h:1'], balancer: best}", "round-robin, random"),
        ("{listen: ['h:1'], workers: [{weight: 1}]}", "routing.workers[0].url is missing"),
        ("{listen: ['h:1'], workers: [{url: 'a:1'}, {url: 'http://A:1/'}]}", "workers[1].url is http://a:1, which stands"),
        ("{listen: ['h:1'], workers: [{url: 'https://a:1'}]}", "no address of a worker"),
        ("{listen: ['h:1'], workers: [{url: 'a:1', weight: -1}]}", "0 to 65535"),
        ("{listen: ['h:1'], workers: [{url: 'a:1', kind: x}]}", "openlambda, openlambda-2018, openfaas, any"),
        ("{listen: ['h:1'], workers: [{url: 'a:1', cores: 1e3}]}", "written like 2 or 0.5"),
        ("{listen: ['h:1'], registry: [{}]}", "routing.registry[0] must have one of the keys"),
        ("{listen: ['h:1'], registry: [{olscheduler: a, functions: b}]}", "must have one of the keys"),
        ("{listen: ['h:1'], balancing: {boundedLoad: 100%}}", "100.01% to 10000%"),
        ("{listen: ['h:1'], timeouts: {connect: 0s}}", "1ms to 24h"),
        ("{listen: ['h:1'], health: {ejection: 1h}}", "not longer than the longest"),
        ("{listen: ['h:1'], healthCheck: {path: status}}", "begins with /"),
        ("{listen: ['h:1'], trustedProxies: [everybody]}", "no range of addresses"),
        ("{listen: ['h:1'], eventLoops: 0}", "1 to 256"),
    ])
    func `what cannot be used is refused with what is allowed`(_ section: String, _ told: String) {
        let error = #expect(throws: SettingsError.self) { try CoordinatorConfiguration(yaml: "routing: \(section)") }
        #expect(error?.description.contains(told) == true, "\(section): \(error?.description ?? "taken")")
    }
}
