import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// What is left where no counter can be read: the kernel's own accounting.
struct AccountingSourceTests {
    /// A tree with /proc/stat and cpuidle alone, as a guest without performance counters shows it.
    private struct Guest {
        let folder: String
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

        init(_ folder: String, idleStates: [String] = ["POLL", "C1", "C1E", "C6"]) throws {
            self.folder = folder
            try write("0-1\n", to: "sys/devices/system/cpu/online")
            for cpu in 0...1 {
                for (state, name) in idleStates.enumerated() {
                    try write(name + "\n", to: "sys/devices/system/cpu/cpu\(cpu)/cpuidle/state\(state)/name")
                    try write("5000\n", to: "sys/devices/system/cpu/cpu\(cpu)/cpuidle/state\(state)/time")
                }
            }
        }

        /// Overwrites in place, as the kernel does: a reader that keeps the file open sees the new text.
        func write(_ text: String, to path: String) throws {
            let url = URL(fileURLWithPath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        /// The times of two CPUs in the order of proc_stat(5).
        func writeTimes(_ first: String, _ second: String) throws {
            try write("cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 \(first)\ncpu1 \(second)\nintr 12345 1 2\n", to: "proc/stat")
        }

        func reader(_ preference: SourcePreference = .auto) throws -> CounterReader {
            let roots = KernelRoots(msr: "\(folder)/dev/cpu", sysfs: "\(folder)/sys", proc: "\(folder)/proc")
            return try CounterReader(
                roots: roots, time: time,
                settings: CounterSettings(preference: preference, periods: SamplingPeriods(tick: 0.01)))
        }
    }

    @Test(arguments: [SourcePreference.auto, .proc])
    func guestWithoutCountersHasItsTimesAndSaysWhyNothingElse(preference: SourcePreference) throws {
        try withTemporaryFolder { folder in
            let guest = try Guest(folder, idleStates: ["POLL", "haltpoll idle"])
            try guest.writeTimes("100 10 20 300 40 5 6 7 1 0", "0 0 0 0 0 0 0 0 0 0")
            let reader = try guest.reader(preference)
            #expect(reader.sample().isEmpty)
            guest.time.advance(byNanoseconds: 500_000_000)
            // CPU 0: 20 user, 5 irq of 50; 10 stolen. CPU 1: 40 of 50 idle.
            try guest.writeTimes("120 10 20 310 45 10 6 17 1 0", "0 0 10 20 20 0 0 0 0 0")
            let sample = reader.sample()
            #expect(sample.value(.c0Residency, .core(0)) == 0.5)
            #expect(sample.value(.c0Residency, .core(1)) == 0.2)
            #expect(sample.value(.c0Residency) == 0.35)
            #expect(sample.value(.stolenRatio, .core(0)) == 0.2)
            #expect(try #require(sample.value(.c1Residency, .core(0))) == 1 - (25.0 + 10) / 50)
            let column = try #require(sample.column(.c0Residency))
            #expect(column.source == "os")
            #expect(column.quality == .derived)
            #expect((column.detail?.contains("modprobe msr") == true) == (preference == .auto))
            for metric: Metric in [.instructionsPerCycle, .c6Residency, .memoryReadBytesPerSecond] {
                #expect(sample.value(metric) == nil)
                #expect(sample.column(metric)?.quality == .unavailable)
                #expect(sample.column(metric)?.detail?.isEmpty == false)
            }
        }
    }

    @Test func timesAreSharesOfHalfASecondAndAbsentInBetween() throws {
        try withTemporaryFolder { folder in
            let guest = try Guest(folder)
            try guest.writeTimes("1 0 0 1 0 0 0 0 0 0", "1 0 0 1 0 0 0 0 0 0")
            let reader = try guest.reader()
            _ = reader.sample()
            for tick in 1..<50 {
                guest.time.advance(byNanoseconds: 10_000_000)
                try guest.writeTimes("\(1 + tick) 0 0 1 0 0 0 0 0 0", "1 0 0 \(1 + tick) 0 0 0 0 0 0")
                // The last of them comes so little too early that it counts as being in time.
                if tick < 47 { #expect(reader.sample().value(.c0Residency) == nil) }
            }
            guest.time.advance(byNanoseconds: 10_000_000)
            #expect(reader.sample().value(.c0Residency) == 0.5)
            // What was measured last is still shown where people look.
            guest.time.advance(byNanoseconds: 10_000_000)
            #expect(reader.sample().value(.c0Residency) == nil)
            #expect(reader.table().first { $0.column.metric == .c0Residency }?.value == 0.5)
        }
    }

    @Test func idleStatesAreThoseThatTheKernelAskedFor() throws {
        try withTemporaryFolder { folder in
            let guest = try Guest(folder)
            try guest.writeTimes("1 0 0 1 0 0 0 0 0 0", "1 0 0 1 0 0 0 0 0 0")
            let reader = try guest.reader()
            _ = reader.sample()
            guest.time.advance(byNanoseconds: 1_000_000_000)
            for cpu in 0...1 {
                let idle = "sys/devices/system/cpu/cpu\(cpu)/cpuidle"
                try guest.write("105000\n", to: "\(idle)/state1/time")
                try guest.write("205000\n", to: "\(idle)/state2/time")
                try guest.write("\(500_000 * cpu + 5000)\n", to: "\(idle)/state3/time")
            }
            let sample = reader.sample()
            #expect(sample.value(.c1Residency) == 0.3)
            #expect(sample.value(.c6Residency, .core(1)) == 0.5)
            #expect(sample.value(.c6Residency) == 0.25)
            #expect(sample.column(.c6Residency)?.quality == .estimate)
            #expect(sample.column(.c6Residency)?.detail?.contains("asked for by the kernel") == true)
        }
    }

    @Test func timesThatGoBackwardsLoseOneIntervalOfThatCPU() throws {
        try withTemporaryFolder { folder in
            let guest = try Guest(folder)
            try guest.writeTimes("50 0 0 50 9 0 0 0 0 0", "50 0 0 50 0 0 0 0 0 0")
            let reader = try guest.reader()
            _ = reader.sample()
            guest.time.advance(byNanoseconds: 500_000_000)
            // The kernel's estimate of waiting time is known to go back a little.
            try guest.writeTimes("50 0 0 50 3 0 0 0 0 0", "75 0 0 75 0 0 0 0 0 0")
            let sample = reader.sample()
            #expect(sample.value(.c0Residency, .core(0)) == nil)
            #expect(sample.value(.c0Residency, .core(1)) == 0.5)
            #expect(sample.tally.resets == 1)
        }
    }

    @Test func registersThatTurnOutFakeLeaveTheWordToTheKernel() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let time = ManualTime(start: MonotonicInstant(nanoseconds: 1))
            try stand.write("cpu0 1 0 0 1 0 0 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0 0 0\nintr\n", to: "proc/stat")
            let roots = KernelRoots(msr: stand.tree.msrRoot, sysfs: stand.tree.sysfsRoot, proc: stand.tree.procRoot)
            let reader = try CounterReader(roots: roots, time: time, settings: CounterSettings())
            // Time stamps move, and nothing that was programmed does: a hypervisor that swallows writes.
            for _ in 0...Liveness.presumedIntervals {
                _ = reader.sample()
                time.advance(byNanoseconds: 10_000_000)
                for cpu in 0..<4 {
                    let registers = try stand.registers(cpu)
                    try registers.write(try registers.read(.timeStampCounter) + 20_000_000, to: .timeStampCounter)
                }
            }
            let column = try #require(reader.sample().column(.c0Residency))
            #expect(column.source == "os")
            #expect(column.detail?.contains("never moved") == true)
            for cpu in 0..<4 { #expect(try stand.registers(cpu).read(.globalControl) == 0) }
        }
    }

    @Test(arguments: [
        ("", []), ("cpu", []), ("cpu0 1 2 3", []), ("cpux 1 2 3 4 5 6 7 8\n", []),
        ("cpu 1 2 3 4 5 6 7 8\ncpu3 1 2 3 4 5 6 7 8\nintr 1", [3]),
        ("cpu0 1 2 3 4 5 6 7 8 9 10\ncpu1 1 2 3 4 5 6 7 8", [0]),
        ("cpu0 1 2 3 4 5 6 7 99999999999999999999999\ncpu1 1 2 3 4 5 6 7 8 \n", [1]),
    ])
    func linesThatCannotBeUnderstoodAreLeftOut(text: String, cpus: [Int]) {
        var found: [CPUTimes] = []
        Array(text.utf8).withUnsafeBytes { bytes in CPUTimes.forEach(in: bytes) { found.append($0) } }
        #expect(found.map(\.cpu) == cpus)
        for times in found {
            #expect(times.busy == 1 + 2 + 3 + 6 + 7)
            #expect(times.stolen == 8)
            #expect(times.accounted == 36)
        }
    }
}
