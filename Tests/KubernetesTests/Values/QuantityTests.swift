import Foundation
import Testing

@testable import Kubernetes

@Suite("Quantities")
struct QuantityTests {
    private static let one: Int128 = 1_000_000_000

    @Test(arguments: [
        ("0", 0), ("8", 8 * one), ("-8", -8 * one), ("+8", 8 * one), ("500m", one / 2), ("1699999999n", 1_699_999_999),
        ("3u", 3_000), ("2k", 2_000 * one), ("2M", 2_000_000 * one), ("2G", 2_000_000_000 * one),
        ("2T", 2_000_000_000_000 * one), ("2P", 2_000_000_000_000_000 * one), ("2E", 2_000_000_000_000_000_000 * one),
        ("1Ki", 1024 * one), ("32925286Ki", 33_715_492_864 * one), ("1Mi", 1_048_576 * one),
        ("1Gi", 1_073_741_824 * one),
        ("1Ti", 1_099_511_627_776 * one), ("1Pi", 1_125_899_906_842_624 * one),
        ("7Ei", 8_070_450_532_247_928_832 * one),
        ("15.6Gi", 16_750_372_454_400_000_000), ("128974848", 128_974_848 * one), ("1e3", 1_000 * one),
        ("1E3", 1_000 * one),
        ("129e6", 129_000_000 * one), ("1e-3", one / 1_000), ("1.5", 3 * one / 2), (".5", one / 2), ("5.", 5 * one),
        ("0.1n", 1), ("-0.1n", -1), ("1.0000000000001", one + 1),
        ("000000000000000000000000000000000000000000007", 7 * one),
        ("1.500000000000000000000000000000000000000000000000", 3 * one / 2),
        ("9223372036854775807", Int128(Int64.max) * one),
    ])
    func `is read exactly`(text: String, nano: Int128) {
        #expect(Quantity(text)?.nano == nano)
    }

    @Test(arguments: [
        "", " ", "x", "1x", "1 ", " 1", "1kb", "1KI", "1K", "1ki", "--1", "+-1", "1.2.3", ".", "m", "1e", "1e1.5",
        "1e999", "1,5",
        "9223372036854775808", "8Ei", "-8193Pi", "１", "1mm", "0x10", "9999999999999999999999999999999999999999",
    ])
    func `refuses what is none`(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func `rounds up to thousandths and whole units, as the server does`() throws {
        let metric = try #require(Quantity("1699999999n"))
        #expect(metric.milli == 1_700)
        #expect(metric.whole == 2)
        let bytes = try #require(Quantity("15.6Gi"))
        #expect(bytes.whole == 16_750_372_455)
        #expect(try #require(Quantity("-1500m")).whole == -1)
        #expect(try #require(Quantity("7Ei")).milli == nil, "more than 64 bits hold")
    }

    @Test(arguments: ["0", "8", "-8", "1500m", "-500m", "1699999999n", "33715492864"])
    func `is written as it was read`(text: String) throws {
        #expect(Quantity(text)?.text == text)
        let decoded = try JSONDecoder().decode([Quantity].self, from: Data("[\"\(text)\"]".utf8))
        #expect(decoded.first?.text == text)
    }

    @Test func `a number of YAML's making is read too`() throws {
        #expect(try JSONDecoder().decode([Quantity].self, from: Data("[2]".utf8)) == [Quantity(milli: 2_000)])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Quantity].self, from: Data("[\"lots\"]".utf8)) }
    }

    @Test func `compares by amount`() throws {
        #expect(Quantity("1Ki") == Quantity("1024"))
        #expect(try #require(Quantity("999m")) < #require(Quantity("1")))
    }
}
