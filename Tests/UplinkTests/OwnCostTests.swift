import Foundation
import Measures
import Testing
import Topology

@testable import Uplink

@Suite("What the agent tells of itself")
struct OwnCostTests {
    private func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: UInt64(seconds * 1_000_000_000))
    }

    @Test func `its columns stand behind the node's, each with its own value`() {
        let report = OwnCost.Report(
            process: ProcessCost(cpuSeconds: 12.5, residentBytes: 8_192), cpuShare: 0.25, intervalSeconds: 0.5,
            tally: SourceTally(reads: 7, failedReads: 1, implausible: 2, resets: 3, gaps: 4), overruns: 5,
            droppedBatches: 6)
        let told = Dictionary(
            uniqueKeysWithValues: zip(OwnCost.columns.map(\.metric.name), OwnCost.values(of: report)))
        #expect(
            told == [
                "agent_cpu_seconds_total": 12.5, "agent_cpu_ratio": 0.25, "agent_resident_memory_bytes": 8_192,
                "agent_interval_seconds": 0.5, "agent_reads_per_sample": 7, "agent_failed_reads_total": 1,
                "agent_overruns_total": 5, "agent_gaps_total": 4, "agent_implausible_differences_total": 2,
                "agent_resets_total": 3, "agent_dropped_batches_total": 6,
            ])
        let table = ColumnTable(
            version: 9, columns: [Column(metric: .c0Residency, scope: .core(3), source: "msr", quality: .measured)])
        var cost = OwnCost(nodes: 2)
        let extended = cost.extend(table, of: 1)
        #expect(extended.version == 9)
        #expect(extended.columns == table.columns + OwnCost.columns)
        #expect(OwnCost.columns.allSatisfy { $0.scope == .system })
        let other = ColumnTable(version: 10, columns: [])
        #expect(cost.extend(other, of: 1).columns == OwnCost.columns)
    }

    @Test func `its share of a core is of the time since the sample before`() {
        var cost = OwnCost(nodes: 1)
        #expect(cost.share(of: ProcessCost(cpuSeconds: 3, residentBytes: nil), at: at(10)) == nil)
        #expect(cost.share(of: ProcessCost(cpuSeconds: 4, residentBytes: nil), at: at(12)) == 0.5)
        #expect(cost.share(of: ProcessCost(cpuSeconds: 4, residentBytes: nil), at: at(13)) == 0)
        #expect(cost.share(of: ProcessCost(cpuSeconds: 5, residentBytes: nil), at: at(13)) == nil)
    }

    @Test func `the kernel's own figures are read`() throws {
        let meter = ProcessMeter()
        let before = meter.read(now: at(0))
        var sum = 0.0
        while meter.read(now: at(0)).cpuSeconds < before.cpuSeconds + 0.02 { sum += 1 }
        #expect(sum > 0)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        let kilobytes = try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) })
        let resident = try #require(before.residentBytes)
        // Other tests run beside this one, so the two figures are of the same size, not the same.
        #expect(resident > kilobytes * 1_024 / 4 && resident < kilobytes * 1_024 * 4)
    }

    @Test func `memory is absent where the kernel does not tell`() {
        #expect(ProcessMeter(statm: "/nowhere/statm").read(now: at(0)).residentBytes == nil)
        #expect(ProcessMeter(statm: "/dev/null").read(now: at(0)).residentBytes == nil)
    }

    @Test func `memory is read once a second at most`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("statm-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        try "100 5 0".write(toFile: path, atomically: false, encoding: .utf8)
        let meter = ProcessMeter(statm: path)
        #expect(meter.read(now: at(0)).residentBytes == 5 * page)
        try "100 7 0".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(meter.read(now: at(0.999)).residentBytes == 5 * page)
        #expect(meter.read(now: at(1)).residentBytes == 7 * page)
    }
}
