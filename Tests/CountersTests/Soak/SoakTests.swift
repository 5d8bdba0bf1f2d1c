import Foundation
import Simulation
import Testing
import Topology

@testable import Counters

/// Hours of virtual time at one sample every 10 ms, with faults at random: one hour, or as many as REEVE_SOAK_HOURS says.
struct SoakTests {
    private static let samplesPerHour = 360_000
    /// How much memory may grow between the first two cycles and the end.
    private static let growthLimit = 1 << 20

    /// In a process of its own, whose memory is that of the reader alone.
    @Test func hoursOfFaultsLeaveOnlyPlausibleValuesAndNoMemory() async {
        await #expect(processExitsWith: .success) {
            let hours = ProcessInfo.processInfo.environment["REEVE_SOAK_HOURS"].flatMap { Int($0) } ?? 1
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-soak-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Self.soak(hours: hours, folder: folder)
        }
    }

    private static func soak(hours: Int, folder: String) throws {
        let machine = try SoakMachine(folder: folder, seed: 1)
        let before = try machine.controls()
        let reader = try machine.reader()
        var range = PlausibleRange(reader.columns, machine.hardware, channels: machine.channelCount)
        var seen = Seen()
        var memoryAtFirst = 0
        for sampleNumber in 0..<hours * samplesPerHour {
            try machine.advance()
            let sample = reader.sample()
            if range.version != sample.table.version {
                range = PlausibleRange(sample.table, machine.hardware, channels: machine.channelCount)
            }
            if let violation = range.violation(in: sample.sample) {
                let column = sample.table.columns[violation.column]
                Issue.record("step \(machine.step): \(column) is \(violation.value)")
                return
            }
            seen.take(sample, machine)
            if sampleNumber == 2 * SoakMachine.cycleSteps { memoryAtFirst = try ProcessMemory.ownBytes() }
        }
        let growth = try ProcessMemory.ownBytes() - memoryAtFirst
        #expect(growth <= growthLimit, "memory grew by \(growth) bytes")
        let tally = reader.sample().tally
        #expect(tally.samples == hours * samplesPerHour + 1)
        #expect(seen.wrong.isEmpty, "\(seen.wrong)")
        #expect(seen.soundSamples > hours * samplesPerHour / 3)
        #expect(machine.faults > hours * 1_000)
        #expect(tally.gaps >= machine.gaps)
        #expect(tally.failedReads > 0 && tally.resets > 0 && tally.implausible > 0)
        #expect(tally.reads > tally.samples * 20 && tally.failedReads < tally.samples / 10)
        reader.close()
        #expect(try machine.controls() == before)
    }
}

/// What the samples said while the machine behaved.
private struct Seen {
    var soundSamples = 0
    /// What was missing or wrong, once for each metric.
    var wrong: [Metric: String] = [:]

    mutating func take(_ sample: CounterSample, _ machine: SoakMachine) {
        guard machine.isSound else { return }
        soundSamples += 1
        guard soundSamples % 100 == 0 else { return }
        for (metric, ideal) in machine.activity.systemMetrics(on: machine.hardware) {
            guard let value = sample.value(metric) else {
                // What is read less often is not in every sample.
                if !Self.slow.contains(metric) { note(metric, "absent: \(sample.column(metric)?.detail ?? "no reason")", machine) }
                continue
            }
            guard abs(value - ideal) > 2e-3 * ideal + 1e-6 else { continue }
            note(metric, "\(value) instead of \(ideal)", machine)
        }
    }

    private mutating func note(_ metric: Metric, _ what: String, _ machine: SoakMachine) {
        if wrong[metric] == nil { wrong[metric] = "step \(machine.step): \(what)" }
    }

    private static let slow: Set<Metric> = [.memoryReadBytesPerSecond, .memoryWriteBytesPerSecond]
}
