import Measures
import Registers
import Testing

@testable import Counters

/// A machine whose registers stand in memory, so that a test can script each of them and every fault.
final class ScriptedMachine {
    let folder: MachineFolder
    let cpus: [MemoryRegisters]
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))
    /// What each CPU answers to CPUID; nil where it cannot be asked.
    var cpuid: (Int) -> (any CPUIDSource)? = { _ in nil }

    init(_ folder: MachineFolder, _ registers: [RegisterAddress: UInt64]) throws {
        self.folder = folder
        cpus = try ProcessorTopology.onlineCPUs(sysfs: folder.roots.sysfs).map {
            MemoryRegisters(name: "cpu\($0)", registers)
        }
    }

    /// An Intel core's registers, with everything that a Cascade Lake server has.
    static let intel: [RegisterAddress: UInt64] = {
        var registers: [RegisterAddress: UInt64] = [
            .timeStampCounter: 1000, .platformInfo: 20 << 8, .transactionForceAbort: 1, .fixedCounterControl: 0,
            .globalControl: 0, .globalOverflowControl: 0, .coreC3Residency: 1, .coreC6Residency: 1, .coreC7Residency: 1,
            .packageC2Residency: 1, .packageC6Residency: 1, .maximumPerformanceClock: 500,
            .actualPerformanceClock: 500, .temperatureTarget: 95 << 16,
            .packageThermalStatus: ThermalReading.status(headroom: 40), .energyUnit: 14 << 8, .packageEnergy: 7,
            .memoryEnergy: 9,
        ]
        for index in 0..<8 {
            registers[.eventSelect(index)] = 0
            registers[.programmableCounter(index)] = 0
        }
        for index in 0..<3 { registers[.fixedCounter(index)] = 0 }
        return registers
    }()

    func opening(
        _ preference: SourcePreference = .msr, isReadOnly: Bool = false, record: String? = nil
    ) throws -> SourceOpening {
        let (cpus, cpuid) = (cpus, cpuid)
        return SourceOpening(
            roots: folder.roots, preference: preference, isReadOnly: isReadOnly,
            ledger: try ClaimLedger(record.map { ClaimRecord(path: $0) }), openCPUID: cpuid
        ) { number throws(RegisterError) in cpus[number] }
    }

    /// A reader that reads everything at each sample.
    func reader(
        _ preference: SourcePreference = .msr, isReadOnly: Bool = false, record: String? = nil
    ) throws -> CounterReader {
        try CounterReader(
            time: time, settings: CounterSettings(preference: preference, isReadOnly: isReadOnly),
            opening: opening(preference, isReadOnly: isReadOnly, record: record))
    }

    /// Lets time pass and every CPU's registers move by `amounts`, modulo 2^64.
    func step(seconds: Double = 0.01, _ amounts: [RegisterAddress: UInt64]) throws {
        for cpu in cpus {
            let contents = cpu.contents
            for (register, amount) in amounts { try cpu.write((contents[register] ?? 0) &+ amount, to: register) }
        }
        time.advance(byNanoseconds: UInt64((seconds * 1e9).rounded()))
    }

    /// What 10 ms at 2 GHz do to a core of Intel's: C0 1/4, IPC 3/2, C6 1/2.
    static let work: [RegisterAddress: UInt64] = [
        .timeStampCounter: 20_000_000, .fixedCounter(0): 7_500_000, .fixedCounter(1): 5_000_000,
        .fixedCounter(2): 5_000_000, .coreC6Residency: 10_000_000, .programmableCounter(0): 2000,
        .maximumPerformanceClock: 5_000_000, .actualPerformanceClock: 6_250_000,
    ]
}
