import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// What the reader does when hardware, kernel or other programs misbehave.
struct CounterFaultTests {
    @Test(arguments: [0, 1, 2])
    func fixedCounterThatWrapsInMidRunGoesOnExactly(index: Int) throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.registers(1).write((1 << 48) - 1, to: .fixedCounter(index))
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle, .core(1)) == 1.5)
            #expect(sample.value(.c0Residency, .core(1)) == 0.25)
            #expect(try stand.registers(1).read(.globalStatus) == 1 << UInt64(32 + index))
        }
    }

    @Test func programmableAndMemoryCountersThatWrapGoOnExactly() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.registers(0).write((1 << 48) - 3, to: .programmableCounter(0))
            for channel in try stand.channels() {
                try channel.write(0xFFFF_FFF0, at: MemoryControllerPMON.counter(0))
                try channel.write(0x0000_FFFF, at: MemoryControllerPMON.counter(0) + 4)
            }
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.l3MissesPerSecond) == 800_000)
            #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
        }
    }

    @Test func timeStampCounterThatWrapsGoesOnExactly() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            for cpu in 0..<4 { try stand.registers(cpu).write(.max - 5, to: .timeStampCounter) }
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.c0Residency) == 0.25)
            #expect(sample.value(.l3MissesPerSecond) == 800_000)
        }
    }

    @Test func counterSetBackLosesOneIntervalOfItsMetricsOnly() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            try stand.registers(2).write(0, to: .fixedCounter(0))
            stand.step(HardwareActivity(utilisation: 0.25, instructionsPerCycle: 0.5, c6Share: 0.5))
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle, .core(2)) == nil)
            #expect(sample.value(.c0Residency, .core(2)) == 0.25)
            #expect(sample.value(.instructionsPerCycle) == 0.5)
            #expect(sample.tally.resets == 1)
            stand.step()
            #expect(reader.sample().value(.instructionsPerCycle, .core(2)) == 1.5)
        }
    }

    @Test func rateWithOneCPUMissingIsAbsentRatherThanTooLow() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            try stand.registers(2).write(0, to: .programmableCounter(0))
            stand.step(seconds: 0.001)
            let sample = reader.sample()
            #expect(sample.value(.l3MissesPerSecond) == nil)
            #expect(sample.value(.l3MissesPerSecond, .core(1)) == 200_000)
            stand.step()
            #expect(reader.sample().value(.l3MissesPerSecond) == 800_000)
        }
    }

    @Test func differenceThatCannotBeTrueIsDroppedAndCounted() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let registers = try stand.registers(0)
            try registers.write(try registers.read(.fixedCounter(2)) + 1 << 40, to: .fixedCounter(2))
            let sample = reader.sample()
            #expect(sample.value(.c0Residency, .core(0)) == nil)
            #expect(sample.value(.c1Residency, .core(0)) == nil)
            #expect(sample.value(.instructionsPerCycle, .core(0)) == 1.5)
            #expect(sample.value(.c0Residency, .core(1)) == 0.25)
            #expect(sample.tally.implausible == 1)
            stand.step()
            #expect(reader.sample().value(.c0Residency, .core(0)) == 0.25)
        }
    }

    @Test func pauseOfTenSecondsIsAGapAndNoMeasurement() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            stand.time.advance(byNanoseconds: 10_000_000_000)
            // A machine that was suspended comes back with its counters switched off.
            for cpu in 0..<4 { try stand.registers(cpu).write(0, to: .globalControl) }
            stand.step()
            let sample = reader.sample()
            #expect(sample.isEmpty)
            #expect(sample.tally.gaps == 1)
            stand.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
        }
    }

    @Test func cpuThatGoesOfflineLeavesAndStartsAnewWhenItReturns() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let version = reader.sample().table.version
            try stand.write("0-2\n", to: "sys/devices/system/cpu/online")
            for _ in 0..<2 {
                stand.step(seconds: 1)
                _ = reader.sample()
            }
            stand.step()
            let without = reader.sample()
            #expect(without.column(.c0Residency, .core(3)) == nil)
            #expect(without.value(.c0Residency) == 0.25)
            #expect(without.value(.l3MissesPerSecond) == 600_000)
            #expect(without.table.version > version)
            try stand.write("0-3\n", to: "sys/devices/system/cpu/online")
            stand.step(seconds: 1)
            let first = reader.sample()
            #expect(first.value(.c0Residency, .core(3)) == nil)
            #expect(first.column(.c0Residency, .core(3)) != nil)
            stand.step()
            #expect(reader.sample().value(.c0Residency, .core(3)) == 0.25)
        }
    }

    @Test func residencyThatNeverMovedIsAbsentWithItsReasonAndAppearsOnceItMoves() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step(HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5))
            let fake = reader.sample()
            #expect(fake.value(.c6Residency) == nil)
            #expect(fake.column(.c6Residency)?.quality == .unavailable)
            #expect(fake.column(.c6Residency)?.detail?.contains("never moved") == true)
            #expect(fake.column(.c1Residency)?.quality == .estimate)
            #expect(fake.value(.c1Residency) == 0.75)
            stand.step()
            let real = reader.sample()
            #expect(real.value(.c6Residency) == 0.5)
            #expect(real.column(.c1Residency)?.quality == .derived)
            #expect(real.table.version == fake.table.version + 1)
        }
    }

    @Test func programmedCounterThatNeverMovesBecomesUnavailable() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            let noMisses = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 4000)
            _ = reader.sample()
            for _ in 1..<Liveness.presumedIntervals {
                stand.step(noMisses)
                let sample = reader.sample()
                #expect(sample.value(.l3MissesPerSecond) == nil)
                #expect(sample.column(.l3MissesPerSecond)?.quality == .measured)
            }
            stand.step(noMisses)
            let column = try #require(reader.sample().column(.l3MissesPerSecond))
            #expect(column.quality == .unavailable)
            #expect(column.detail?.contains("never moved") == true)
        }
    }

    @Test func processorThatHidesItsClockIsMeasuredAgainstTheMonotonicOne() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            for cpu in 0..<4 { try stand.registers(cpu).write(0, to: .platformInfo) }
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.activeFrequencyHertz) == 2e9)
            #expect(sample.value(.l3MissesPerSecond) == 800_000)
        }
    }

    @Test func missingRootsAreRefusedWithPathAndRemedy() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let noRegisters = KernelRoots(
                msr: "\(folder)/nowhere", sysfs: stand.tree.sysfsRoot, proc: stand.tree.procRoot)
            let error = #expect(throws: CounterError.self) { try CounterReader(roots: noRegisters, time: stand.time, settings: CounterSettings(preference: .msr)) }
            #expect(error?.description.contains("\(folder)/nowhere/0/msr") == true)
            #expect(error?.description.contains("--msr-root") == true)
            let noSystem = KernelRoots(msr: stand.tree.msrRoot, sysfs: "\(folder)/nowhere", proc: stand.tree.procRoot)
            let other = #expect(throws: CounterError.self) { try CounterReader(roots: noSystem, time: stand.time, settings: CounterSettings()) }
            #expect(other?.description.contains("--sysfs-root") == true)
        }
    }
}
