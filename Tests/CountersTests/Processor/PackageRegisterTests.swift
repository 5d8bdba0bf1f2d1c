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

/// Energy, temperature and clocks that count by themselves, through registers in memory.
struct PackageRegisterTests {
    /// One second in which the package counts 2^14 and the memory 2^16 more, on processors of each kind.
    @Test(arguments: [
        // 2^-14 J and, whatever the unit register says, 2^-16 J.
        (0x3F, 2, UInt64(14), 1.0, Double?(1.0)), (0x55, 7, 14, 1, 1), (0x6A, 6, 14, 1, 1),
        // Sapphire Rapids and later count memory in the register's unit too.
        (0x8F, 8, 14, 1, 4), (0xAD, 1, 14, 1, 4), (0x8F, 8, 16, 0.25, 1),
        // A processor that is not known: no unit for its memory.
        (0xFE, 1, 14, 1, nil),
    ])
    func energyComesInTheUnitsOfEachGeneration(
        model: Int, stepping: Int, exponent: UInt64, package: Double, memory: Double?
    ) throws {
        var registers = ScriptedMachine.intel
        registers[.energyUnit] = 0xA0003 | exponent << 8
        let machine = try ScriptedMachine(MachineFolder(model: model, stepping: stepping), registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000, .packageEnergy: 1 << 14, .memoryEnergy: 1 << 16])
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts) == package)
        #expect(sample.value(.packagePowerWatts, .socket(0)) == package)
        #expect(sample.value(.memoryPowerWatts) == memory)
        #expect(sample.column(.packagePowerWatts)?.quality == .measured)
        #expect(sample.column(.packagePowerWatts)?.source == "msr")
    }

    @Test func energyThatWrapsAt32BitsGoesOnExactly() throws {
        var registers = ScriptedMachine.intel
        registers[.packageEnergy] = 0xFFFF_FFF0
        let machine = try ScriptedMachine(MachineFolder(), registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
        for cpu in machine.cpus { try cpu.write(0x3FF0, to: .packageEnergy) }
        #expect(reader.sample().value(.packagePowerWatts) == 1)
    }

    @Test func packageIsReadOnceAndNotOnceForEachCPU() throws {
        let machine = try ScriptedMachine(MachineFolder(cpuCount: 4, packages: 2), ScriptedMachine.intel)
        for cpu in [1, 3] { machine.cpus[cpu].failReads(of: .packageEnergy, with: .errno(EIO)) }
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000, .packageEnergy: 1 << 14])
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts) == 2)
        #expect(sample.value(.packagePowerWatts, .socket(1)) == 1)
    }

    @Test func unitRegisterOfZeroMeansThatThereAreNoEnergyCounters() throws {
        var registers = ScriptedMachine.intel
        registers[.energyUnit] = 0
        let machine = try ScriptedMachine(MachineFolder(), registers)
        let reader = try machine.reader()
        for metric: Metric in [.packagePowerWatts, .memoryPowerWatts] {
            let column = try #require(reader.columns.columns.first { $0.metric == metric })
            #expect(column.quality == .unavailable)
            #expect(column.detail?.contains("0x606") == true)
            #expect(column.detail?.contains("holds 0") == true)
        }
    }

    @Test func unitRegisterThatCannotBeReadIsNamed() throws {
        let machine = try ScriptedMachine(MachineFolder(), ScriptedMachine.intel)
        machine.cpus[0].failReads(of: .energyUnit, with: .errno(EIO))
        let column = try machine.reader().columns.columns.first { $0.metric == .packagePowerWatts }
        #expect(column?.quality == .unavailable)
        #expect(column?.detail?.contains("0x606 on cpu0") == true)
    }

    @Test func energyThatStandsStillSincePowerOnIsNoEnergy() throws {
        var registers = ScriptedMachine.intel
        registers[.memoryEnergy] = 0
        let machine = try ScriptedMachine(MachineFolder(), registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000, .packageEnergy: 1 << 14])
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts) == 1)
        #expect(sample.value(.memoryPowerWatts) == nil)
        #expect(sample.column(.memoryPowerWatts)?.detail?.contains("never moved") == true)
    }

    @Test(arguments: [
        (UInt64(95), ThermalReading.status(headroom: 40), Double?(55)), (100, ThermalReading.status(headroom: 0), 100),
        // Not valid, and further below the target than it is above zero.
        (95, 40 << 16, nil), (95, ThermalReading.status(headroom: 120), nil),
    ])
    func temperatureIsTheTargetLessTheHeadroom(target: UInt64, status: UInt64, celsius: Double?) throws {
        var registers = ScriptedMachine.intel
        // Bits around the target belong to others.
        registers[.temperatureTarget] = 0x0A00_FFFF | target << 16
        registers[.packageThermalStatus] = status | 0x8840
        let machine = try ScriptedMachine(MachineFolder(), registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(ScriptedMachine.work)
        #expect(reader.sample().value(.packageTemperatureCelsius) == celsius)
    }

    @Test func temperatureWithoutATargetIsUnavailable() throws {
        var registers = ScriptedMachine.intel
        registers[.temperatureTarget] = 0
        let machine = try ScriptedMachine(MachineFolder(), registers)
        let column = try machine.reader().columns.columns.first { $0.metric == .packageTemperatureCelsius }
        #expect(column?.quality == .unavailable)
        #expect(column?.detail?.contains("0x1A2") == true)
    }

    @Test func freeRunningClocksGiveC0AndClockWhereTheCountersAreSomebodyElses() throws {
        let machine = try ScriptedMachine(MachineFolder(), ScriptedMachine.intel)
        try machine.cpus[2].write(0x43003C, to: .eventSelect(0))
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(ScriptedMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.value(.c1Residency) == 0.25)
        #expect(sample.value(.activeFrequencyHertz) == 2.5e9)
        #expect(sample.column(.c0Residency)?.detail?.contains("MPERF") == true)
        #expect(sample.column(.c0Residency)?.quality == .measured)
        #expect(sample.value(.instructionsPerCycle) == nil)
        #expect(!machine.cpus[0].writes.contains { $0 == .globalControl || $0 == .eventSelect(0) })
    }

    @Test func readOnlyModeReadsWhatCountsByItselfAndWritesNothing() throws {
        let machine = try ScriptedMachine(MachineFolder(), ScriptedMachine.intel)
        let reader = try machine.reader(isReadOnly: true)
        let written = machine.cpus.map(\.writes.count)
        _ = reader.sample()
        #expect(machine.cpus.map(\.writes.count) == written)
        #expect(written == [0, 0, 0, 0])
        try machine.step(ScriptedMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.value(.packageTemperatureCelsius) == 55)
        #expect(sample.column(.instructionsPerCycle)?.detail?.contains("read-only") == true)
    }

    @Test func knightsLandingHasItsCoreC6ElsewhereAndNoOther() throws {
        var registers = ScriptedMachine.intel
        registers[.coreC6ResidencyKnightsLanding] = 1
        let machine = try ScriptedMachine(MachineFolder(model: 0x57, stepping: 1), registers)
        let reader = try machine.reader()
        _ = reader.sample()
        var work = ScriptedMachine.work
        work[.coreC6ResidencyKnightsLanding] = 15_000_000
        try machine.step(work)
        let sample = reader.sample()
        #expect(sample.value(.c6Residency) == 0.75)
        #expect(sample.value(.c1Residency) == 0)
    }

    @Test func registerThatOneCPURefusesIsGivenUpThereAlone() throws {
        let machine = try ScriptedMachine(MachineFolder(), ScriptedMachine.intel)
        machine.cpus[1].failReads(of: .maximumPerformanceClock, with: .errno(EIO))
        let reader = try machine.reader(isReadOnly: true)
        _ = reader.sample()
        try machine.step(ScriptedMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.c0Residency, .core(0)) == 0.25)
        #expect(sample.value(.c0Residency, .core(1)) == nil)
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.column(.c0Residency)?.quality == .estimate)
        #expect(sample.column(.c0Residency)?.detail?.contains("3 of 4 parts") == true)
    }
}
