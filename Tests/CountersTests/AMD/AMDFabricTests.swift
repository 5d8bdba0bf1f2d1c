import Foundation
import Measures
import Registers
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The data fabric's counters of AMD processors up to Zen 3, through registers in memory.
struct AMDFabricTests {
    private static func control(channel: Int) -> UInt64 {
        ZenFabricEvent.encoding(event: ZenFabricEvent.channelEvent(channel), unitMask: 0x38)
    }

    private func column(_ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == .memoryBytesPerSecond && $0.scope == .system }
    }

    /// Lets `seconds` pass in which each populated channel moves `lines`, as far as a counter counts it. `cpus` are those
    /// through which data fabrics are reached, with the channels that each has.
    private func step(
        _ machine: ScriptedMachine, seconds: Double = 1, lines: UInt64 = 1000, _ cpus: [Int: [Int]]
    ) throws {
        for (cpu, populated) in cpus {
            for index in 0..<4 {
                let control = machine.cpus[cpu].contents[.zenFabricControl(index)]
                guard populated.contains(where: { Self.control(channel: $0) == control }) else { continue }
                let counter = RegisterAddress.zenFabricCounter(index)
                let before = machine.cpus[cpu].contents[counter] ?? 0
                try machine.cpus[cpu].write(before &+ lines & CounterWidth.bits48.mask, to: counter)
            }
        }
        try machine.step(seconds: seconds, [.timeStampCounter: UInt64(2e9 * seconds)])
    }

    @Test func controlsNameTheChannels() {
        let values = (0..<8).map { Self.control(channel: $0) }
        #expect(
            values == [
                0x403807, 0x403847, 0x403887, 0x4038C7, 0x1_0040_3807, 0x1_0040_3847, 0x1_0040_3887, 0x1_0040_38C7,
            ])
    }

    @Test(arguments: [
        // As many as there are counters: each is counted, wherever it is.
        ([0, 2, 4, 6], [0, 2, 4, 6], 4.0, false), ([6, 7], [6, 7], 2, false), ([3], [3], 1, false),
        // More: some are counted for all.
        ([0, 1, 2, 3, 4, 5, 6, 7], [0, 2, 4, 6], 8, true), ([0, 1, 2, 4, 5, 6], [0, 1, 4, 5], 6, true),
    ])
    func populatedChannelsAreFoundAndCounted(
        populated: [Int], counted: [Int], channels: Double, isEstimate: Bool
    ) throws {
        let machine = try ZenMachine.machine(.zen3)
        let before = machine.controls
        let reader = try machine.reader()
        _ = reader.sample()
        #expect(column(reader)?.detail == "looking which memory channels are populated")
        for _ in 0..<4 {
            try step(machine, [0: populated])
            _ = reader.sample()
        }
        for (index, channel) in counted.enumerated() {
            #expect(machine.cpus[0].contents[.zenFabricControl(index)] == Self.control(channel: channel))
        }
        for index in counted.count..<4 { #expect(machine.cpus[0].contents[.zenFabricControl(index)] == 0) }
        // Liveness is proven by the first difference.
        try step(machine, [0: populated])
        _ = reader.sample()
        try step(machine, [0: populated])
        let sample = reader.sample()
        #expect(sample.value(.memoryBytesPerSecond) == channels * 64_000)
        let column = try #require(sample.column(.memoryBytesPerSecond))
        #expect(column.source == "df" && column.quality == (isEstimate ? .estimate : .measured))
        #expect(column.detail?.contains("\(counted.count) of \(populated.count) channels") == true)
        // Nobody reads or writes them apart.
        #expect(sample.column(.memoryWriteBytesPerSecond)?.quality == .unavailable)
        reader.close()
        #expect(machine.controls == before)
    }

    @Test func countersWrapAt48Bits() throws {
        let machine = try ZenMachine.machine(.zen2)
        for index in 0..<4 { try machine.cpus[0].write((1 << 48) - 2500, to: .zenFabricCounter(index)) }
        let reader = try machine.reader()
        _ = reader.sample()
        var rates: [Double?] = []
        for _ in 0..<8 {
            try step(machine, [0: [0, 1]])
            rates.append(reader.sample().value(.memoryBytesPerSecond))
        }
        #expect(rates.suffix(4) == [128_000, 128_000, 128_000, 128_000])
    }

    @Test func machineWithoutTrafficIsLookedAtUntilThereIsSome() throws {
        let machine = try ZenMachine.machine(.zen2)
        let reader = try machine.reader()
        _ = reader.sample()
        for _ in 0..<10 {
            try step(machine, [0: []])
            _ = reader.sample()
        }
        #expect(column(reader)?.detail == "looking which memory channels are populated")
        for _ in 0..<8 {
            try step(machine, [0: [1]])
            _ = reader.sample()
        }
        try step(machine, [0: [1]])
        #expect(reader.sample().value(.memoryBytesPerSecond) == 64_000)
    }

    /// Zen 1: two dies of two channels each, of which CPUs 0 and 1 are on the one and 2 and 3 on the other.
    private func naples(dies: UInt32 = 2) throws -> ScriptedMachine {
        let machine = try ZenMachine.machine(.zen1)
        machine.cpuid = { cpu in
            var table = ZenMachine.cpuid(.zen1)
            table[0x8000_001E] = CPUIDRegisters(ecx: (dies - 1) << 8 | UInt32(cpu / 2))
            return table
        }
        return machine
    }

    @Test func eachDieOfZen1IsReadThroughACPUOfItsOwn() throws {
        let machine = try naples()
        let reader = try machine.reader()
        _ = reader.sample()
        for _ in 0..<6 {
            try step(machine, [0: [0, 1], 2: [0]])
            _ = reader.sample()
        }
        try step(machine, [0: [0, 1], 2: [0]])
        let sample = reader.sample()
        #expect(sample.value(.memoryBytesPerSecond) == 192_000)
        #expect(sample.column(.memoryBytesPerSecond)?.quality == .measured)
        #expect(machine.cpus[1].contents[.zenFabricControl(0)] == 0)
    }

    @Test func diesThatCannotBeReachedAreNotLeftOut() throws {
        #expect(column(try naples(dies: 4).reader())?.detail?.contains("2 of 4 dies have no online CPU") == true)
        let machine = try naples()
        machine.cpuid = { _ in nil }
        #expect(column(try machine.reader())?.detail?.contains("modprobe cpuid") == true)
    }

    @Test func countersOfSomebodyElseAreLeftAloneBeforeAndDuring() throws {
        let machine = try ZenMachine.machine(.zen3)
        try machine.cpus[0].write(0x40_0001, to: .zenFabricControl(3))
        let before = machine.controls[0].filter { $0.key >= .zenFabricControl(0) && $0.key <= .zenFabricControl(3) }
        let reader = try machine.reader()
        #expect(column(reader)?.detail?.contains("in use: on CPU 0 register 0xC0010246") == true)
        #expect(machine.controls[0].filter { before[$0.key] != nil } == before)
        try machine.cpus[0].write(0, to: .zenFabricControl(3))
        for _ in 0..<40 {
            try step(machine, [0: [0, 1]])
            _ = reader.sample()
        }
        try step(machine, [0: [0, 1]])
        #expect(reader.sample().value(.memoryBytesPerSecond) == 128_000)
        try machine.cpus[0].write(0x40_0001, to: .zenFabricControl(0))
        for _ in 0...MSRSource.readsPerVerification {
            try step(machine, [0: [0, 1]])
            _ = reader.sample()
        }
        #expect(column(reader)?.detail?.contains("somebody else reprogrammed") == true)
        #expect(machine.cpus[0].contents[.zenFabricControl(0)] == 0x40_0001)
        #expect(machine.cpus[0].contents[.zenFabricControl(1)] == 0)
    }

    @Test func killDuringTheSurveyOrAfterLeavesNothingBehind() throws {
        for steps in [0, 1, 2, 3, 6] {
            let machine = try ZenMachine.machine(.zen3)
            try machine.cpus[0].write(0x0000_0042, to: .zenFabricControl(1))
            let before = machine.controls
            let record = "\(machine.folder.root)/claims"
            let reader = try machine.reader(record: record)
            for _ in 0..<steps {
                try step(machine, [0: [0, 5]])
                _ = reader.sample()
            }
            let claimed = (machine.cpus.map(\.contents), try String(contentsOfFile: record, encoding: .utf8))
            #expect(claimed.1.contains(" df "))
            reader.close()
            #expect(machine.controls == before)
            for (cpu, contents) in zip(machine.cpus, claimed.0) {
                for (register, value) in contents { try cpu.write(value, to: register) }
            }
            try claimed.1.write(toFile: record, atomically: true, encoding: .utf8)
            try ClaimLedger(ClaimRecord(path: record)).repair { number throws(RegisterError) in machine.cpus[number] }
            #expect(machine.controls == before)
        }
    }

    @Test func failuresAreNamed() throws {
        let machine = try ZenMachine.machine(.zen2)
        let reader = try machine.reader()
        _ = reader.sample()
        machine.cpus[0].failReads(of: .zenFabricCounter(2), with: .errno(EIO))
        try step(machine, [0: [0]])
        #expect(reader.sample().tally.failedReads == 1)
        #expect(column(reader)?.detail?.contains("0xC0010245 on cpu0") == true)
        #expect(machine.cpus[0].contents[.zenFabricControl(0)] == 0)
        var table = ZenMachine.cpuid(.zen2)
        table[0x8000_0001] = CPUIDRegisters(ecx: 1 << 23)
        let answers = table
        machine.cpuid = { _ in answers }
        #expect(column(try machine.reader())?.detail?.contains("ECX bit 24") == true)
        #expect(column(try ZenMachine.machine(.zen2).reader(isReadOnly: true))?.detail?.contains("read-only") == true)
    }
}
