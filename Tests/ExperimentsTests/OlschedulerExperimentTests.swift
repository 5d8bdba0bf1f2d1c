import Experiments
import Foundation
import Measures
import RouterSimulation
import Routing
import Testing
import Threads

/// The published experiment on the model: what the logs show, and what ours must be worth.
///
/// Half a minute of computing, which would keep two processors from all other tests: `make test` runs it by itself.
@Suite(
    "The olscheduler experiment",
    .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_EXPERIMENTS"] != nil, "long: make test runs it by itself"))
struct OlschedulerExperimentTests {
    static func entries(_ names: [String]) throws -> [BalancerEntry] { try names.map { try BalancerEntry.named($0) } }

    /// The experiment as it is judged: five salts, nine seeds. It takes its time, and what computes for long does so on a
    /// thread of its own, so that other tests go on.
    static func judged(_ variant: RouterVariant) -> Task<OlschedulerResult, any Error> {
        Task.detached {
            try await runOnThread(named: "olscheduler") {
                try OlschedulerExperiment(variant: variant).run(version: "test")
            }
        }
    }
    static let sharedHost = judged(.sharedHost)
    static let privateCores = judged(.privateCores)

    static func result(_ variant: RouterVariant) async throws -> OlschedulerResult {
        try await (variant == .sharedHost ? sharedHost : privateCores).value
    }

    /// The shape of the logs on the shared host, whatever the packages cost.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the model behaves as the logs do`(packageSeed: UInt64) async throws {
        let names = ["round-robin", "random", "package-aware"]
        let experiment = try OlschedulerExperiment(
            variant: .sharedHost, balancers: try Self.entries(names), thresholds: [100, 10, 150, 200, 300],
            packageSeed: packageSeed)
        let result = try await runOnThread(named: "olscheduler") { try experiment.run(version: "test") }
        let roundRobin = try #require(result.results["round-robin"])
        let random = try #require(result.results["random"])
        let aware = try #require(result.results["package-aware"])
        #expect(abs(random.meanMs / roundRobin.meanMs - 1) <= 0.1)
        #expect(aware.meanMs / roundRobin.meanMs <= 0.48)
        let byThreshold = Dictionary(uniqueKeysWithValues: result.sweep.map { ($0.threshold, $0.result.meanMs) })
        let low = try #require(byThreshold[10])
        #expect((0.75...1.05).contains(low / roundRobin.meanMs))
        let flat = [150, 200, 300].compactMap { byThreshold[$0] }
        #expect(flat.count == 3 && (flat.max() ?? 0) <= 1.02 * (flat.min() ?? 0))
    }

    @Test func `package-aware installs a third less than round robin`() async throws {
        let results = try await Self.result(.sharedHost).results
        let aware = try #require(results["package-aware"])
        let roundRobin = try #require(results["round-robin"])
        #expect(aware.installs <= 0.65 * roundRobin.installs)
    }

    @Test func `round robin is as slow as published, which is what the model is calibrated to`() async throws {
        let roundRobin = try #require(try await Self.result(.sharedHost).results["round-robin"])
        #expect(abs(roundRobin.meanCompletedMs / 34_653 - 1) <= 0.1)
    }

    @Test(arguments: RouterVariant.allCases)
    func `cost-aware is a quarter better than package-aware and never behind the best`(variant: RouterVariant) async throws {
        let results = try await Self.result(variant).results
        #expect(results.count == BalancerEntry.all.count)
        let ours = try #require(results["cost-aware"])
        let aware = try #require(results["package-aware"])
        #expect(ours.meanMs <= 0.75 * aware.meanMs)
        #expect(ours.p99Ms <= 0.75 * aware.p99Ms)
        let others = results.filter { $0.key != "cost-aware" }.values
        #expect(ours.meanMs <= 1.05 * (others.map(\.meanMs).min() ?? 0))
        #expect(ours.p99Ms <= 1.05 * (others.map(\.p99Ms).min() ?? 0))
    }

    @Test func `every request is there, and the report has every balancer and threshold`() async throws {
        var results: [OlschedulerResult] = []
        for variant in RouterVariant.allCases { results.append(try await Self.result(variant)) }
        for result in results {
            #expect(result.results.values.allSatisfy { $0.requests == 1493 && $0.completed <= 1493 })
            #expect(result.results["round-robin"]?.runs == 9 && result.results["package-aware"]?.runs == 45)
        }
        let page = OlschedulerReport(results).html()
        for entry in BalancerEntry.all { #expect(page.contains(entry.name)) }
        #expect(page.contains("34.65") && page.contains("Variant A") && page.contains("Variant B"))
        #expect(OlschedulerReport(results).summaryTable().contains("cost-aware"))
    }

    @Test func `the result is JSON with results by balancer`() throws {
        let experiment = try OlschedulerExperiment(
            variant: .privateCores, balancers: try Self.entries(["package-aware"]), thresholds: [100, 5],
            salts: [""], seeds: [1], load: .closed(clients: 2, seconds: 20))
        let data = try JSONEncoder().encode(try experiment.run(version: "test"))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["experiment"] as? String == "olscheduler" && object["variant"] as? String == "B")
        let results = try #require(object["results"] as? [String: [String: Any]])
        let summary = try #require(results["package-aware"])
        for key in ["meanMs", "p99Ms", "meanCompletedMs", "installs", "medianMs", "maxMs", "completed"] {
            #expect(summary[key] is Double || summary[key] is Int)
        }
        #expect((object["sweep"] as? [[String: Any]])?.compactMap { $0["threshold"] as? Int } == [5, 100])
    }

    @Test func `what cannot be is refused`() {
        #expect(throws: RoutingError.self) { try OlschedulerExperiment(variant: .sharedHost, balancers: []) }
        #expect(throws: RoutingError.self) { try OlschedulerExperiment(variant: .sharedHost, seeds: []) }
        #expect(throws: RoutingError.self) {
            try OlschedulerExperiment(variant: .sharedHost, source: .file(Data("[]".utf8), name: "empty"))
        }
        #expect(throws: RoutingError.self) { try OlschedulerExperiment.Source.file(Data("{}".utf8), name: "wrong") }
    }
}
