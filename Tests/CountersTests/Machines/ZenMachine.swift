import Measures
import Registers
import Testing

@testable import Counters

/// AMD machines whose registers stand in memory.
enum ZenMachine {
    /// Family, model and stepping of a server of each generation: Naples, Rome, Milan, Genoa, Turin.
    static func signature(_ generation: ProcessorGeneration) -> (family: Int, model: Int, stepping: Int) {
        switch generation {
        case .zen1: (0x17, 0x01, 2)
        case .zen2: (0x17, 0x31, 0)
        case .zen3: (0x19, 0x01, 1)
        case .zen4: (0x19, 0x11, 1)
        default: (0x1A, 0x02, 1)
        }
    }

    /// Everything that any generation has; what one lacks is not looked at.
    static let registers: [RegisterAddress: UInt64] = {
        var registers: [RegisterAddress: UInt64] = [
            .timeStampCounter: 1000, .maximumPerformanceClock: 500, .actualPerformanceClock: 500,
            .zenEnergyUnit: 0xA1003, .zenPackageEnergy: 7, .zenCoreEnergy: 5, .zenGlobalControl: 0,
            .zenGlobalStatusClear: 0,
        ]
        for index in 0..<6 {
            registers[.zenEventSelect(index)] = 0
            registers[.zenCounter(index)] = 0
            registers[.zenCacheControl(index)] = 0
            registers[.zenCacheCounter(index)] = 0
        }
        for index in 0..<4 {
            registers[.zenFabricControl(index)] = 0
            registers[.zenFabricCounter(index)] = 0
        }
        for index in 0..<12 {
            registers[.zenMemoryControl(channel: 0, index: index, perChannel: 4)] = 0
            registers[.zenMemoryCounter(channel: 0, index: index, perChannel: 4)] = 0
        }
        return registers
    }()

    /// What a CPU answers. `memoryControllers` is the mask of the active ones, with four counters each.
    static func cpuid(
        _ generation: ProcessorGeneration, memoryControllers: UInt32 = 0b1011, isGuest: Bool = false
    ) -> CPUIDTable {
        var table = CPUIDTable()
        table[0] = CPUIDRegisters(eax: 0x10, ebx: 0x6874_7541, ecx: 0x444D_4163, edx: 0x6974_6E65)
        table[1] = CPUIDRegisters(ecx: isGuest ? 1 << 31 : 0)
        table[6] = CPUIDRegisters(ecx: 1)
        table[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0028)
        table[0x8000_0001] = CPUIDRegisters(ecx: 1 << 23 | 1 << 24 | 1 << 28)
        table[0x8000_0007] = CPUIDRegisters(edx: 1 << 8)
        if generation.hasZenPerformanceMonitoring2 {
            let counters = UInt32(memoryControllers.nonzeroBitCount) * 4
            table[0x8000_0022] = CPUIDRegisters(eax: 1, ebx: 6 | 16 << 10 | counters << 16, ecx: memoryControllers)
        }
        return table
    }

    static func folder(
        _ generation: ProcessorGeneration, cpuCount: Int = 4, threadsPerCore: Int = 1, packages: Int = 1
    ) throws -> MachineFolder {
        let (family, model, stepping) = signature(generation)
        return try MachineFolder(
            vendor: "AuthenticAMD", family: family, model: model, stepping: stepping, cpuCount: cpuCount,
            threadsPerCore: threadsPerCore, packages: packages)
    }

    static func machine(
        _ generation: ProcessorGeneration, cpuCount: Int = 4, packages: Int = 1, caches: [[Int]] = [],
        registers: [RegisterAddress: UInt64] = registers
    ) throws -> ScriptedMachine {
        let folder = try folder(generation, cpuCount: cpuCount, packages: packages)
        try folder.writeCaches(caches)
        let machine = try ScriptedMachine(folder, registers)
        machine.cpuid = { _ in cpuid(generation) }
        return machine
    }

    /// What 10 ms at 2 GHz do to a core: C0 1/4, IPC 3/2, active clock 5/4.
    static let work: [RegisterAddress: UInt64] = [
        .timeStampCounter: 20_000_000, .maximumPerformanceClock: 5_000_000, .actualPerformanceClock: 6_250_000,
        .zenCounter(0): 9_375_000, .zenCounter(1): 6_250_000, .zenCounter(2): 5_000_000, .zenCounter(3): 4000,
    ]
}

extension ScriptedMachine {
    /// What every register of every CPU holds that is written to make counters count.
    var controls: [[RegisterAddress: UInt64]] { cpus.map { $0.contents.filter { Self.allControls.contains($0.key) } } }

    /// The same for the cores' own counters.
    var coreControls: [[RegisterAddress: UInt64]] {
        cpus.map { $0.contents.filter { Self.coreControls.contains($0.key) } }
    }

    private static let coreControls = Set([.zenGlobalControl] + (0..<6).map { RegisterAddress.zenEventSelect($0) })

    private static let allControls = coreControls
        .union((0..<6).map { .zenCacheControl($0) }).union((0..<4).map { .zenFabricControl($0) })
        .union((0..<12).map { .zenMemoryControl(channel: 0, index: $0, perChannel: 4) })
}
