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

/// Counters of AMD's last-level caches, through registers in memory.
struct AMDCacheTests {
    /// Two packages of two core complexes each, two CPUs to a complex.
    private static let caches = [[0, 1], [2, 3], [4, 5], [6, 7]]

    private func machine(_ generation: ProcessorGeneration = .zen2) throws -> ScriptedMachine {
        try ZenMachine.machine(generation, cpuCount: 8, packages: 2, caches: Self.caches)
    }

    private func column(_ metric: Metric, _ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == .system }
    }

    @Test(arguments: [
        (ProcessorGeneration.zen1, UInt64(0xFF0F_0000_0040_0000)), (.zen2, 0xFF0F_0000_0040_0000),
        (.zen3, 0x0300_C000_0040_0000), (.zen4, 0x0300_C000_0040_0000), (.zen5, 0x0300_C000_0040_0000),
    ])
    func masksTakeInTheWholeCache(generation: ProcessorGeneration, whole: UInt64) throws {
        let machine = try machine(generation)
        let reader = try machine.reader()
        defer { reader.close() }
        for (cpu, registers) in machine.cpus.enumerated() {
            // One CPU of each complex programs it, for all of them.
            let isReader = cpu % 2 == 0
            #expect(registers.contents[.zenCacheControl(0)] == (isReader ? whole | 0x0104 : 0))
            #expect(registers.contents[.zenCacheControl(1)] == (isReader ? whole | 0xFF04 : 0))
        }
    }

    @Test func cachesOfASocketAreSummed() throws {
        let machine = try machine()
        let reader = try machine.reader()
        _ = reader.sample()
        for (cpu, misses) in [(0, 1000), (2, 3000), (4, 500), (6, 1500)] {
            try machine.cpus[cpu].write(UInt64(misses), to: .zenCacheCounter(0))
            try machine.cpus[cpu].write(UInt64(misses) * 8, to: .zenCacheCounter(1))
        }
        try machine.step(ZenMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.l3MissesPerSecond, .socket(0)) == 400_000)
        #expect(sample.value(.l3MissesPerSecond, .socket(1)) == 200_000)
        #expect(sample.value(.l3MissesPerSecond) == 600_000)
        #expect(sample.value(.l3ReferencesPerSecond) == 4_800_000)
        #expect(sample.value(.l3HitRatio) == 0.875)
        #expect(sample.column(.l3MissesPerSecond, .core(0)) == nil)
        let column = try #require(sample.column(.l3MissesPerSecond))
        #expect(column.source == "l3" && column.quality == .measured)
        #expect(column.detail?.contains("l3_lookup_state.l3_miss (04/01), 2 caches") == true)
    }

    @Test func oneCacheThatWrapsGoesOnExactly() throws {
        let machine = try machine()
        try machine.cpus[2].write((1 << 48) - 500, to: .zenCacheCounter(0))
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.cpus[0].write(1000, to: .zenCacheCounter(0))
        try machine.cpus[2].write(500, to: .zenCacheCounter(0))
        try machine.step(ZenMachine.work)
        #expect(reader.sample().value(.l3MissesPerSecond, .socket(0)) == 200_000)
    }

    @Test func countersOfSomebodyElseAreLeftAloneOnThatSocketAlone() throws {
        let machine = try machine()
        try machine.cpus[2].write(0xFF0F_0000_0040_FF06, to: .zenCacheControl(5))
        let reader = try machine.reader()
        // Not one of the socket's caches is programmed.
        #expect(machine.cpus[0].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[2].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[4].contents[.zenCacheControl(0)] != 0)
        let socket = try #require(
            reader.columns.columns.first { $0.metric == .l3MissesPerSecond && $0.scope == .socket(0) })
        #expect(socket.detail?.contains("in use: on CPU 2 register 0xC001023A") == true)
        try machine.cpus[2].write(0, to: .zenCacheControl(5))
        for _ in 0..<62 {
            try machine.step(seconds: 0.5, [.timeStampCounter: 1_000_000_000])
            _ = reader.sample()
        }
        try machine.cpus[0].write(1000, to: .zenCacheCounter(0))
        try machine.cpus[2].write(4000, to: .zenCacheCounter(1))
        try machine.step(seconds: 0.5, [.timeStampCounter: 1_000_000_000])
        #expect(reader.sample().value(.l3HitRatio, .socket(0)) == 0.75)
        #expect(machine.cpus[2].contents[.zenCacheControl(5)] == 0)
    }

    @Test func countersThatAreReprogrammedAreGivenUpAndKeptByTheirNewOwner() throws {
        let machine = try machine()
        let before = machine.controls
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.cpus[4].write(0xFF0F_0000_0040_0306, to: .zenCacheControl(1))
        for _ in 0...MSRSource.readsPerVerification {
            try machine.step(ZenMachine.work)
            _ = reader.sample()
        }
        #expect(column(.l3MissesPerSecond, reader)?.detail?.contains("1 of 2 parts") == true)
        #expect(machine.cpus[4].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[6].contents[.zenCacheControl(1)] == 0)
        #expect(machine.cpus[0].contents[.zenCacheControl(0)] != 0)
        reader.close()
        #expect(machine.cpus[4].contents[.zenCacheControl(1)] == 0xFF0F_0000_0040_0306)
        try machine.cpus[4].write(0, to: .zenCacheControl(1))
        #expect(machine.controls == before)
    }

    @Test func closingRestoresWhatWasFound() throws {
        let machine = try machine(.zen4)
        // Switched off, but not empty.
        for cpu in machine.cpus { try cpu.write(0x0300_C000_0000_0106, to: .zenCacheControl(0)) }
        let before = machine.controls
        let reader = try machine.reader()
        #expect(machine.controls != before)
        reader.close()
        #expect(machine.controls == before)
    }

    @Test func failingRegisterCostsItsSocketAlone() throws {
        let machine = try machine()
        let before = machine.controls
        let reader = try machine.reader()
        _ = reader.sample()
        machine.cpus[6].failReads(of: .zenCacheCounter(1), with: .errno(EIO))
        try machine.cpus[0].write(1000, to: .zenCacheCounter(0))
        try machine.step(ZenMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.l3MissesPerSecond, .socket(0)) == 100_000)
        #expect(sample.value(.l3MissesPerSecond, .socket(1)) == nil)
        #expect(sample.tally.failedReads == 1)
        #expect(machine.cpus[4].contents[.zenCacheControl(0)] == 0)
        reader.close()
        #expect(machine.controls == before)
    }

    @Test func refusedWriteOnOneCacheStartsNone() throws {
        let machine = try machine()
        machine.cpus[2].failWrites(of: .zenCacheControl(1), with: .errno(EPERM))
        let reader = try machine.reader()
        let socket = try #require(
            reader.columns.columns.first { $0.metric == .l3MissesPerSecond && $0.scope == .socket(0) })
        #expect(socket.detail?.contains("0xC0010232 on cpu2") == true)
        #expect(machine.cpus[0].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[2].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[4].contents[.zenCacheControl(0)] != 0)
    }

    @Test func whatIsMissingIsNamed() throws {
        let unlisted = try ZenMachine.machine(.zen2).reader()
        #expect(column(.l3HitRatio, unlisted)?.detail?.contains("no last-level cache of the socket is listed") == true)
        let machine = try machine()
        var table = ZenMachine.cpuid(.zen2)
        table[0x8000_0001] = CPUIDRegisters(ecx: 1 << 23)
        let answers = table
        machine.cpuid = { _ in answers }
        #expect(column(.l3HitRatio, try machine.reader())?.detail?.contains("ECX bit 28") == true)
        let readOnly = try self.machine().reader(isReadOnly: true)
        #expect(column(.l3HitRatio, readOnly)?.detail?.contains("read-only") == true)
    }
}
