import Measures
import Routing
import Testing
import Topology

@testable import RouterSimulation

@Suite("Workers that install packages")
struct RouterModelTests {
    static func model(_ lists: [String: [String]], costs: [Double], _ variant: RouterVariant = .privateCores)
        -> RouterModel
    {
        var registry = PackageRegistry()
        for (function, packages) in lists.sorted(by: { $0.key < $1.key }) {
            registry.enter(FunctionName(function), packages: packages)
        }
        return RouterModel(variant: variant, registry: registry, installMilliseconds: costs)
    }

    static func run(_ model: RouterModel, _ load: RouterLoad, _ name: String = "round-robin") throws -> RouterRun {
        try model.run(load, balancer: try BalancerEntry.named(name).make(try BalancerSettings()), seed: 1)
    }

    @Test func `a package is installed once on each worker, and then no more`() throws {
        let model = Self.model(["f": ["a", "b"]], costs: [500, 300])
        let run = try Self.run(model, .open(requests: 10, intervalMilliseconds: 10_000))
        #expect(run.installs == 10, "two packages on five workers")
        #expect(
            run.requests.map { ($0.latencyMilliseconds * 1e6).rounded() / 1e6 } == Array(repeating: 910, count: 5)
                + Array(repeating: 110, count: 5))
        #expect(run.peakInFlight == 1)
    }

    @Test func `those who need what is being installed wait for it and do not install it again`() throws {
        // All go to one worker: ip-hash, one client. On one core three requests share the installation of 900 ms and
        // then the core, so that three times 110 ms end together.
        let model = Self.model(["f": ["a"]], costs: [900])
        let run = try Self.run(model, .open(requests: 3, intervalMilliseconds: 100), "ip-hash")
        #expect(run.installs == 1 && run.peakInFlight == 3)
        let ends = run.requests.map { $0.issuedMilliseconds + $0.latencyMilliseconds }
        #expect(ends.allSatisfy { abs($0 - 1_230) < 1e-6 })
    }

    @Test func `workers of one machine share its four cores, those of several do not`() throws {
        let lists = ["f": ["a"]]
        let load = RouterLoad.open(requests: 5, intervalMilliseconds: 0)
        let shared = try Self.run(Self.model(lists, costs: [400], .sharedHost), load)
        let own = try Self.run(Self.model(lists, costs: [400]), load)
        #expect(shared.installs == 5 && own.installs == 5)
        // 5 * 510 ms of work on four cores, against 510 ms on each of five.
        #expect(shared.requests.allSatisfy { abs($0.latencyMilliseconds - 637.5) < 1e-6 })
        #expect(own.requests.allSatisfy { abs($0.latencyMilliseconds - 510) < 1e-6 })
    }

    @Test func `a closed load has as many requests under way as clients`() throws {
        let model = Self.model(["f": []], costs: [])
        let run = try Self.run(model, .closed(clients: 5, seconds: 10))
        #expect(run.peakInFlight == 5)
        // Five workers, each with a core: one every 110 ms each, and the last begun before the end is let to end.
        #expect(run.requests.count == 5 * 91)
        #expect(run.requests.allSatisfy { abs($0.latencyMilliseconds - 110) < 1e-6 })
    }

    @Test func `the same seed gives the same run, another another`() throws {
        let registry = GeneratedRegistry.registry(seed: 2)
        let model = RouterModel(
            variant: .sharedHost, registry: registry,
            installMilliseconds: InstallCosts.drawn(count: registry.names.count, seed: 3, scale: 0.5))
        let load = RouterLoad.open(requests: 100, intervalMilliseconds: 201)
        let balancer = try BalancerEntry.named("package-aware").make(try BalancerSettings())
        let first = try model.run(load, balancer: balancer, seed: 4)
        #expect(try model.run(load, balancer: balancer, seed: 4).requests == first.requests)
        #expect(try model.run(load, balancer: balancer, seed: 5).requests != first.requests)
    }

    @Test func `percentiles are nearest ranks`() {
        let run = RouterRun(
            requests: (1...200).map {
                RouterRun.Request(
                    function: FunctionName("f"), issuedMilliseconds: 299_900, latencyMilliseconds: Double($0), worker: 0
                )
            }, installs: 0, peakInFlight: 1)
        #expect(run.latency(atShare: 0.99) == 198 && run.latency(atShare: 1) == 200 && run.latency(atShare: 0.5) == 100)
        #expect(run.completed.count == 100)
    }
}

@Suite("The generated registry")
struct GeneratedRegistryTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `it has the shape of the original`(seed: UInt64) throws {
        let registry = GeneratedRegistry.registry(seed: seed)
        #expect(registry.functions.count == 100)
        let lists = registry.functions.map { registry.packages(of: $0) ?? [] }
        let sizes = try #require(Quartiles(lists.map { Double($0.count) }))
        #expect(sizes.minimum == 13 && sizes.maximum <= 113)
        #expect((14...16).contains(sizes.lower) && (15...19).contains(sizes.median) && (18...30).contains(sizes.upper))
        var uses: [PackageID: Int] = [:]
        for package in lists.joined() { uses[package, default: 0] += 1 }
        #expect(uses.values.count { $0 == 100 } >= 13, "the common ones")
        #expect((130...180).contains(uses.count))
        // The original's partition by the largest package is 43, 14, 14, 12, 12, 2, 2, 1.
        let largest = Dictionary(grouping: lists.compactMap(\.first)) { $0 }.values.map(\.count).sorted(by: >)
        #expect(largest.count == 8 && (30...50).contains(largest[0]))
        #expect(registry == GeneratedRegistry.registry(seed: seed))
    }

    @Test func `install costs are drawn from the measured ones, whose figures are published`() throws {
        let measured = InstallCosts.measuredMilliseconds
        let quartiles = try #require(Quartiles(measured))
        #expect(measured.count == 20 && abs(measured.reduce(0, +) / 20 - 1_656) < 1)
        #expect(
            abs(quartiles.median - 1_089) < 1 && abs(quartiles.minimum - 511) < 1 && abs(quartiles.maximum - 7_026) < 1)
        let drawn = InstallCosts.drawn(count: 500, seed: 3, scale: 0.5)
        #expect(Set(drawn).isSubset(of: measured.map { 0.5 * $0 }) && Set(drawn).count == 20)
        #expect(drawn.prefix(100) == InstallCosts.drawn(count: 100, seed: 3, scale: 0.5)[...])
    }
}
