import Foundation
import Measures
import Registers
import Synchronization
import Testing
import Topology

@testable import Counters

/// Memory counters of Ice Lake servers in physical memory that a test holds.
struct FreeRunningMemoryTests {
    /// Physical memory as a table of words; every address that is not in it answers 0.
    private final class Memory: Sendable {
        struct State {
            var words: [UInt64: UInt64] = [:]
            var openFailures: [UInt64: RegisterError] = [:]
            var readFailures: [UInt64: RegisterError.Failure] = [:]
            var opened: [UInt64] = []
        }

        let state = Mutex(State())

        func add(_ amount: UInt64, at address: UInt64) {
            state.withLock { $0.words[address, default: 0] &+= amount }
        }

        func window(_ address: UInt64, _ byteCount: Int) throws(RegisterError) -> any MemoryWindow {
            let failure = state.withLock { state in
                state.opened.append(address)
                return state.openFailures[address]
            }
            if let failure { throw failure }
            #expect(address % 4096 == 0 && byteCount == 4096)
            return Window(memory: self, address: address)
        }
    }

    private final class Window: MemoryWindow {
        private let memory: Memory
        private let address: UInt64

        init(memory: Memory, address: UInt64) {
            self.memory = memory
            self.address = address
        }

        func read(at offset: Int) throws(RegisterError) -> UInt64 {
            let place = address + UInt64(offset)
            let (word, failure) = memory.state.withLock { ($0.words[place] ?? 0, $0.readFailures[place]) }
            if let failure { throw RegisterError(operation: .read, path: "memory", failure: failure) }
            return word
        }
    }

    /// An Ice Lake machine of two packages with a UBOX each and `controllers` memory controllers behind it.
    private final class Machine {
        let scripted: ScriptedMachine
        let memory = Memory()

        init(controllers: Int = 4, configurationBytes: Int = 4096) throws {
            let folder = try MachineFolder(model: 0x6A, stepping: 6, cpuCount: 4, packages: 2)
            for package in 0..<2 {
                try folder.write(package == 0 ? "0-1" : "2-3", to: "sys/devices/system/node/node\(package)/cpulist")
                let bus = package == 0 ? "7e" : "fe"
                for (function, device) in [(0, 0x3450), (1, 0x3451), (2, 0x3451)] {
                    let path = "sys/bus/pci/devices/0000:\(bus):00.\(function)"
                    try folder.write("0x8086", to: "\(path)/vendor")
                    try folder.write("0x\(String(device, radix: 16))", to: "\(path)/device")
                    try folder.write("\(package)", to: "\(path)/numa_node")
                    try Data(count: configurationBytes).write(
                        to: URL(fileURLWithPath: "\(folder.root)/\(path)/config"))
                    guard function == 1, configurationBytes == 4096 else { continue }
                    let space = try FileConfigurationSpace(path: "\(folder.root)/\(path)/config")
                    try space.write(0xE000_01F7 + UInt32(package), at: MappedMemoryPMON.baseOffset)
                    for controller in 0..<controllers {
                        let distance = 0xFFFF_F800 | 0x140 + 0x4 * UInt32(controller)
                        try space.write(distance, at: MappedMemoryPMON.controllerOffset(controller))
                    }
                }
            }
            var registers = ScriptedMachine.intel
            registers[.coreC1Residency] = 1
            scripted = try ScriptedMachine(folder, registers)
        }

        static func address(package: Int, controller: Int) -> UInt64 {
            0xFB80_0000 + UInt64(package) << 23 + (0x140 + 0x4 * UInt64(controller)) << 12
        }

        func reader(isReadOnly: Bool = false, hasMemory: Bool = true) throws -> CounterReader {
            var opening = try scripted.opening(isReadOnly: isReadOnly)
            let memory = memory
            if hasMemory {
                opening.openMemory = { address, count throws(RegisterError) in try memory.window(address, count) }
            }
            return try CounterReader(
                time: scripted.time, settings: CounterSettings(preference: .msr, isReadOnly: isReadOnly),
                opening: opening)
        }

        /// One second in which each controller of `package` reads and writes so many lines.
        func step(_ lines: [(reads: UInt64, writes: UInt64)], controllers: Int = 4) throws {
            for (package, count) in lines.enumerated() {
                for controller in 0..<controllers {
                    let address = Self.address(package: package, controller: controller)
                    memory.add(count.reads, at: address + MappedMemoryPMON.freeRunningReads)
                    memory.add(count.writes, at: address + MappedMemoryPMON.freeRunningWrites)
                    memory.add(1 << 40, at: address + MappedMemoryPMON.freeRunningPersistentReads)
                    memory.add(1 << 40, at: address + MappedMemoryPMON.freeRunningPersistentWrites)
                }
            }
            try scripted.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
        }
    }

    private func column(_ reader: CounterReader, _ scope: Scope = .system) -> Column? {
        reader.columns.columns.first { $0.metric == .memoryWriteBytesPerSecond && $0.scope == scope }
    }

