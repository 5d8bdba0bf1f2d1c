import Foundation
import Simulation
import Testing

@testable import Experiments

@Suite("Calibration")
struct CalibrationTests {
    static let report = CalibrationExperiment.run()

    @Test("the simulated test bed behaves as published", arguments: report.rows)
    func row(row: CalibrationRow) {
        #expect(row.within, "\(row.identifier) \(row.statement): \(row.simulated), allowed \(row.allowed)")
        if let target = row.target { #expect(abs(row.simulated[0] - target) <= 0.1 * target) }
    }

    @Test("every statement C1 to C17 has a row, and no identifier stands twice")
    func complete() {
        let identifiers = Self.report.rows.map(\.identifier)
        #expect(Set(identifiers).count == identifiers.count)
        let statements = Set(identifiers.compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(statements == Set((1...17).map { "C\($0)" }))
    }

    @Test("native Kubernetes' share holds for every noise seed", arguments: 1...20)
    func nativeSeeds(seed: Int) {
        let rows = CalibrationExperiment.run(seed: UInt64(seed)).rows.filter { $0.identifier.hasPrefix("C13") }
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.within })
    }

    @Test("a changed parameter shows in the rows that rest on it")
    func sensitive() {
        func broken(_ change: (inout TestBedParameters) -> Void) -> Set<String> {
            var parameters = TestBedParameters.darly
            change(&parameters)
            let rows = CalibrationExperiment.run(parameters: parameters).rows.filter { !$0.within }
            return Set(rows.compactMap { $0.identifier.split(separator: " ").first.map(String.init) })
        }
        #expect(broken { $0.callSeconds *= 1.3 }.isSuperset(of: ["C1"]))
        #expect(broken { $0.cpuContention.amplitude *= 1.5 }.isSuperset(of: ["C3", "C4", "C6"]))
        #expect(broken { $0.nodes[3].speed = 0.9 }.isSuperset(of: ["C5", "C7", "C9"]))
        #expect(broken { $0.l3Contention.amplitude = 0.1 }.isSuperset(of: ["C12"]))
        #expect(broken { $0.detectorSecondsPerFrame *= 2 }.isSuperset(of: ["C16"]))
        #expect(broken { $0.requestSeconds += 10 }.isSuperset(of: ["C13", "C14"]))
    }

    @Test("the report survives JSON")
    func json() throws {
        let data = try JSONEncoder().encode(Self.report)
        #expect(try JSONDecoder().decode(CalibrationReport.self, from: data) == Self.report)
    }

    @Test("the table has a line per row below its header and marks a row that fails")
    func text() {
        let failing = CalibrationRow.value("C0", "a statement", unit: "s", target: 10, simulated: 12)
        let lines = CalibrationReport(rows: [failing]).text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix("C0   a statement  10 s"))
        #expect(lines[1].hasSuffix("12         20 %   NO"))
        #expect(Self.report.text.split(separator: "\n").count == Self.report.rows.count + 1)
    }

    @Test(
        "limits include their bounds and orders are strict where they say so",
        arguments: [
            (CalibrationRow.limit("a", "", lowest: 1, highest: 2, simulated: 1), true),
            (.limit("b", "", lowest: 1, highest: 2, simulated: 2.1), false),
            (.limit("c", "", highest: 2, simulated: .nan), false),
            (.rising("d", "", simulated: [1, 2, 3]), true),
            (.rising("e", "", simulated: [1, 1]), false),
            (.rising("f", "", strictly: false, simulated: [1, 1]), true),
            (.rising("g", "", simulated: [2, 1]), false),
            (.value("h", "", target: 10, simulated: 10.9), true),
            (.value("i", "", target: 10, simulated: 8.9), false),
        ] as [(CalibrationRow, Bool)])
    func judgement(row: CalibrationRow, within: Bool) {
        #expect(row.within == within)
    }
}
