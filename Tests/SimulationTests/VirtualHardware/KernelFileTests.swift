import Foundation
import Registers
import Simulation
import Testing

/// The kernel's files advance with the same activity as the registers.
struct KernelFileTests {
    @Test func accountingShowsHundredthsOfASecond() throws {
        let stand = try VirtualStand(.cascadeLake)
        for _ in 0..<100 { stand.step() }
        let lines = try stand.text("proc/stat").split(separator: "\n")
        #expect(lines[0] == "cpu  100 0 0 300 0 0 0 0 0 0")
        #expect(lines[1...4] == (0..<4).map { "cpu\($0) 25 0 0 75 0 0 0 0 0 0" }[...])
    }

    @Test func stolenTimeIsNeitherBusyNorIdle() throws {
        let stand = try VirtualStand(.guestWithVPMU)
        stand.step(seconds: 4, HardwareActivity(utilisation: 0.25, stolenShare: 0.125))
        #expect(try stand.text("proc/stat").contains("cpu3 100 0 0 250 0 0 0 50 0 0\n"))
    }

    @Test func idleStatesShowMicroseconds() throws {
        let stand = try VirtualStand(.cascadeLake)
        for _ in 0..<4 { stand.step() }
        func state(_ index: Int, _ file: String) throws -> String {
            try stand.text("sys/devices/system/cpu/cpu2/cpuidle/state\(index)/\(file)")
        }
        #expect(try (0..<4).map { try state($0, "name") } == ["POLL", "C1", "C1E", "C6"])
        #expect(try (0..<4).map { try state($0, "time") } == ["0", "10000", "0", "20000"])
        let zen = try VirtualStand(.zen4)
        zen.step()
        #expect(try zen.text("sys/devices/system/cpu/cpu0/cpuidle/state2/name") == "C2")
        #expect(try zen.text("sys/devices/system/cpu/cpu0/cpuidle/state2/time") == "5000")
    }

    @Test func guestHaltsWithoutSayingHowDeep() throws {
        let stand = try VirtualStand(.guestWithoutVPMU())
        stand.step()
        let folder = "sys/devices/system/cpu/cpu0/cpuidle"
        #expect(try stand.text("\(folder)/state1/name") == "haltpoll")
        #expect(try stand.text("\(folder)/state1/time") == "7500")
        #expect(!stand.exists("\(folder)/state2"))
    }

    @Test func placesOfCPUsAreShown() throws {
        let stand = try VirtualStand(.zen2)
        let cpu = "sys/devices/system/cpu/cpu6"
        #expect(try stand.text("\(cpu)/topology/core_id") == "2")
        #expect(try stand.text("\(cpu)/topology/die_id") == "0")
        #expect(try stand.text("\(cpu)/topology/core_cpus_list") == "2,6")
        #expect(try stand.text("\(cpu)/cache/index3/id") == "1")
        #expect(try stand.text("\(cpu)/cache/index3/shared_cpu_list") == "2-3,6-7")
        #expect(try stand.text("\(cpu)/cache/index3/size") == "16384K")
        #expect(try stand.text("sys/devices/system/node/node0/cpulist") == "0-7")
    }

    @Test func packagesCanBeSplitIntoNUMANodes() throws {
        var profile = HardwareProfile.twoSocketsOneChannelMissing
        let whole = profile.hardware
        profile.hardware = NodeHardware(
            modelName: whole.modelName, signature: whole.signature, cpuCount: 8, threadsPerCore: 2, sockets: 2,
            nominalHertz: whole.nominalHertz, l3Bytes: whole.l3Bytes, memoryChannels: 6, numaNodesPerSocket: 2)
        let stand = try VirtualStand(profile)
        let lists = try (0..<4).map { try stand.text("sys/devices/system/node/node\($0)/cpulist") }
        #expect(lists == ["0,4", "1,5", "2,6", "3,7"])
        #expect(try stand.text("sys/bus/pci/devices/0000:8f:0a.2/numa_node") == "2")
        #expect(try stand.text("sys/devices/system/cpu/cpu6/topology/physical_package_id") == "1")
    }

    @Test func hybridListsItsKindsOfCores() throws {
        let stand = try VirtualStand(.hybrid)
        #expect(try stand.text("sys/devices/cpu_core/cpus") == "0-3")
        #expect(try stand.text("sys/devices/cpu_atom/cpus") == "4-7")
        #expect(try stand.text("sys/bus/event_source/devices/cpu_atom/cpus") == "4-7")
        #expect(!stand.exists("sys/bus/event_source/devices/cpu"))
        #expect(try stand.text("sys/devices/system/cpu/cpu1/topology/thread_siblings_list") == "0-1")
    }

    @Test(arguments: [
        ("cascadeLake", ["cpu", "cstate_core", "cstate_pkg", "msr", "power"] + (0..<6).map { "uncore_imc_\($0)" }),
        ("sapphireRapids", ["cpu", "cstate_core", "cstate_pkg", "msr", "power"] + (0..<8).map { "uncore_imc_\($0)" }),
        ("zen2", ["amd_l3", "cpu", "msr", "power"]),
        ("zen4", ["amd_l3"] + (0..<12).map { "amd_umc_\($0)" } + ["cpu", "msr", "power"]),
        ("hybrid", ["cpu_atom", "cpu_core", "cstate_core", "cstate_pkg", "msr", "power"]),
        ("guestWithVPMU", ["cpu", "msr"]), ("guestWithoutVPMU", ["msr"]),
    ])
    func eventSourcesAreThoseOfTheMachine(name: String, units: [String]) throws {
        let stand = try VirtualStand(#require(HardwareProfile.named[name]))
        let folder = "\(stand.tree.sysfsRoot)/bus/event_source/devices"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == units.sorted())
    }

    @Test func memoryEventsAreNamedWithTheirScale() throws {
        let stand = try VirtualStand(.twoSocketsOneChannelMissing)
        let unit = "sys/bus/event_source/devices/uncore_imc_3"
        #expect(try stand.text("\(unit)/cpumask") == "0,2")
        #expect(try stand.text("\(unit)/type") == "23")
        #expect(try stand.text("\(unit)/format/umask") == "config:8-15")
        #expect(try stand.text("\(unit)/events/cas_count_write") == "event=0x04,umask=0x0c")
        #expect(try stand.text("\(unit)/events/cas_count_read.scale") == "6.103515625e-5")
        #expect(try stand.text("\(unit)/events/cas_count_read.unit") == "MiB")
    }

    @Test func ordinaryTreeHasTheRegistersOnly() throws {
        let hardware = HardwareProfile.cascadeLake.hardware
        let stand = try VirtualStand(HardwareProfile(hardware))
        stand.step()
        #expect(!stand.exists("proc/stat") && !stand.exists("dev/cpu/0/cpuid") && !stand.exists("sys/fs"))
        #expect(!stand.exists("dev/cpu/0/msr.faults"))
        #expect(try stand.registers(0).read(.energyUnit) == 0)
        #expect(try stand.text("proc/sys/kernel/nmi_watchdog") == "0")
    }
}