    @Test func linesOfAllControllersAreSummedBySocketAndPersistentMemoryIsLeftOut() throws {
        let machine = try Machine()
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step([(1000, 100), (50, 5)])
        let sample = reader.sample()
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(0)) == 256_000)
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(1)) == 12_800)
        #expect(sample.value(.memoryReadBytesPerSecond) == 268_800)
        #expect(sample.value(.memoryWriteBytesPerSecond) == 26_880)
        let column = try #require(sample.column(.memoryReadBytesPerSecond))
        #expect(column.source == "mmio" && column.quality == .measured)
        #expect(column.detail?.contains("4 memory controllers") == true)
        #expect(machine.memory.state.withLock { $0.opened.count } == 8)
    }

    @Test func controllersThatFirmwareGivesNoPlaceAreNotRead() throws {
        let machine = try Machine(controllers: 2)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step([(1000, 100), (0, 0)], controllers: 4)
        #expect(reader.sample().value(.memoryReadBytesPerSecond) == 128_000)
        #expect(column(reader)?.detail?.contains("2 memory controllers") == true)
    }

    @Test func countersWrapAt48Bits() throws {
        let machine = try Machine()
        let address = Machine.address(package: 0, controller: 2) + MappedMemoryPMON.freeRunningReads
        machine.memory.add((1 << 48) - 10, at: address)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step([(1000, 1), (1, 1)])
        machine.memory.state.withLock { $0.words[address] = 990 }
        #expect(reader.sample().value(.memoryReadBytesPerSecond, .socket(0)) == 256_000)
    }

    @Test func readOnlyModeReadsThemToo() throws {
        let machine = try Machine()
        let reader = try machine.reader(isReadOnly: true)
        _ = reader.sample()
        try machine.step([(1000, 100), (0, 0)])
        #expect(reader.sample().value(.memoryWriteBytesPerSecond) == 25_600)
    }

    @Test(arguments: [
        (RegisterError(operation: .open, path: "/dev/mem", failure: .errno(EPERM)), "lockdown"),
        (RegisterError(operation: .open, path: "/dev/mem", failure: .errno(EACCES)), "CAP_SYS_RAWIO"),
        (RegisterError(operation: .open, path: "/dev/mem", failure: .errno(ENOENT)), "CONFIG_DEVMEM"),
        (RegisterError(operation: .map, path: "/dev/mem at 0xFB942000", failure: .errno(EPERM)), "STRICT_DEVMEM"),
        (RegisterError(operation: .map, path: "/dev/mem at 0xFB942000", failure: .errno(EAGAIN)), "map on /dev/mem"),
    ])
    func refusalsSayWhatAnOperatorCanDo(error: RegisterError, remedy: String) throws {
        let machine = try Machine()
        let second = Machine.address(package: 0, controller: 1) + 0x2000
        machine.memory.state.withLock { $0.openFailures[second] = error }
        let reader = try machine.reader()
        // A sum without one controller would be too low; the other socket has its own.
        #expect(column(reader, .socket(0))?.quality == .unavailable)
        #expect(column(reader, .socket(0))?.detail?.contains(remedy) == true)
        #expect(column(reader, .socket(1))?.quality == .measured)
    }

    @Test func configurationSpaceBehindItsFirst64BytesNeedsACapability() throws {
        let machine = try Machine(configurationBytes: 64)
        let reader = try machine.reader()
        #expect(column(reader)?.detail?.contains("CAP_SYS_ADMIN") == true)
        #expect(machine.memory.state.withLock { $0.opened.isEmpty })
    }

    @Test func firmwareThatGivesNoAddressIsNamed() throws {
        let machine = try Machine(controllers: 0)
        #expect(column(try machine.reader())?.detail?.contains("firmware gives no address") == true)
    }

    @Test func thisMachinesMemoryIsNotTakenForThatOfFiles() throws {
        let machine = try Machine()
        #expect(column(try machine.reader(hasMemory: false))?.detail?.contains("no physical memory") == true)
        let roots = machine.scripted.folder.roots
        let reader = try CounterReader(
            roots: roots, time: machine.scripted.time, settings: CounterSettings(preference: .auto))
        #expect(column(reader)?.detail?.contains("mmio: no physical memory") == true)
    }

    @Test func allOnesAreNoCount() throws {
        let machine = try Machine()
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step([(1000, 100), (7, 7)])
        machine.memory.state.withLock { state in
            state.words[Machine.address(package: 1, controller: 0) + MappedMemoryPMON.freeRunningWrites] = .max
        }
        let sample = reader.sample()
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(1)) == nil)
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(0)) == 256_000)
        #expect(column(reader, .socket(1))?.detail?.contains("all ones") == true)
    }

    @Test func regularFileStandsInForTheDevice() throws {
        let machine = try Machine()
        let path = "\(machine.scripted.folder.root)/mem"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 0x1_0000_0000)
        var opening = try machine.scripted.opening()
        opening.openMemory = { address, count throws(RegisterError) in
            try PhysicalMemory(path: path).window(at: address, byteCount: count)
        }
        let reader = try CounterReader(
            time: machine.scripted.time, settings: CounterSettings(preference: .msr), opening: opening)
        _ = reader.sample()
        try file.seek(toOffset: Machine.address(package: 0, controller: 3) + MappedMemoryPMON.freeRunningReads)
        try file.write(contentsOf: withUnsafeBytes(of: UInt64(5000).littleEndian) { Data($0) })
        try machine.scripted.step(seconds: 1, [.timeStampCounter: 2_000_000_000])
        #expect(reader.sample().value(.memoryReadBytesPerSecond) == 320_000)
    }
}
