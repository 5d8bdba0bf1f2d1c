import Foundation
import Measures
import Testing
import Topology

@testable import Exposition

@Suite("The file for node_exporter")
struct MetricsFileTests {
    private static let second: UInt64 = 1_000_000_000
    private static let columns = ColumnTable(
        version: 1,
        columns: [
            Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
            Column(metric: .memoryReadBytesPerSecond, scope: .socket(1), source: "pci", quality: .measured),
            Column(metric: .instructionsPerCycle, scope: .core(3), source: "perf", quality: .estimate),
            Column(metric: .c6Residency, scope: .system, source: "none", quality: .unavailable, detail: "no \"register\""),
            Column(metric: Metric("agent_overruns_total"), scope: .system, source: "agent", quality: .measured),
        ])

    private let folder: URL
    private var path: String { folder.appendingPathComponent("reeve.prom").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1 << 50 + UInt64(seconds * Double(Self.second)))
    }

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func `every metric stands once with its help and type, and its values below`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01"), NodeName("w02")])
        let samples = [Sample([1.5, 1e10, 0.25, nil, 3]), Sample([2, nil, nil, nil, 0])].map { (columns: Self.columns, sample: $0) }
        try file.take(samples, at: instant(0))
        #expect(
            try text() == """
                # HELP reeve_instructions_per_cycle Retired instructions per core cycle.
                # TYPE reeve_instructions_per_cycle gauge
                reeve_instructions_per_cycle{node="w01",scope="system",source="msr",quality="derived"} 1.5
                reeve_instructions_per_cycle{node="w01",scope="cpu",cpu="3",source="perf",quality="estimate"} 0.25
                reeve_instructions_per_cycle{node="w02",scope="system",source="msr",quality="derived"} 2.0
                # HELP reeve_memory_read_bytes_per_second Bytes read from memory per second.
                # TYPE reeve_memory_read_bytes_per_second gauge
                reeve_memory_read_bytes_per_second{node="w01",scope="socket",socket="1",source="pci",quality="measured"} 10000000000.0
                # HELP reeve_agent_overruns_total Samples skipped because the one before took too long.
                # TYPE reeve_agent_overruns_total counter
                reeve_agent_overruns_total{node="w01",scope="system",source="agent",quality="measured"} 3.0
                reeve_agent_overruns_total{node="w02",scope="system",source="agent",quality="measured"} 0.0

                """)
        try promtool()
    }

    /// Lets promtool judge the file, where it is installed (Debian's package prometheus).
    private func promtool() throws {
        let tool = "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        let check = Process()
        check.executableURL = URL(fileURLWithPath: tool)
        check.arguments = ["check", "metrics"]
        check.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let said = Pipe()
        check.standardOutput = said
        check.standardError = said
        try check.run()
        let output = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        check.waitUntilExit()
        #expect(check.terminationStatus == 0 && output.isEmpty, "\(output)")
    }

    @Test func `promtool finds no fault with any metric that there is`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        let table = ColumnTable(
            version: 1,
            columns: MetricHelp.texts.keys.sorted().flatMap { name in
                [Scope.system, .socket(0), .core(7)].map {
                    Column(metric: Metric(name), scope: $0, source: "msr", quality: .measured)
                }
            })
        let values: [Double?] = table.columns.indices.map { [1e-9, 0, 123_456_789_012_345, 1e300][$0 % 4] }
        try file.take([(table, Sample(values))], at: instant(0))
        #expect(try text().split(separator: "\n").count == 5 * MetricHelp.texts.count)
        try promtool()
    }

    @Test func `every metric of the documentation has a help of its own`() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/metrics.md")
        let names = try String(contentsOf: docs, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^\| `([a-z0-9_]+)` \|/#).map { String($0.output.1) }
        }
        // What begins with reeve_ or process_ is the coordinator's own, whose help stands with its value.
        let carried = names.filter { !$0.hasPrefix("reeve_") && !$0.hasPrefix("process_") }
        #expect(carried.count > 25)
        for name in carried { #expect(MetricHelp.texts[name] != nil, "\(name)") }
        #expect(MetricHelp.text(of: Metric("a_new_one_total")) == "a new one total")
    }

    @Test func `it is written once a second at most, and with the newest values`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        for (number, seconds) in [0, 0.5, 0.999, 1, 1.5].enumerated() {
            try file.take([(Self.columns, Sample([Double(number), nil, nil, nil, nil]))], at: instant(seconds))
            let newest = [0, 0, 0, 3, 3][number]
            #expect(try text().contains("} \(newest).0\n"), "at \(seconds) s")
        }
    }

    @Test func `a column that is read seldom keeps its value, and one that is gone loses it`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        try file.take([(Self.columns, Sample([1, 7, nil, nil, nil]))], at: instant(0))
        for seconds in 1...3 { try file.take([(Self.columns, Sample([1, nil, nil, nil, nil]))], at: instant(Double(seconds))) }
        #expect(try text().contains("memory_read"))
        try file.take([(Self.columns, Sample([1, nil, nil, nil, nil]))], at: instant(4))
        #expect(try !text().contains("memory_read"))
        // Where samples are a minute apart, three minutes are as three seconds.
        try file.take([(Self.columns, Sample([1, 8, nil, nil, nil]))], at: instant(64))
        for minutes in 2...4 {
            try file.take([(Self.columns, Sample([1, nil, nil, nil, nil]))], at: instant(Double(4 + 60 * minutes)))
        }
        #expect(try text().contains("memory_read"))
    }

    @Test func `a column that tells its period keeps its value for three of them`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        let table = ColumnTable(
            version: 1,
            columns: [
                Column(
                    metric: .memoryReadBytesPerSecond, scope: .system, source: "pci", quality: .measured,
                    periodMilliseconds: 10_000)
            ])
        for seconds in 0...31 {
            try file.take([(table, Sample([seconds == 0 ? 7 : nil]))], at: instant(Double(seconds)))
            #expect(try text().contains("} 7.0\n") == (seconds <= 30), "at \(seconds) s")
        }
    }

    @Test func `a table that changes forgets what the columns were`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        try file.take([(Self.columns, Sample([1, 7, nil, nil, nil]))], at: instant(0))
        let other = ColumnTable(version: 2, columns: Array(Self.columns.columns.reversed()))
        try file.take([(other, Sample([4, nil, nil, nil, nil]))], at: instant(1))
        let lines = try text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["reeve_agent_overruns_total{node=\"w01\",scope=\"system\",source=\"agent\",quality=\"measured\"} 4.0"])
    }

    @Test func `labels are escaped`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        let column = Column(metric: .c0Residency, scope: .system, source: "a\"b\\c\nd", quality: .measured)
        try file.take([(ColumnTable(version: 1, columns: [column]), Sample([1]))], at: instant(0))
        #expect(try text().contains(#"source="a\"b\\c\nd""#))
        try promtool()
    }

    @Test func `everybody may read it, nothing else is left in the folder, and the end takes it away`() throws {
        var file = MetricsFile(path: path, nodes: [NodeName("w01")])
        // What a killed agent may have left behind.
        try Data().write(to: URL(fileURLWithPath: "\(path).new"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(path).new")
        try file.take([(Self.columns, Sample([1, nil, nil, nil, nil]))], at: instant(0))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["reeve.prom"])
        file.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a file that cannot be written is said, and tried again`() throws {
        let sub = folder.appendingPathComponent("later")
        var file = MetricsFile(path: sub.appendingPathComponent("reeve.prom").path, nodes: [NodeName("w01")])
        let sample = [(columns: Self.columns, sample: Sample([1, nil, nil, nil, nil]))]
        let error = #expect(throws: MetricsFileError.self) { try file.take(sample, at: instant(0)) }
        #expect(error?.description.contains("later/reeve.prom") == true && error?.description.contains("No such file") == true)
        try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
        try file.take(sample, at: instant(1))
        #expect(FileManager.default.fileExists(atPath: sub.appendingPathComponent("reeve.prom").path))
    }
}
