import Testing

@testable import Counters

/// How memory traffic is found among a machine's units.
struct PerfMemoryEventTests {
    private static let formats = ["event": "config:0-7", "umask": "config:8-15"]
    private static let lines = 6.103515625e-5

    private static func unit(
        _ name: String, type: UInt32 = 30, readers: [Int]? = [0, 20], scale: Double? = lines, unit: String? = "MiB",
        _ events: [String: String]
    ) -> PerfPMU {
        PerfUnits.unit(name, type: type, readers: readers, formats: formats, events: events, scale: scale, unit: unit)
    }

    private static let cas = ["cas_count_read": "event=0x04,umask=0x03", "cas_count_write": "event=0x04,umask=0x0c"]
    private static let freeRunning = ["read": "event=0xff,umask=0x20", "write": "event=0xff,umask=0x21"]

    @Test func serversCountColumnCommandsOfEachChannel() throws {
        let ways = PerfMemoryEvents.ways([
            Self.unit("uncore_imc_0", type: 30, Self.cas), Self.unit("uncore_imc_1", type: 31, Self.cas),
        ])
        #expect(ways.count == 1)
        let way = try #require(ways.first)
        #expect(way.name == "uncore_imc: cas_count_read, cas_count_write")
        #expect(way.channels.map(\.unit) == ["uncore_imc_0", "uncore_imc_1"])
        #expect(way.channels[1].readers == [0, 20])
        #expect(way.channels[1].reads == [PerfEventCode(type: 31, config: 0x304)])
        #expect(way.channels[1].writes == [PerfEventCode(type: 31, config: 0xC04)])
        #expect(way.bytesPerCount == 64)
        #expect(way.isPerChannel)
    }

    @Test func graniteRapidsAddsBothHalvesOfAChannel() throws {
        let way = try #require(
            PerfMemoryEvents.ways([
                Self.unit(
                    "uncore_imc_3",
                    [
                        "cas_count_read_sch0": "event=0x05,umask=0xcf", "cas_count_read_sch1": "event=0x06,umask=0xcf",
                        "cas_count_write_sch0": "event=0x05,umask=0xf0",
                        "cas_count_write_sch1": "event=0x06,umask=0xf0",
                    ])
            ]).first)
        #expect(way.channels[0].reads.map(\.config) == [0xCF05, 0xCF06])
        #expect(way.channels[0].writes.map(\.config) == [0xF005, 0xF006])
    }

    @Test func programmableAndFreeRunningCountersAreTwoWaysAndNeverOne() {
        let ways = PerfMemoryEvents.ways([
            Self.unit("uncore_imc_0", Self.cas), Self.unit("uncore_imc_free_running_0", Self.freeRunning),
            Self.unit("uncore_imc_free_running_1", Self.freeRunning), Self.unit("uncore_imc_1", Self.cas),
        ])
        #expect(
            ways.map { $0.channels.map(\.unit) } == [
                ["uncore_imc_0", "uncore_imc_1"], ["uncore_imc_free_running_0", "uncore_imc_free_running_1"],
            ])
    }

    @Test(arguments: [
        ("uncore_imc_free_running", freeRunning, 0x20FF, 0x21FF),
        (
            "uncore_imc_free_running_1",
            ["data_read": "event=0xff,umask=0x20", "data_write": "event=0xff,umask=0x30"], 0x20FF, 0x30FF
        ),
        ("uncore_imc", ["data_reads": "event=0x01", "data_writes": "event=0x02"], 1, 2),
    ])
    func otherNamesOfTheSame(_ name: String, events: [String: String], reads: UInt64, writes: UInt64) throws {
        let way = try #require(PerfMemoryEvents.ways([Self.unit(name, events)]).first)
        #expect(way.channels[0].reads == [PerfEventCode(type: 30, config: reads)])
        #expect(way.channels[0].writes == [PerfEventCode(type: 30, config: writes)])
        #expect(!way.isPerChannel)
    }

    @Test func namesStandInTheOrderOfPreference() {
        let all = Self.cas.merging(Self.freeRunning) { $1 }
            .merging(["data_reads": "event=0x01", "data_writes": "event=0x02"]) { $1 }
        #expect(
            PerfMemoryEvents.ways([Self.unit("uncore_imc", all)]).map(\.name) == [
                "uncore_imc: cas_count_read, cas_count_write", "uncore_imc: read, write",
                "uncore_imc: data_reads, data_writes",
            ])
    }

    @Test func amdTakesReadsAndWritesApartByMask() throws {
        let unit = PerfUnits.unit(
            "amd_umc_11", type: 40, readers: [0, 64], formats: ["event": "config:0-7", "rdwrmask": "config:8-9"])
        let way = try #require(PerfMemoryEvents.ways([unit]).first)
        #expect(way.channels[0].reads == [PerfEventCode(type: 40, config: 0x10A)])
        #expect(way.channels[0].writes == [PerfEventCode(type: 40, config: 0x20A)])
        #expect(way.bytesPerCount == 64)
        #expect(way.isPerChannel)
    }

    @Test func channelThatCannotBeCountedTakesItsWayAway() {
        for broken in [
            Self.unit("uncore_imc_1", ["cas_count_read": "event=0x04,umask=0x03"]),
            Self.unit("uncore_imc_1", readers: nil, Self.cas), Self.unit("uncore_imc_1", readers: [], Self.cas),
            Self.unit("uncore_imc_1", Self.cas.mapValues { "\($0),edge=?" }),
            Self.unit("uncore_imc_1", Self.cas.mapValues { "\($0),unknown" }),
            Self.unit("uncore_imc_1", scale: 1.5e-6, Self.cas), Self.unit("uncore_imc_1", unit: "Joules", Self.cas),
            Self.unit("uncore_imc_1", scale: Self.lines / 2, Self.cas),
        ] {
            #expect(PerfMemoryEvents.ways([Self.unit("uncore_imc_0", Self.cas), broken]).isEmpty)
        }
        #expect(PerfMemoryEvents.ways([]).isEmpty)
    }

    @Test(arguments: [
        (6.103515625e-5, 64), (6.10351562E-5, 64), (nil, 64), (3.0517578125e-5, 32), (3.814697265625e-6, 4),
        (0.00390625, 4096),
    ])
    func bytesPerCountAreWhatTheScaleAmountsTo(_ scale: Double?, bytes: UInt64) throws {
        let way = try #require(PerfMemoryEvents.ways([Self.unit("uncore_imc_0", scale: scale, Self.cas)]).first)
        #expect(way.bytesPerCount == bytes)
    }
}
