import Measures
import Testing
import Topology

@testable import Containers

@Suite("Numbers in group files")
struct CgroupTextTests {
    private func number(_ text: String) -> UInt64? { Array(text.utf8).withUnsafeBytes { CgroupText.number($0) } }

    private func number(_ text: String, key: StaticString) -> UInt64? {
        Array(text.utf8).withUnsafeBytes { CgroupText.number($0, key: key) }
    }

    @Test(
        arguments: [
            ("0\n", 0), ("17", 17), ("18446744073709551615\n", .max), ("12 34", 12), ("7x", 7),
            ("18446744073709551616", nil),
            ("99999999999999999999999", nil), ("", nil), ("\n", nil), (" 1", nil), ("-1", nil), ("max\n", nil),
        ] as [(String, UInt64?)])
    func `a number at the beginning`(text: String, expected: UInt64?) {
        #expect(number(text) == expected)
    }

    static let statistics =
        "nr_periods 5\nnr_throttled 3\nnr_throttled_more 9\nusage_usec x\ntotal_inactive_file 4096\nlast"

    @Test func `a number on the line of its key`() {
        #expect(number(Self.statistics, key: "nr_periods") == 5)
        #expect(number(Self.statistics, key: "nr_throttled") == 3)
        #expect(number(Self.statistics, key: "total_inactive_file") == 4_096)
        #expect(number(Self.statistics, key: "inactive_file") == nil)
        #expect(number(Self.statistics, key: "usage_usec") == nil)
        #expect(number(Self.statistics, key: "last") == nil)
        #expect(number("", key: "nr_periods") == nil)
        #expect(number("nr_periods", key: "nr_periods") == nil)
        #expect(number("nr_periods ", key: "nr_periods") == nil)
    }

    @Test func `any bytes give a number or nothing`() {
        var random = SeededRandom(seed: 2, stream: "text")
        var bytes = Array((Self.statistics + "max 100000\n-1\n").utf8)
        for _ in 0..<100_000 {
            bytes[random.index(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            bytes.withUnsafeBytes { bytes in
                let start = random.index(below: bytes.count)
                let part = UnsafeRawBufferPointer(rebasing: bytes[start...])
                _ = CgroupText.number(part)
                _ = CgroupText.number(part, key: "nr_throttled")
                _ = CPUQuota(maximum: part)?.limit
                _ = CPUQuota(quota: part, periodMicroseconds: CgroupText.number(part))?.limit
                _ = MemoryCeiling(part)
            }
            if random.index(below: 64) == 0 { bytes = Array((Self.statistics + "max 100000\n-1\n").utf8) }
        }
    }

    struct Quota: Sendable, CustomTestStringConvertible {
        let text: String
        var period: UInt64? = 100_000
        let limit: CPULimit?
        var testDescription: String { text.debugDescription }
    }

    private func quota(_ text: String, period: UInt64?) -> CPUQuota? {
        Array(text.utf8).withUnsafeBytes { CPUQuota(quota: $0, periodMicroseconds: period) }
    }

    private func quota(maximum: String) -> CPUQuota? { Array(maximum.utf8).withUnsafeBytes { CPUQuota(maximum: $0) } }

    @Test(arguments: [
        Quota(text: "50000\n", limit: .cores(0.5)), Quota(text: "-1\n", limit: .unlimited),
        Quota(text: "25000\n", period: 10_000, limit: .cores(2.5)), Quota(text: "x", limit: nil),
        Quota(text: "", limit: nil), Quota(text: "50000\n", period: 0, limit: nil),
        Quota(text: "50000\n", period: nil, limit: nil),
    ])
    func `a quota of version 1`(_ expected: Quota) {
        let read = quota(expected.text, period: expected.period)
        #expect(read?.limit == expected.limit)
        if let read { #expect(read.text == expected.text) }
    }

    @Test(arguments: [
        Quota(text: "50000 100000\n", limit: .cores(0.5)), Quota(text: "max 100000\n", limit: .unlimited),
        Quota(text: "25000 10000\n", limit: .cores(2.5)), Quota(text: "max", limit: nil), Quota(text: "1", limit: nil),
        Quota(text: "1 0", limit: nil), Quota(text: "most 100000", limit: nil), Quota(text: "", limit: nil),
    ])
    func `a quota of version 2`(_ expected: Quota) {
        let read = quota(maximum: expected.text)
        #expect(read?.limit == expected.limit)
        if let read { #expect(read.text == expected.text) }
    }

    @Test func `a new quota keeps version and period, and is one that the kernel takes`() {
        #expect(quota("-1\n", period: 100_000)?.limited(toCores: 0.5)?.text == "50000\n")
        #expect(quota(maximum: "max 50000\n")?.limited(toCores: 1.5)?.text == "75000 50000\n")
        #expect(quota(maximum: "max 100000\n")?.limited(toCores: 1.0 / 3)?.text == "33334 100000\n")
        #expect(quota(maximum: "max 100000\n")?.limited(toCores: 0.01)?.text == "1000 100000\n")
        for cores in [0.0099, 0, -1, .infinity, .nan, 1e30] {
            #expect(quota(maximum: "max 100000\n")?.limited(toCores: cores) == nil)
        }
    }

    @Test(
        arguments: [
            ("max\n", .unlimited), ("9223372036854771712\n", .unlimited), ("134217728\n", .bytes(134_217_728)),
            ("0\n", .bytes(0)),
            ("\n", nil), ("", nil),
        ] as [(String, MemoryLimit?)])
    func `a memory limit of either version`(text: String, limit: MemoryLimit?) {
        #expect(Array(text.utf8).withUnsafeBytes { MemoryCeiling($0) }?.limit == limit)
    }

    @Test func `a new memory limit has whole pages`() {
        #expect(MemoryCeiling(bytes: 10_000_000, pageBytes: 4_096).limit == .bytes(9_998_336))
        #expect(MemoryCeiling(bytes: 4_096, pageBytes: 4_096).limit == .bytes(4_096))
        #expect(MemoryCeiling(bytes: 5, pageBytes: 0).limit == .bytes(5))
    }
}
