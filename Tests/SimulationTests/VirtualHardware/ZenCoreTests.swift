import Foundation
import Registers
import Simulation
import Testing

/// The counters of AMD cores obey their control registers.
struct ZenCoreTests {
    private static let events: [ZenCoreEvent] = [.instructions, .cycles, .referenceCycles, .memoryFills]

    private func program(_ registers: FileRegisters, _ controls: [UInt64]) throws {
        for (index, control) in controls.enumerated() { try registers.write(control, to: .zenEventSelect(index)) }
    }

    @Test func olderCoresCountByTheirOwnEnableBit() throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(5)
        try program(cpu, Self.events.map(\.encoding))
        stand.step()
        // Zen 2 knows neither reference cycles nor fills.
        #expect(try (0..<4).map { try cpu.read(.zenCounter($0)) } == [7_500_000, 5_000_000, 0, 0])
        #expect(try cpu.read(.timeStampCounter) == 20_000_000)
        #expect(try cpu.read(.maximumPerformanceClock) == 5_000_000)
        #expect(stand.failure { _ = try cpu.read(.zenGlobalControl) } == .errno(EIO))
    }

    @Test func newerCoresCountOnlyWithTheGlobalBitToo() throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(3)
        try program(cpu, Self.events.map(\.encoding))
        stand.step()
        #expect(try (0..<4).map { try cpu.read(.zenCounter($0)) } == [0, 0, 0, 0])
        try cpu.write(0b1101, to: .zenGlobalControl)
        stand.step()
        #expect(try (0..<4).map { try cpu.read(.zenCounter($0)) } == [7_500_000, 0, 5_000_000, 4000])
    }

    @Test func fillsAreNearOrFar() throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(0)
        try program(cpu, [ZenCoreEvent.memoryFills, .nearMemoryFills, .farMemoryFills].map(\.encoding))
        try cpu.write(0b111, to: .zenGlobalControl)
        var activity = VirtualStand.activity
        activity.localMemoryShare = 0.75
        stand.step(activity)
        #expect(try (0..<3).map { try cpu.read(.zenCounter($0)) } == [4000, 3000, 1000])
    }

    @Test(arguments: [
        UInt64(0x4300C1), 0x4301C0, 0x0300C0, 0x4000C0, 0x1_0043_00C0, 0x0143_00C0, 0x100_0043_00C0, 0x47_00C0,
    ])
    func controlThatMeansSomethingElseCountsNothing(control: UInt64) throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(0)
        try program(cpu, [control])
        stand.step()
        #expect(try cpu.read(.zenCounter(0)) == 0)
    }

    @Test func wrapIsFlaggedUntilTheFlagIsCleared() throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(0)
        try program(cpu, [ZenCoreEvent.instructions.encoding])
        try cpu.write(1, to: .zenGlobalControl)
        try cpu.write((1 << 48) - 1, to: .zenCounter(0))
        stand.step()
        #expect(try cpu.read(.zenCounter(0)) == 7_499_999)
        #expect(try cpu.read(.zenGlobalStatus) == 1)
        try cpu.write(1, to: .zenGlobalStatusClear)
        stand.step()
        #expect(try cpu.read(.zenGlobalStatus) == 0)
        #expect(try cpu.read(.zenGlobalStatusClear) == 0)
    }

    @Test func freeRunningInstructionsNeedTheirConfigurationBit() throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(0)
        stand.step()
        #expect(try cpu.read(.retiredInstructions) == 7_500_000)
        try cpu.write(0, to: .hardwareConfiguration)
        stand.step()
        #expect(try cpu.read(.retiredInstructions) == 7_500_000)
    }

    @Test func registersLieFarApartInASmallFile() throws {
        let stand = try VirtualStand(.zen2)
        var status = stat()
        #expect(stat("\(stand.tree.msrRoot)/0/msr", &status) == 0)
        #expect(status.st_size == 0xC001_0900 * 8)
        // Blocks of 512 bytes; what is mapped is allocated, the rest is a hole.
        #expect(status.st_blocks * 512 < 1 << 20)
    }
}
