import Registers
import Testing

@testable import Counters

/// Which events make which measure on which processor, in hexadecimal as the manuals and tables write them.
struct PerfEventTableTests {
    private static func lines(_ requests: [PerfRequest]) -> [String] {
        requests.map {
            "\($0.quantity) \($0.code.type):\(String($0.code.config, radix: 16)) \($0.necessity)"
        }
    }

    private static func lines(
        _ signature: ProcessorSignature?, _ core: PerfPMU?, msr: PerfPMU? = PerfUnits.msr
    ) -> [String] { lines(PerfCoreEvents(signature, core: core, msr: msr).requests) }

    private static let architectural = [
        "cycles 0:0 needed", "instructions 0:1 needed", "referenceCycles 0:9 needed", "timeStamp 9:0 needed",
        "l3Misses 0:3 needed", "l3References 0:2 welcome",
    ]

    @Test(arguments: [
        ProcessorSignature.skylakeServer, .cascadeLake, .iceLakeServer, .sapphireRapids, .graniteRapids,
    ])
    func serversFromSkylakeOnCountTheLoadRetiredPairToo(_ signature: ProcessorSignature) {
        #expect(
            Self.lines(signature, PerfUnits.intelCore)
                == Self.architectural + ["l3LoadMisses 4:20d1 spare", "l3LoadHits 4:4d1 spare"])
    }

    @Test(arguments: [ProcessorSignature.haswellServer, .alderLake, .futureIntel])
    func errataAndUnknownProcessorsLeaveTheArchitecturalPair(_ signature: ProcessorSignature) {
        #expect(Self.lines(signature, PerfUnits.intelCore) == Self.architectural)
    }

    @Test func eachKindOfCoreIsNamedInTheUpperHalf() {
        #expect(
            Self.lines(.alderLake, PerfUnits.performanceCores, msr: nil) == [
                "cycles 0:400000000 needed", "instructions 0:400000001 needed", "referenceCycles 0:400000009 needed",
                "l3Misses 0:400000003 needed", "l3References 0:400000002 welcome",
            ])
        #expect(
            Self.lines(.alderLake, PerfUnits.efficientCores, msr: nil) == [
                "cycles 0:a00000000 needed", "instructions 0:a00000001 needed", "referenceCycles 0:a00000009 needed",
                "l3Misses 0:a00000003 needed", "l3References 0:a00000002 welcome",
            ])
    }

    @Test(arguments: [ProcessorSignature.zen2, .futureAMD])
    func zenUpTo2TakesC0FromMPERFAndHasNoFills(_ signature: ProcessorSignature) {
        #expect(
            Self.lines(signature, PerfUnits.amdCore) == [
                "cycles 0:0 needed", "instructions 0:1 needed", "timeStamp 9:0 needed", "maximumClock 9:2 needed",
                "actualClock 9:1 needed",
            ])
    }

    @Test func zen3TakesC0FromMPERFAndCountsFills() {
        #expect(
            Self.lines(.zen3, PerfUnits.amdCore) == [
                "cycles 0:0 needed", "instructions 0:1 needed", "timeStamp 9:0 needed", "maximumClock 9:2 needed",
                "actualClock 9:1 needed", "memoryFills 4:4844 needed",
            ])
    }

    @Test(arguments: [ProcessorSignature.zen4, .zen5])
    func zen4AndLaterCountReferenceCycles(_ signature: ProcessorSignature) {
        #expect(
            Self.lines(signature, PerfUnits.amdCore) == [
                "cycles 0:0 needed", "instructions 0:1 needed", "referenceCycles 4:100000120 needed",
                "timeStamp 9:0 needed", "memoryFills 4:4844 needed",
            ])
    }

    @Test func unitWithoutTheFormatOfAnEventDoesWithoutIt() {
        let bare = PerfUnits.unit("cpu", type: 4, formats: [:])
        #expect(Self.lines(.cascadeLake, bare) == Self.architectural)
        #expect(!Self.lines(.zen4, bare).contains { $0.hasPrefix("referenceCycles") })
    }

    @Test func otherProcessorsCountWhatIsAlikeEverywhere() {
        let arm = PerfUnits.unit("armv8_pmuv3_0", type: 8, cpus: [0, 1], formats: ["event": "config:0-15"])
        #expect(Self.lines(nil, arm, msr: nil) == ["cycles 0:0 needed", "instructions 0:1 needed"])
    }

    @Test func guestWithoutCoreCountersHasTheTimeStamp() {
        #expect(Self.lines(.sapphireRapids, nil, msr: PerfUnits.guestMSR) == ["timeStamp 10:0 needed"])
        #expect(Self.lines(.sapphireRapids, nil, msr: nil).isEmpty)
    }

    @Test func detailsTellWhatAQuantityMeansWhereThatDiffers() {
        func details(_ signature: ProcessorSignature, _ core: PerfPMU) -> [String?] {
            PerfCoreEvents(signature, core: core, msr: nil).requests.map(\.detail)
        }
        #expect(
            details(.cascadeLake, PerfUnits.intelCore) == [
                nil, nil, nil, "longest_lat_cache.miss (2E/41)", "longest_lat_cache.reference (2E/4F)",
                "mem_load_retired.l3_miss (D1/20)", "mem_load_retired.l3_hit (D1/04)",
            ])
        #expect(
            details(.zen3, PerfUnits.amdCore) == [nil, nil, "ls_any_fills_from_sys.dram_io_all (44/48)"])
        #expect(
            details(.zen4, PerfUnits.amdCore) == [
                nil, nil, "ls_not_halted_p0_cyc.p0_freq_cyc (120/01)", "ls_any_fills_from_sys.dram_io_all (44/48)",
            ])
    }

    @Test func onlyEventsOfTheCoreTakeItsCounters() {
        let requests = PerfCoreEvents(.zen3, core: PerfUnits.amdCore, msr: PerfUnits.msr).requests
        #expect(requests.filter(\.takesCounter).map(\.quantity) == [.cycles, .instructions, .memoryFills])
    }

    @Test func residenciesThatTheKernelNamesAreCounted() throws {
        let core = PerfUnits.unit(
            "cstate_core", type: 20, readers: [0, 1], formats: ["event": "config:0-63"],
            events: ["c1-residency": "event=0x00", "c6-residency": "event=0x02"])
        let events = try #require(PerfUnitEvents(residenciesOf: core))
        #expect(events.readers == [0, 1])
        #expect(Self.lines(events.requests) == ["coreC1 20:0 needed", "coreC6 20:2 needed"])
        let package = PerfUnits.unit(
            "cstate_pkg", type: 21, readers: [0], formats: ["event": "config:0-63"],
            events: ["c2-residency": "event=0x00", "c3-residency": "event=0x01", "c6-residency": "event=0x02"])
        #expect(
            Self.lines(try #require(PerfUnitEvents(residenciesOf: package)).requests)
                == ["packageC2 21:0 needed", "packageC6 21:2 needed"])
        #expect(PerfUnitEvents(residenciesOf: PerfUnits.msr) == nil)
    }

    @Test func energiesAreCountedInTheKernelsUnit() throws {
        let events = [
            "energy-cores": "event=0x01", "energy-pkg": "event=0x02", "energy-ram": "event=0x03",
            "energy-psys": "event=0x05",
        ]
        let formats = ["event": "config:0-7"]
        let scale = try #require(Double("2.3283064365386962890625e-10"))
        #expect(scale == PerfUnitEvents.joulesPerCount)
        let power = PerfUnits.unit(
            "power", type: 22, readers: [0, 20], formats: formats, events: events, scale: scale, unit: "Joules")
        let requests = try #require(PerfUnitEvents(energiesOf: power)).requests
        #expect(
            Self.lines(requests) == [
                "packageEnergy 22:2 needed", "memoryEnergy 22:3 needed",
            ])
        let odd = PerfUnits.unit("power", type: 22, readers: [0], formats: formats, events: events, scale: 1e-6)
        #expect(PerfUnitEvents(energiesOf: odd) == nil)
        let nowhere = PerfUnits.unit("power", type: 22, formats: formats, events: events)
        #expect(PerfUnitEvents(energiesOf: nowhere) == nil)
        let guest = PerfUnits.unit(
            "power", type: 9, readers: [0], formats: formats, events: ["energy-psys": "event=0x05"], scale: scale)
        #expect(PerfUnitEvents(energiesOf: guest) == nil)
    }

    @Test func amdCachesAreCountedPerDomain() throws {
        let cache = PerfUnits.unit(
            "amd_l3", type: 11, readers: [0, 4, 8], formats: ["event": "config:0-7", "umask": "config:8-15"])
        let events = try #require(PerfUnitEvents(cacheOf: cache))
        #expect(events.readers == [0, 4, 8])
        #expect(
            Self.lines(events.requests) == ["domainL3Misses 11:104 needed", "domainL3References 11:ff04 needed"])
        #expect(PerfUnitEvents(cacheOf: PerfUnits.amdCore) == nil)
    }
}
