import FaaSSimulation
import Foundation
import Harvesting
import Reports
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@testable import Experiments

@Suite("The report of the freyr experiment")
struct FreyrReportTests {
    static let cluster = ClusterParameters(servers: 8)

    static func workload(seed: UInt64) throws -> Workload {
        try Workload(
            syntheticCalls: 600, functionCount: 30, meanGapSeconds: 0.08,
            WorkloadParameters(seed: seed, cpuSpread: 0.4))
    }

    static func run<Manager: ResourceManager>(
        _ name: String, _ manager: Manager, seed: UInt64
    ) throws -> FreyrReport.Run {
        let workload = try workload(seed: seed)
        var cluster = try FaaSCluster(Self.cluster, functions: workload.functions)
        var stream = workload.stream()
        var manager = manager
        var sink = RecordPair(CallMetrics(), CallSample(size: 200, seed: seed))
        cluster.serve(&stream, manager: &manager, sink: &sink)
        return FreyrReport.Run(
            manager: name, seed: seed, metrics: sink.first, utilisation: cluster.utilisation, sample: sink.second)
    }

    static func oracle(seed: UInt64) throws -> FreyrReport.Run {
        let workload = try workload(seed: seed)
        var cluster = try FaaSCluster(Self.cluster, functions: workload.functions)
        var stream = workload.stream()
        var manager = OracleManager()
        var sink = RecordPair(CallMetrics(), CallSample(size: 200, seed: seed))
        cluster.serve(&stream, clairvoyant: &manager, sink: &sink)
        return FreyrReport.Run(
            manager: "oracle", seed: seed, metrics: sink.first, utilisation: cluster.utilisation, sample: sink.second)
    }

    static func report(seeds: [UInt64]) throws -> FreyrReport {
        let runs = try seeds.flatMap { seed in
            [
                try oracle(seed: seed), try run("everything", EverythingManager(), seed: seed),
                try run("fixed", FixedManager(), seed: seed),
            ]
        }
        return FreyrReport(
            runs: runs,
            conditions: .init(
                cluster: cluster, workload: try workload(seed: 1), trace: "made up", facts: [("Policy", "none")]))
    }

    @Test func `managers stand in the order of the paper, whatever order they came in`() throws {
        let report = try Self.report(seeds: [2, 1])
        #expect(report.subjects.map(\.manager) == ["fixed", "everything", "oracle"])
        #expect(report.subjects.map(\.shown.seed) == [1, 1, 1])
    }

    @Test func `the table has the measured figures beside the published ones`() throws {
        let report = try Self.report(seeds: [1])
        let table = try #require(report.tables.first?.table)
        let fixed = table.rows[0].map(\.text)
        #expect(fixed[0] == "Fixed" && fixed[1] == "1.000" && fixed[2] == "1.00")
        #expect(fixed[8] == "121")
        #expect(fixed[6] == "–", "nobody was harvested, so that there is no percentile")
        let oracle = table.rows[2].map(\.text)
        #expect(oracle[2] == "–" && oracle[8] == "–")
        let mean = try #require(report.subjects[2].shown.metrics.relativeExecution.mean)
        #expect(abs(try #require(Double(oracle[1])) - mean) < 0.000_5)
        #expect(mean < 1)
    }

    @Test func `several seeds bring quartiles and a table of every seed`() throws {
        let report = try Self.report(seeds: [1, 2, 3])
        #expect(report.tables.count == 3)
        #expect(report.tables[0].caption.contains("quartiles"))
        #expect(report.tables[2].table.rows.count == 9)
        let oracle = report.tables[0].table.rows[2][1].text
        #expect(oracle.contains("[") && oracle.contains("]"))
        #expect(try Self.report(seeds: [1]).tables.count == 2)
    }

    @Test func `the page is well-formed, shows every plot, and tells every condition`() throws {
        let report = try Self.report(seeds: [1, 2])
        let page = report.html()
        let parser = XMLParser(data: Data(page.utf8.dropFirst("<!DOCTYPE html>\n".utf8.count)))
        #expect(parser.parse())
        for title in [
            "Distribution of relative function execution time", "Distribution of execution time",
            "Distribution of completion time", "Oracle: cores of calls", "Oracle: memory of calls",
            "Oracle: relative function execution time of each call",
            "Mean relative function execution time over the seeds",
            "CPU and memory held and used, and calls waiting, over the run",
        ] {
            let isDrawn = page.contains("aria-label=\"\(title)\"")
            #expect(isDrawn, "\(title) is drawn")
        }
        for fact in report.conditions.facts {
            let isTold = page.contains("<dt>\(fact.name.replacing("'", with: "&#39;"))</dt>")
            #expect(isTold, "\(fact.name) is told")
        }
        #expect(report.conditions.facts.contains { $0.name == "Arrivals" })
        #expect(report.conditions.facts.contains { $0.name == "Durations and memory" })
        let showsFixed = page.contains("Fixed: cores of calls")
        #expect(!showsFixed, "nothing happens to calls under Fixed")
    }

    @Test func `the same runs make the same page`() throws {
        let isSame = try Self.report(seeds: [1]).html() == Self.report(seeds: [1]).html()
        #expect(isSame)
    }

    @Test func `a distribution is thinned to what a drawing can show, and keeps its ends`() {
        let steps = (1...20_000).map { (value: 0.001 * Double($0), share: Double($0) / 20_000) }
        let points = FreyrReport.thinned(steps)
        #expect(points.count < 1_300)
        #expect(points.first?.x == 0.001 && points.last?.y == 1)
        #expect(points.map(\.y) == points.map(\.y).sorted())
        for (value, share) in steps {
            let drawn = points.last { $0.x <= value }?.y ?? 0
            #expect(abs(drawn - share) <= 0.0021)
        }
    }

    @Test func `no runs make a page without figures`() {
        let page = FreyrReport(runs: [], conditions: .init(cluster: Self.cluster, facts: [])).html()
        let figures = page.ranges(of: "<figure")
        #expect(page.contains("What was measured") && figures.isEmpty)
    }
}
