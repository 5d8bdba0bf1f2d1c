import Foundation
import Registers
import Simulation
import Testing

/// Which registers a profile answers, and what its CPUs say of themselves.
struct RegisterDeviceTests {
    private static let probes: [RegisterAddress] = [
        .timeStampCounter, .maximumPerformanceClock, .globalControl, .fixedCounter(0), .eventSelect(3), .eventSelect(4),
        .globalInUse, .coreC1Residency, .coreC3Residency, .coreC6Residency, .packageC6Residency, .energyUnit,
        .platformEnergy, .thermalStatus, .zenEventSelect(5), .zenGlobalControl, .zenCacheControl(0),
        .zenFabricControl(0), .zenEnergyUnit,
    ]

    @Test(arguments: [
        (
            "haswell",
            [
                RegisterAddress.timeStampCounter, .maximumPerformanceClock, .globalControl, .fixedCounter(0),
                .eventSelect(3), .coreC3Residency, .coreC6Residency, .packageC6Residency, .energyUnit, .thermalStatus,
            ]
        ),
        (
            "iceLake",
            [
                .timeStampCounter, .maximumPerformanceClock, .globalControl, .fixedCounter(0), .eventSelect(3),
                .eventSelect(4), .globalInUse, .coreC1Residency, .coreC6Residency, .packageC6Residency, .energyUnit,
                .thermalStatus,
            ]
        ),
        (
            "zen2",
            [
                .timeStampCounter, .maximumPerformanceClock, .zenEventSelect(5), .zenCacheControl(0),
                .zenFabricControl(0), .zenEnergyUnit,
            ]
        ),
        (
            "zen4",
            [
                .timeStampCounter, .maximumPerformanceClock, .zenEventSelect(5), .zenGlobalControl, .zenCacheControl(0),
                .zenEnergyUnit,
            ]
        ),
        ("guestWithVPMU", [.timeStampCounter, .globalControl, .fixedCounter(0), .energyUnit, .platformEnergy]),
        ("guestWithoutVPMUButMSR", [.timeStampCounter, .energyUnit, .platformEnergy]),
    ])
    func registersThatDoNotExistFail(name: String, existing: [RegisterAddress]) throws {
        let stand = try VirtualStand(#require(HardwareProfile.named[name]))
        let cpu = try stand.registers(0)
        for register in Self.probes {
            let failure = stand.failure { _ = try cpu.read(register) }
            #expect((failure == nil) == existing.contains(register), "\(name) \(register)")
            if let failure { #expect(failure == .errno(EIO)) }
        }
    }

    @Test func guestWithoutCountersFakesTheFirstTwo() throws {
        let stand = try VirtualStand(.guestWithoutVPMU(hasRegisterDevice: true))
        let cpu = try stand.registers(0)
        try cpu.write(0x43412E, to: .eventSelect(0))
        stand.step()
        #expect(try cpu.read(.programmableCounter(0)) == 0)
        #expect(stand.failure { _ = try cpu.read(.eventSelect(2)) } == .errno(EIO))
        #expect(stand.failure { try cpu.write(1, to: .globalControl) } == .errno(EIO))
        #expect(try cpu.read(.timeStampCounter) == 20_000_000)
    }

    @Test func nodeWithoutTheDriverHasNoDevices() throws {
        let stand = try VirtualStand(.guestWithoutVPMU())
        #expect(stand.failure { _ = try stand.registers(0) } == .errno(ENOENT))
        #expect(stand.exists("dev/cpu/0/cpuid"))
        stand.step()
        #expect(try stand.text("proc/stat").hasPrefix("cpu  4 0 0 0") == false)
    }

    @Test(arguments: HardwareProfile.named.keys.sorted())
    func cpusSayWhatTheirCountersAre(name: String) throws {
        let profile = try #require(HardwareProfile.named[name])
        let stand = try VirtualStand(profile)
        for cpu in [0, profile.hardware.cpuCount - 1] {
            let path = "\(stand.tree.msrRoot)/\(cpu)/cpuid"
            let says = try ProcessorCapabilities(cpuid: try FileCPUID(path: path))
            #expect(says.signature == profile.hardware.signature)
            #expect(says.isGuest == profile.isGuest)
            #expect(says.hasPerformanceClocks == !profile.isGuest)
            #expect(says.hasInvariantTimeStamp)
            #expect(says.timeStampHertz == (says.signature?.vendor == .amd ? nil : 2_000_000_000))
            #expect((says.architectural == nil) == (says.zen != nil || profile.coreCounters == .none))
            // What it says is there answers, and what comes after does not.
            guard let counters = says.architectural else { continue }
            #expect(counters.hasCacheMisses && counters.hasCacheReferences)
            #expect(counters.programmableBits == 48 && counters.fixedBits == 48)
            let registers = try stand.registers(cpu)
            #expect(stand.failure { _ = try registers.read(.eventSelect(counters.programmable - 1)) } == nil)
            #expect(stand.failure { _ = try registers.read(.eventSelect(counters.programmable)) } == .errno(EIO))
            #expect(stand.failure { _ = try registers.read(.fixedCounter(counters.fixed - 1)) } == nil)
        }
    }

    @Test func countersAreAsManyAsTheProfileSays() throws {
        func counters(_ profile: HardwareProfile, cpu: Int = 0) throws -> ProcessorCapabilities {
            let stand = try VirtualStand(profile)
            return try ProcessorCapabilities(cpuid: try FileCPUID(path: "\(stand.tree.msrRoot)/\(cpu)/cpuid"))
        }
        let cascadeLake = try #require(try counters(.cascadeLake).architectural)
        #expect(cascadeLake.version == 4 && cascadeLake.programmable == 4 && cascadeLake.fixed == 3)
        #expect(try counters(.iceLake).architectural?.programmable == 8)
        let guest = try #require(try counters(.guestWithVPMU).architectural)
        #expect(guest.version == 2 && guest.programmable == 3 && guest.fixed == 3)
        #expect(try counters(.hybrid).coreKind == .performance)
        #expect(try counters(.hybrid, cpu: 7).coreKind == .efficient)
        #expect(try counters(.hybrid, cpu: 7).architectural?.programmable == 6)
        let zen4 = try #require(try counters(.zen4).zen)
        #expect(zen4.hasGlobalControl && zen4.memoryControllers == 12 && zen4.countersPerMemoryController == 4)
        #expect(zen4.hasCacheCounters && zen4.fabricCounters == 0)
        let zen2 = try #require(try counters(.zen2).zen)
        #expect(!zen2.hasGlobalControl && zen2.memoryControllers == 0 && zen2.fabricCounters == 4)
    }
}
