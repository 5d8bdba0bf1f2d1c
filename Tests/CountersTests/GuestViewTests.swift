import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// One reader on a hypervisor that speaks for its guests: each has the counters of the CPUs it is pinned to.
struct GuestViewTests {
    private func reader(_ stand: Stand, _ guests: [CPUView]) throws -> CounterReader {
        try stand.reader(
            CounterSettings(preference: .msr, periods: SamplingPeriods(tick: 0.01, slow: 0), guests: guests))
    }

    @Test func guestsHaveTheCountersOfTheirOwnCPUs() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x55, stepping: 7, cpuCount: 8, sockets: 2))
            // CPUs 0, 1, 4 and 5 are socket 0: cores fill one package after the other.
            let reader = try reader(stand, [.cpus([0, 4]), .cpus([1, 2]), .cpus([99])])
            _ = reader.sample()
            stand.step()
            for cpu in [0, 4] {
                let registers = try stand.registers(cpu)
                try registers.write(try registers.read(.fixedCounter(0)) + 2_500_000, to: .fixedCounter(0))
            }
            let host = reader.sample()
            #expect(host.value(.instructionsPerCycle, .core(0)) == 2)
            #expect(host.value(.instructionsPerCycle) == 1.625)
            let first = reader.sample(ofGuest: 0)
            #expect(first.value(.instructionsPerCycle) == 2)
            #expect(first.value(.l3MissesPerSecond) == 200_000)
            #expect(first.table.columns.filter { $0.metric == .c0Residency }.map(\.scope) == [.system, .socket(0), .core(0), .core(4)])
            let second = reader.sample(ofGuest: 1)
            #expect(second.value(.instructionsPerCycle) == 1.5)
            #expect(second.value(.instructionsPerCycle, .socket(1)) == 1.5)
            // Nothing is known of CPUs that are not there.
            #expect(reader.sample(ofGuest: 2).isEmpty)
        }
    }

    @Test func memoryTrafficOfASharedSocketIsTheWholeSocketsAndSaidToBe() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x55, stepping: 7, cpuCount: 8, sockets: 2))
            let reader = try reader(stand, [.cpus([0, 4])])
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            let guest = reader.sample(ofGuest: 0)
            #expect(guest.value(.memoryReadBytesPerSecond) == 1_920_000_000)
            let column = try #require(guest.column(.memoryReadBytesPerSecond))
            #expect(column.quality == .estimate)
            #expect(column.detail?.contains("of the whole socket") == true)
        }
    }

    @Test func guestsColumnsFollowTheirCPUsAndKeepTheirVersionOtherwise() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try reader(stand, [.cpus([0, 1]), .cpus([2, 3])])
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            let versions = [reader.sample(ofGuest: 0), reader.sample(ofGuest: 1)].map(\.table.version)
            try stand.write("0-2\n", to: "sys/devices/system/cpu/online")
            stand.step(seconds: 1)
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            #expect(reader.sample(ofGuest: 0).table.version == versions[0])
            #expect(reader.sample(ofGuest: 0).value(.c0Residency) == 0.25)
            #expect(reader.sample(ofGuest: 1).table.version > versions[1])
            #expect(reader.sample(ofGuest: 1).column(.c0Residency, .core(3)) == nil)
        }
    }
}
