import Measures
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Memory traffic of scripted machines, in exact numbers.
struct PerfMemorySourceTests {
    private static let freeRunning = ["read": "event=0xff,umask=0x20", "write": "event=0xff,umask=0x21"]

    /// Two sockets of two CPUs, with time stamps.
    private static func machine() throws -> PerfMachine {
        let machine = try PerfMachine(cpus: 4, threads: 1, packages: 2)
        try machine.addTimeStamps()
        return machine
    }

    /// Lets units from `type` on count column commands: 1 and 1/4 million a second.
    private static func countColumnCommands(_ machine: PerfMachine, types: ClosedRange<UInt32>) {
        for type in types {
            machine.door.count(PerfEventCode(type: type, config: 0x304), perSecond: 1_000_000)
            machine.door.count(PerfEventCode(type: type, config: 0xC04), perSecond: 250_000)
        }
    }

    @Test func channelsOfASocketAreAdded() throws {
        let machine = try Self.machine()
        try machine.addMemory("uncore_imc", count: 6, type: 30, readers: "0,2", events: PerfMachine.columnCommands)
        Self.countColumnCommands(machine, types: 30...35)
        machine.door.count(PerfEventCode(type: 33, config: 0x304), perSecond: 3_000_000, on: 2)
        let readings = try machine.reading(nil)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(0)) == 384_000_000)
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(1)) == 512_000_000)
        #expect(readings.value(.memoryReadBytesPerSecond) == 896_000_000)
        #expect(readings.value(.memoryWriteBytesPerSecond, .socket(1)) == 96_000_000)
        let column = try #require(readings.column(.memoryReadBytesPerSecond))
        #expect(column.source == "perf")
        #expect(column.quality == .measured)
        #expect(column.detail == "uncore_imc: cas_count_read, cas_count_write; 6 units")
        #expect(machine.door.openEventCount == 6 * 2 * 2 + 4 * 3)
    }

    @Test func halvesOfAChannelAreAdded() throws {
        let machine = try Self.machine()
        try machine.addMemory(
            "uncore_imc", count: 2, type: 30, readers: "0,2",
            events: [
                "cas_count_read_sch0": "event=0x05,umask=0xcf", "cas_count_read_sch1": "event=0x06,umask=0xcf",
                "cas_count_write_sch0": "event=0x05,umask=0xf0", "cas_count_write_sch1": "event=0x06,umask=0xf0",
            ])
        for type in [UInt32(30), 31] {
            for (config, perSecond): (UInt64, UInt64) in [
                (0xCF05, 1_000_000), (0xCF06, 500_000), (0xF005, 300_000), (0xF006, 100_000),
            ] { machine.door.count(PerfEventCode(type: type, config: config), perSecond: perSecond) }
        }
        let readings = try machine.reading(nil)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(1)) == 192_000_000)
        #expect(readings.value(.memoryWriteBytesPerSecond, .socket(0)) == 51_200_000)
    }

    @Test func freeRunningCountersStandInAndAreNeverAdded() throws {
        let machine = try Self.machine()
        try machine.addMemory("uncore_imc", count: 2, type: 30, readers: "0,2", events: PerfMachine.columnCommands)
        try machine.addMemory(
            "uncore_imc_free_running", count: 2, type: 50, readers: "0,2", events: Self.freeRunning)
        Self.countColumnCommands(machine, types: 30...31)
        for type in [UInt32(50), 51] {
            machine.door.count(PerfEventCode(type: type, config: 0x20FF), perSecond: 2_000_000)
            machine.door.count(PerfEventCode(type: type, config: 0x21FF), perSecond: 500_000)
        }
        // One channel of one socket is enough to make the programmable counters useless.
        let refused = PerfEventCode(type: 31, config: 0xC04)
        machine.door.refuse(opening: refused, on: 2, with: EBUSY)
        let readings = try machine.reading(nil)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(0)) == 256_000_000)
        #expect(readings.value(.memoryWriteBytesPerSecond, .socket(1)) == 64_000_000)
        #expect(readings.column(.memoryReadBytesPerSecond)?.detail?.hasPrefix("uncore_imc_free_running: ") == true)
        #expect(Set(machine.door.openEvents(on: 0).map(\.type)) == [9, 50, 51])
        #expect(Set(machine.door.openEvents(on: 2).map(\.type)) == [9, 50, 51])
    }

    @Test func everyWayIsTriedAgainFromTheFirst() throws {
        let machine = try Self.machine()
        try machine.addMemory("uncore_imc", count: 2, type: 30, readers: "0,2", events: PerfMachine.columnCommands)
        try machine.addMemory(
            "uncore_imc_free_running", count: 1, type: 50, readers: "0,2", events: Self.freeRunning)
        Self.countColumnCommands(machine, types: 30...31)
        machine.door.refuse(with: EACCES)
        let readings = try machine.reading(nil)
        readings.step()
        #expect(readings.column(.memoryReadBytesPerSecond)?.detail?.contains("perf_event_paranoid is 2") == true)
        machine.door.refuse(with: nil)
        readings.pause(seconds: 30)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(0)) == 128_000_000)
        #expect(readings.column(.memoryReadBytesPerSecond)?.detail?.hasPrefix("uncore_imc: ") == true)
    }

    @Test func sumWithoutOneOfItsPartsIsNone() throws {
        let machine = try Self.machine()
        try machine.addMemory("uncore_imc", count: 2, type: 30, readers: "0,2", events: PerfMachine.columnCommands)
        Self.countColumnCommands(machine, types: 30...31)
        let readings = try machine.reading(nil)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond) == 256_000_000)
        machine.door.share(0, of: 1, on: 2)
        readings.step()
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(0)) == 128_000_000)
        #expect(readings.value(.memoryReadBytesPerSecond, .socket(1)) == nil)
        #expect(readings.value(.memoryReadBytesPerSecond) == nil)
    }

    @Test func onlyWhatIsWantedIsCounted() throws {
        let machine = try Self.machine()
        try machine.addMemory("uncore_imc", count: 2, type: 30, readers: "0,2", events: PerfMachine.columnCommands)
        Self.countColumnCommands(machine, types: 30...31)
        let layout = try machine.layout
        var source = PerfMemorySource(layout: layout, roots: machine.roots, door: machine.door)
        #expect(source.channelCounts == [4: 2, 5: 2])
        var demand = CounterDemand(everythingFor: layout)
        demand.remove(QuantitySet([.memoryWrites]), row: 4)
        demand.remove(.all, row: 5)
        source.claim(demand, now: machine.time.now)
        #expect(machine.door.openEvents(on: 0).map(\.config) == [0x304, 0x304])
        #expect(machine.door.openEvents(on: 2).isEmpty)
        machine.step()
        var frame = CounterFrame(rowCount: layout.rowCount)
        source.read(.all, into: &frame)
        #expect(frame[4, .memoryReads] == 20_000)
        #expect(frame[4, .memoryWrites] == nil)
        #expect(frame[5, .memoryReads] == nil)
        source.claim(demand.without([Quantity.memoryReads.bit, Quantity.memoryWrites.bit]), now: machine.time.now)
        #expect(machine.door.openEventCount == 0)
    }

    @Test func socketsWithoutUnitsSayWhy() throws {
        let machine = try Self.machine()
        let layout = try machine.layout
        let none = PerfMemorySource(layout: layout, roots: machine.roots, door: machine.door)
        #expect(
            none.availability(of: .memoryReads, row: 4)
                == .unavailable(
                    reason: "\(machine.tree.root)/bus/event_source/devices has no unit for the memory controllers"
                        + " (guests have none)"))
        #expect(none.availability(of: .memoryReads, row: 0) == nil)
        #expect(none.availability(of: .packageEnergy, row: 4) == nil)
        try machine.addMemory("uncore_imc", count: 1, type: 30, readers: "0", events: PerfMachine.columnCommands)
        let one = PerfMemorySource(layout: layout, roots: machine.roots, door: machine.door)
        #expect(
            one.availability(of: .memoryReads, row: 5)
                == .unavailable(reason: "uncore_imc: cas_count_read, cas_count_write has no reader in this socket"))
    }
}
