import Foundation
import Measures
import Testing

@testable import Counters

/// What the kernel writes below bus/event_source/devices.
struct PerfParsingTests {
    @Test(arguments: [
        ("config:0-7", PerfFormat.Field.config, 0xFF),
        ("config:8-15", .config, 0xFF00),
        ("config:0-7,32-35", .config, 0xF_0000_00FF),
        ("config:0-63", .config, UInt64.max),
        ("config:63", .config, 1 << 63),
        ("config1:0-15", .config1, 0xFFFF),
        ("config2:21,3", .config2, 1 << 21 | 1 << 3),
        ("config:8-15,24-27", .config, 0xF00_FF00),
    ])
    func formatHasTheBitsThatItNames(_ text: String, field: PerfFormat.Field, mask: UInt64) throws {
        let format = try #require(PerfFormat(text))
        #expect(format.field == field)
        #expect(format.mask == mask)
    }

    @Test(arguments: [
        "", "config", "config:", "config:64", "config:7-0", "config:0-7-9", "config:a", "config:0-", "config:-7",
        "config:+1", "config:0,,1", "config3:0-7", "Config:0", " config:0", "config:0 ", "config:\u{0660}", "events",
        "config:0-99999999999999999999",
    ])
    func whatIsNoFormatIsRefused(_ text: String) { #expect(PerfFormat(text) == nil) }

    @Test(arguments: [
        ("config:0-7", 0x12, 0x12), ("config:8-15", 0xFF, 0xFF00), ("config:0-7,32-35", 0x120, 0x1_0000_0020),
        ("config:0-7,32-35", 0xF44, 0xF_0000_0044), ("config:0-63", UInt64.max, UInt64.max),
        ("config:5,3,1", 0b101, 0b10_0010), ("config:63", 1, 1 << 63), ("config:8-15", 0, 0),
    ])
    func valueIsSpreadOverTheBits(_ text: String, value: UInt64, bits: UInt64) {
        #expect(PerfFormat(text)?.spread(value) == bits)
    }

    @Test(arguments: [("config:0-7", 0x100), ("config:0-7,32-35", 0x1000), ("config:63", 2)])
    func valueWithTooManyBitsIsRefused(_ text: String, value: UInt64) throws {
        #expect(try #require(PerfFormat(text)).spread(value) == nil)
    }

    @Test(arguments: [
        ("event=0x04,umask=0x03", [PerfTerm("event", 4), PerfTerm("umask", 3)]),
        ("event=0xff,umask=0x20", [PerfTerm("event", 255), PerfTerm("umask", 32)]),
        ("event=60", [PerfTerm("event", 60)]),
        ("edge", [PerfTerm("edge", 1)]),
        ("event=0x3c,any,inv=0", [PerfTerm("event", 0x3C), PerfTerm("any", 1), PerfTerm("inv", 0)]),
        ("config=0xFFFFFFFFFFFFFFFF", [PerfTerm("config", .max)]),
        ("in_tx-cp.2=1", [PerfTerm("in_tx-cp.2", 1)]),
    ])
    func termsOfAnEvent(_ text: String, terms: [PerfTerm]) { #expect(PerfTerm.list(text) == terms) }

    @Test(arguments: [
        "", ",", "event=", "=1", "event=?", "event=0x", "event=0xg", "event=-1", "event=+1", "event=1,", "event=1 ",
        "ev ent=1", "event=0x1FFFFFFFFFFFFFFFF", "event=1=2", "event=18446744073709551616", "\u{FFFD}=1", "é",
    ])
    func whatIsNoListOfTermsIsRefused(_ text: String) { #expect(PerfTerm.list(text) == nil) }

    @Test func noBytesBreakTheParsers() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("config12:0-9,63evntumask=x?+ \0\u{7F}".utf8) + [0xFF, 0xC3, 0x80]
        var understood = 0
        for _ in 0..<20_000 {
            let count = Int(random.next() % 24)
            let bytes = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            for text in [String(decoding: bytes, as: UTF8.self), "config:" + String(decoding: bytes, as: UTF8.self)] {
                if let format = PerfFormat(text) {
                    understood += 1
                    #expect(format.mask != 0)
                    #expect(format.spread(.max) == (format.mask == .max ? .max : nil))
                    #expect(format.spread(1) == format.mask & (0 &- format.mask))
                }
                if let terms = PerfTerm.list(text) { #expect(!terms.isEmpty && terms.allSatisfy { !$0.name.isEmpty }) }
            }
        }
        #expect(understood > 100)
    }

    @Test func termsAreEncodedByTheUnitsFormats() throws {
        #expect(
            try PerfUnits.intelCore.encode([PerfTerm("event", 0xD1), PerfTerm("umask", 0x20)])
                == PerfEventCode(type: 4, config: 0x20D1))
        #expect(
            try PerfUnits.amdCore.encode([PerfTerm("event", 0x120), PerfTerm("umask", 0x01)])
                == PerfEventCode(type: 4, config: 0x1_0000_0120))
        let unit = PerfUnits.unit(
            "x", type: 77, formats: ["event": "config:0-7", "filter": "config1:8-15", "offcore": "config2:0-3"])
        #expect(
            try unit.encode([PerfTerm("event", 1), PerfTerm("filter", 2), PerfTerm("offcore", 3)])
                == PerfEventCode(type: 77, config: 1, config1: 0x200, config2: 3))
        #expect(
            try unit.encode([PerfTerm("config", 0xFF), PerfTerm("config1", 5), PerfTerm("event", 1)])
                == PerfEventCode(type: 77, config: 1, config1: 5))
    }

    @Test func termsThatAUnitDoesNotHaveAreNamed() {
        #expect {
            try PerfUnits.intelCore.encode([PerfTerm("ldlat", 3)])
        } throws: {
            ($0 as? PerfEncodingError)?.description == "cpu has no format for the term \"ldlat\""
        }
        #expect {
            try PerfUnits.intelCore.encode([PerfTerm("event", 0x120)])
        } throws: {
            ($0 as? PerfEncodingError)?.description == "cpu has 8 bits for the term \"event\", too few for 0x120"
        }
    }
}
