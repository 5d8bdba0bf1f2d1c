import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Sharing the counters with others: nothing of theirs is touched, everything of ours is put back.
struct CounterOwnershipTests {
    private static let controls: [RegisterAddress] =
        [.fixedCounterControl, .globalControl, .globalOverflowControl] + (0..<8).map { .eventSelect($0) }

    @Test func closingRestoresEveryControlRegisterAsItWasFound() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            // A disabled watchdog event, a foreign enable bit and a running fixed counter 3 are not ours to lose.
            try stand.registers(1).write(0x3C, to: .eventSelect(1))
            try stand.registers(2).write(0xFF00_0000_00F0, to: .globalControl)
            try stand.registers(3).write(0x3000, to: .fixedCounterControl)
            let before = try controls(of: stand)
            let spaces = try configurations(of: stand)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
            #expect(try controls(of: stand) != before)
            reader.close()
            #expect(try controls(of: stand) == before)
            #expect(try configurations(of: stand) == spaces)
        }
    }

    @Test func killedReadersSuccessorRestoresWhatTheFirstOneFound() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.registers(1).write(0x3C, to: .eventSelect(1))
            let before = try controls(of: stand)
            let record = "\(folder)/claims"
            let claimed = try image(of: stand, after: { try stand.reader(claimRecord: record) })
            #expect(claimed.record.split(separator: "\n").count == 4 + 6)
            // The first reader restored on release; put back what a kill would have left.
            try claimed.write(to: stand, record: record)
            let second = try stand.reader(claimRecord: record)
            _ = second.sample()
            stand.step()
            #expect(second.sample().value(.instructionsPerCycle) == 1.5)
            second.close()
            #expect(try controls(of: stand) == before)
            #expect(!FileManager.default.fileExists(atPath: record))
        }
    }

    @Test func leftOverProgrammingWithoutRecordIsTakenOverAndSwitchedOff() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let claimed = try image(of: stand, after: { try stand.reader(claimRecord: "\(folder)/claims") })
            try claimed.write(to: stand, record: nil)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
            reader.close()
            stand.step()
            for values in try controls(of: stand) { #expect(values.allSatisfy { $0 == 0 }) }
        }
    }

    @Test(arguments: [
        (RegisterAddress.eventSelect(1), UInt64(0x43003C), "PERFEVTSEL1"), (.eventSelect(3), 1 << 20, "PERFEVTSEL3"),
        (.fixedCounterControl, 0xB0, "nmi_watchdog"),
    ])
    func foreignOwnerKeepsTheCountersAndIsNamed(register: RegisterAddress, value: UInt64, name: String) throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.registers(2).write(value, to: register)
            let before = try controls(of: stand)
            let reader = try stand.reader()
            #expect(try controls(of: stand) == before)
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle) == nil)
            let column = try #require(sample.column(.instructionsPerCycle))
            #expect(column.quality == .unavailable)
            #expect(column.detail?.contains("CPU 2") == true)
            #expect(column.detail?.contains(name) == true)
            #expect(sample.value(.c6Residency) == 0.5)
            #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
            // The owner leaves; half a minute after the refusal the counters are claimed.
            try stand.registers(2).write(0, to: register)
            for _ in 0..<32 {
                stand.step(seconds: 1)
                _ = reader.sample()
            }
            stand.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
        }
    }

    @Test func ownerThatAppearsInMidRunTakesTheCountersAndKeepsThem() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            try stand.registers(1).write(0x43003C, to: .eventSelect(0))
            let enabled = try stand.registers(1).read(.globalControl)
            var isPresent: [Bool] = []
            for _ in 0..<20 {
                stand.step()
                let sample = reader.sample()
                isPresent.append(sample.value(.instructionsPerCycle) != nil)
                #expect(sample.value(.c6Residency) == 0.5)
            }
            // Every tenth read is checked, and opening and the first sample were two; after a hit each one is.
            #expect(isPresent[6])
            #expect(!isPresent[7...].contains(true))
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle) == nil)
            #expect(sample.column(.instructionsPerCycle)?.detail?.contains("CPU 1") == true)
            #expect(try stand.registers(1).read(.eventSelect(0)) == 0x43003C)
            #expect(try stand.registers(0).read(.eventSelect(0)) == 0)
            reader.close()
            #expect(try stand.registers(1).read(.eventSelect(0)) == 0x43003C)
            #expect(enabled & 1 == 1)
            #expect(try stand.registers(1).read(.globalControl) == 1)
            #expect(try stand.registers(0).read(.globalControl) == 0)
        }
    }

    @Test func memoryChannelThatSomebodyUsesIsLeftAlone() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let channel = try #require(try stand.channels().last)
            try channel.write(0x40_0183, at: MemoryControllerPMON.control(2))
            let before = try configurations(of: stand)
            let reader = try stand.reader()
            #expect(try configurations(of: stand) == before)
            let column = reader.columns.columns.first { $0.metric == .memoryReadBytesPerSecond }
            #expect(column?.quality == .estimate)
            #expect(column?.detail?.contains("in use") == true)
            try channel.write(0, at: MemoryControllerPMON.control(2))
            for _ in 0..<32 {
                stand.step(seconds: 1)
                _ = reader.sample()
            }
            stand.step()
            #expect(reader.sample().value(.memoryReadBytesPerSecond) == 3_840_000_000)
        }
    }

    @Test func memoryChannelThatIsTakenOverIsGivenUpAndKeptByItsNewOwner() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            let channel = try #require(try stand.channels().first)
            try channel.write(0x40_0183, at: MemoryControllerPMON.control(0))
            for _ in 0...MSRSource.readsPerVerification {
                stand.step()
                _ = reader.sample()
            }
            let sample = reader.sample()
            #expect(sample.column(.memoryReadBytesPerSecond)?.quality == .estimate)
            #expect(sample.column(.memoryWriteBytesPerSecond)?.quality == .unavailable)
            reader.close()
            #expect(try channel.read(at: MemoryControllerPMON.control(0)) == 0x40_0183)
            #expect(try channel.read(at: MemoryControllerPMON.control(1)) == 0)
        }
    }

    @Test func otherBytesOfTheConfigurationSpaceStayUntouched() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let sentinels: [UInt32] = [0x40, 0x9C, 0xC0, 0xE8, 0xEC, 0xF8, 0x100, 0xFFC]
            for channel in try stand.channels() {
                for offset in sentinels { try channel.write(0xDEAD_BEEF, at: offset) }
            }
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            reader.close()
            for channel in try stand.channels() {
                for offset in sentinels { #expect(try channel.read(at: offset) == 0xDEAD_BEEF) }
            }
        }
    }

    private func controls(of stand: Stand) throws -> [[UInt64]] {
        try (0..<stand.tree.hardware.cpuCount).map { cpu in
            // The overflow-clear register is write-only on hardware; one step lets the virtual one act on it.
            stand.tree.step(seconds: 0, HardwareActivity())
            let registers = try stand.registers(cpu)
            return try Self.controls.map { try registers.read($0) }
        }
    }

    private func configurations(of stand: Stand) throws -> [[UInt32]] {
        let controls = [MemoryControllerPMON.boxControl] + (0..<4).map { MemoryControllerPMON.control($0) }
        return try stand.channels().map { channel in try controls.map { try channel.read(at: $0) } }
    }

    /// What a claimed machine and its record look like, taken while a reader lives.
    private struct Claimed {
        let registers: [[UInt64]]
        let record: String

        func write(to stand: Stand, record path: String?) throws {
            for (cpu, values) in registers.enumerated() {
                let file = try stand.registers(cpu)
                for (register, value) in zip(CounterOwnershipTests.controls, values) {
                    try file.write(value, to: register)
                }
            }
            if let path { try record.write(toFile: path, atomically: true, encoding: .utf8) }
        }
    }

    private func image(of stand: Stand, after open: () throws -> CounterReader) throws -> Claimed {
        let reader = try open()
        defer { reader.close() }
        return Claimed(
            registers: try controls(of: stand),
            record: try String(contentsOfFile: "\(stand.tree.root)/claims", encoding: .utf8))
    }
}
