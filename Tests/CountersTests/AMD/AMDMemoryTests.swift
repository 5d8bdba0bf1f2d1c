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

/// Counters of AMD's memory controllers, through registers in memory.
struct AMDMemoryTests {
    private static func control(_ channel: Int, _ index: Int) -> RegisterAddress {
        .zenMemoryControl(channel: channel, index: index, perChannel: 4)
    }

    private static func counter(_ channel: Int, _ index: Int) -> RegisterAddress {
        .zenMemoryCounter(channel: channel, index: index, perChannel: 4)
    }

    /// Two packages; the first has three active controllers and the second two.
    private func machine(_ generation: ProcessorGeneration = .zen4) throws -> ScriptedMachine {
        let machine = try ZenMachine.machine(generation, cpuCount: 4, packages: 2)
        machine.cpuid = { cpu in ZenMachine.cpuid(generation, memoryControllers: cpu < 2 ? 0b10_0101 : 0b11) }
        return machine
    }

    private func column(_ metric: Metric, _ reader: CounterReader, _ scope: Scope = .system) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == scope }
    }

    private func add(_ amount: UInt64, _ machine: ScriptedMachine, cpu: Int, _ register: RegisterAddress) throws {
        try machine.cpus[cpu].write((machine.cpus[cpu].contents[register] ?? 0) + amount, to: register)
    }

    @Test(arguments: [ProcessorGeneration.zen4, .zen5])
    func readsAndWritesOfEveryActiveControllerAreSummed(generation: ProcessorGeneration) throws {
        let machine = try machine(generation)
        let reader = try machine.reader()
        for channel in 0..<3 {
            #expect(machine.cpus[0].contents[Self.control(channel, 0)] == 0x8000_010A)
            #expect(machine.cpus[0].contents[Self.control(channel, 1)] == 0x8000_020A)
            #expect(machine.cpus[1].contents[Self.control(channel, 0)] == 0)
        }
        #expect(machine.cpus[2].contents[Self.control(1, 0)] == 0x8000_010A)
        #expect(machine.cpus[2].contents[Self.control(2, 0)] == 0)
        _ = reader.sample()
        for channel in 0..<3 {
            try add(1000, machine, cpu: 0, Self.counter(channel, 0))
            try add(200, machine, cpu: 0, Self.counter(channel, 1))
        }
        for channel in 0..<2 { try add(50, machine, cpu: 2, Self.counter(channel, 0)) }
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
        let sample = reader.sample()
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(0)) == 192_000)
        #expect(sample.value(.memoryWriteBytesPerSecond, .socket(0)) == 38_400)
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(1)) == 6_400)
        #expect(sample.value(.memoryReadBytesPerSecond) == 198_400)
        let column = try #require(sample.column(.memoryReadBytesPerSecond))
        #expect(column.source == "umc" && column.quality == .measured)
        #expect(column.detail == "umc_cas_cmd.rd (0A), 3 channels")
    }

    @Test func countersAreClearedBeforeTheyStopAndCountOnce() throws {
        let machine = try machine()
        try machine.cpus[0].write((1 << 47) - 300, to: Self.counter(1, 0))
        let reader = try machine.reader()
        _ = reader.sample()
        var rates: [Double?] = []
        for _ in 0..<3 {
            try add(500, machine, cpu: 0, Self.counter(1, 0))
            try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
            rates.append(reader.sample().value(.memoryReadBytesPerSecond, .socket(0)))
        }
        #expect(rates == [32_000, 32_000, 32_000])
        // Set to zero when it had passed 2^47, and only then.
        #expect(machine.cpus[0].contents[Self.counter(1, 0)] == 1000)
    }

    @Test func counterThatIsAlreadyFarIsClearedBeforeAnythingCounts() throws {
        let machine = try machine()
        try machine.cpus[0].write(1 << 48 | (1 << 48) - 1, to: Self.counter(0, 0))
        try machine.cpus[0].write(1 << 47 | 5, to: Self.counter(2, 0))
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[Self.counter(0, 0)] == 0)
        #expect(machine.cpus[0].contents[Self.counter(2, 0)] == 0)
        _ = reader.sample()
        try add(100, machine, cpu: 0, Self.counter(0, 0))
        try add(200, machine, cpu: 0, Self.counter(2, 0))
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
        #expect(reader.sample().value(.memoryReadBytesPerSecond, .socket(0)) == 19_200)
    }

    @Test func counterThatStoppedOrWasSetBackIsNoSample() throws {
        let machine = try machine()
        let reader = try machine.reader()
        _ = reader.sample()
        var rates: [Double?] = []
        for value: UInt64 in [1000, 1 << 48, 700, 1400, 100, 200, 300] {
            try machine.cpus[0].write(value, to: Self.counter(0, 0))
            try add(10, machine, cpu: 0, Self.counter(0, 1))
            try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
            let sample = reader.sample()
            rates.append(sample.value(.memoryReadBytesPerSecond, .socket(0)))
            #expect(sample.value(.memoryWriteBytesPerSecond, .socket(0)) == 640)
        }
        // The difference after a lost reading has no beginning either.
        #expect(rates == [64_000, nil, nil, 44_800, nil, nil, 6_400])
    }

    @Test(arguments: [
        ([UInt64(5), 9, 1 << 47, 3], [false, false, true, false], [false, false, false, false], UInt64(1 << 47) - 5 + 3),
        ([1 << 48, 7], [true, false], [false, false], 7),
        ([10, 1 << 48 | 50, 7], [false, true, false], [false, true, false], 7),
        ([10, 4, 6], [false, false, false], [false, true, false], 2),
    ] as [([UInt64], [Bool], [Bool], UInt64)])
    func saturatingCountTakesEachCountOnce(readings: [UInt64], cleared: [Bool], lost: [Bool], total: UInt64) {
        var count = SaturatingCount()
        let steps = readings.map { count.take($0) }
        #expect(steps.map(\.mustClear) == cleared)
        #expect(steps.map(\.isLost) == lost)
        #expect(count.total == total)
    }

    @Test func closingRestoresEveryControl() throws {
        let machine = try machine()
        for cpu in machine.cpus { try cpu.write(0x0000_020B, to: Self.control(1, 1)) }
        let before = machine.controls
        let reader = try machine.reader()
        #expect(machine.controls != before)
        reader.close()
        #expect(machine.controls == before)
    }

    @Test func controllersOfSomebodyElseAreLeftAlone() throws {
        let machine = try machine()
        try machine.cpus[0].write(0x8000_0000, to: Self.control(2, 3))
        let reader = try machine.reader()
        #expect(column(.memoryWriteBytesPerSecond, reader, .socket(0))?.detail?.contains("in use") == true)
        #expect(machine.cpus[0].contents[Self.control(0, 0)] == 0)
        #expect(column(.memoryWriteBytesPerSecond, reader, .socket(1))?.quality == .measured)
    }

    @Test func counterThatCannotBeReadOrClearedGivesItsSocketUp() throws {
        for isWrite in [false, true] {
            let machine = try machine()
            let before = machine.controls
            let reader = try machine.reader()
            _ = reader.sample()
            if isWrite {
                try machine.cpus[0].write(1 << 47, to: Self.counter(0, 1))
                machine.cpus[0].failWrites(of: Self.counter(0, 1), with: .errno(EIO))
            } else {
                machine.cpus[0].failReads(of: Self.counter(0, 1), with: .errno(EIO))
            }
            try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
            let sample = reader.sample()
            // The counters are given up; what the cores got from memory is all that is left, and said to be.
            #expect(sample.column(.memoryReadBytesPerSecond, .socket(0))?.quality == .estimate)
            #expect(sample.tally.failedReads == 1)
            let given = sample.column(.memoryWriteBytesPerSecond, .socket(0))
            #expect(given?.quality == .unavailable && given?.detail?.contains("0xC0010803 on cpu0") == true)
            reader.close()
            #expect(machine.controls == before)
        }
    }

    @Test func readOnlyModeAndGuestsSayWhy() throws {
        let machine = try machine()
        #expect(column(.memoryWriteBytesPerSecond, try machine.reader(isReadOnly: true))?.detail?.contains("read-only") == true)
        machine.cpuid = { _ in ZenMachine.cpuid(.zen4, memoryControllers: 0, isGuest: true) }
        let guest = try machine.reader()
        #expect(column(.memoryWriteBytesPerSecond, guest)?.detail?.contains("CPUID 80000022H") == true)
    }
}
