import Foundation
import Testing

@testable import Counters

/// Units as they are listed in sysfs.
struct PerfDiscoveryTests {
    @Test func unitIsReadAsTheKernelDescribesIt() throws {
        let tree = try PerfTree()
        try tree.addUnit(
            "uncore_imc_0", type: 23,
            [
                "cpumask": "0,20", "format/event": "config:0-7", "format/umask": "config:8-15",
                "events/cas_count_read": "event=0x04,umask=0x03", "events/cas_count_read.scale": "6.103515625e-5",
                "events/cas_count_read.unit": "MiB", "events/clockticks": "event=0x00",
            ])
        let unit = try #require(tree.unit("uncore_imc_0"))
        #expect(unit.type == 23)
        #expect(unit.readers == [0, 20])
        #expect(unit.cpus == nil)
        #expect(unit.formats.count == 2)
        #expect(
            unit.events["cas_count_read"]
                == PerfPMU.NamedEvent(
                    terms: [PerfTerm("event", 4), PerfTerm("umask", 3)], scale: 6.103515625e-5, unit: "MiB"))
        #expect(Set(unit.events.keys) == ["cas_count_read", "clockticks"])
        #expect(unit.encode(event: "cas_count_read") == PerfEventCode(type: 23, config: 0x304))
        #expect(unit.encode(event: "cas_count_write") == nil)
    }

    @Test func coresOfTwoKindsListTheirCPUs() throws {
        let tree = try PerfTree()
        try tree.addUnit("cpu_core", type: 4, ["cpus": "0-3"])
        try tree.addUnit("cpu_atom", type: 10, ["cpus": "4-5"])
        try tree.addUnit("msr", type: 9)
        let units = PerfPMU.discover(sysfs: tree.root)
        #expect(units.map(\.name) == ["cpu_atom", "cpu_core", "msr"])
        #expect(units.first { $0.isCore(of: 3) }?.name == "cpu_core")
        #expect(units.first { $0.isCore(of: 4) }?.name == "cpu_atom")
        #expect(units.first { $0.isCore(of: 6) } == nil)
        #expect(PerfUnits.intelCore.isCore(of: 6))
    }

    @Test func whatCannotBeUnderstoodIsLeftOutAlone() throws {
        let tree = try PerfTree()
        try tree.addUnit("cpu", type: 4, ["events/good": "event=1", "format/event": "config:0-7", "cpumask": "x"])
        let folder = "bus/event_source/devices"
        let noise = Data([0xFF, 0x00, 0x3A, 0xC3, 0x28, 0x0A])
        try tree.write(noise, to: "\(folder)/cpu/events/bad")
        try tree.write(noise, to: "\(folder)/cpu/format/bad")
        try tree.write(Data(), to: "\(folder)/cpu/events/empty")
        try tree.write("nan", to: "\(folder)/cpu/events/good.scale")
        try tree.write(noise, to: "\(folder)/msr/type")
        try tree.write("-1", to: "\(folder)/power/type")
        try tree.write("4294967296", to: "\(folder)/amd_l3/type")
        try tree.write("event=1", to: "\(folder)/cstate_pkg/events/c2-residency")
        #expect(
            PerfPMU.discover(sysfs: tree.root) == [
                PerfUnits.unit("cpu", type: 4, formats: ["event": "config:0-7"], events: ["good": "event=1"])
            ])
    }

    @Test func noUnitsAreNoUnits() throws {
        #expect(PerfPMU.discover(sysfs: "/nowhere").isEmpty)
    }

    @Test(arguments: [
        ("cpu", true), ("cpu_core", true), ("armv8_pmuv3_0", true), ("msr", true), ("cstate_core", true),
        ("cstate_pkg", true), ("power", true), ("amd_l3", true), ("amd_umc_11", true), ("uncore_imc", true),
        ("uncore_imc_7", true), ("uncore_imc_free_running", true), ("uncore_imc_free_running_3", true),
        ("uncore_cha_0", false), ("uncore_imc_x", false), ("uncore_imc7", false), ("uncore_imc_", false),
        ("amd_df", false), ("software", false), ("", false), ("7", false), ("_7", false),
    ])
    func onlyUnitsOfUseAreRead(_ name: String, isOfUse: Bool) { #expect(PerfPMU.isOfUse(name) == isOfUse) }
}
