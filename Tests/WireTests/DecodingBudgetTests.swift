import Testing
import Topology
import Wire
import WireC

/// No message, however crafted, makes the decoder take more than its budget in all, let alone in one allocation.
@Suite("The decoding budget")
struct DecodingBudgetTests {
    struct Bomb: Sendable, CustomTestStringConvertible {
        let what: String
        let decoder: Decoder
        let bytes: [UInt8]
        var testDescription: String { what }
    }

    /// A field of `tag` with a length in front of `bytes`.
    private static func field(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length = bytes.count
        var varint: [UInt8] = []
        repeat {
            varint.append(UInt8(length & 0x7f) | (length > 0x7f ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return [tag] + varint + bytes
    }

    private static let room = WireLimits.messageBytes - 64

    /// Messages of at most 1 MiB that protobuf would unfold to several.
    static let bombs: [Bomb] = [
        Bomb(
            what: "a packed array of one-byte varints, eight bytes each in memory", decoder: .agent,
            bytes: field(0x12, field(0x32, [UInt8](repeating: 1, count: room)))),
        Bomb(
            what: "half a million empty columns", decoder: .agent,
            bytes: field(0x0a, [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x32 : 0 })),
        Bomb(
            what: "half a million unknown fields", decoder: .agent,
            bytes: [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x78 : 0 }),
        Bomb(
            what: "half a million empty arguments", decoder: .query,
            bytes: [0x08, 1, 0x10, 1, 0x1a, 0]
                + [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x22 : 0 }),
        Bomb(
            what: "half a million functions without a name", decoder: .worldRequest,
            bytes: [0x08, 1, 0x10, 1]
                + field(0x22, [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x0a : 0 })),
        Bomb(
            what: "the same kind half a million times", decoder: .worldRequest,
            bytes: [0x08, 1, 0x10, 1]
                + [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x1a : 0 }),
        Bomb(
            what: "half a million empty containers", decoder: .agent,
            bytes: field(0x1a, [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x4a : 0 })),
        Bomb(
            what: "half a million empty lease events", decoder: .agent,
            bytes: field(0x22, [UInt8](repeating: 0, count: room).enumerated().map { $0.offset % 2 == 0 ? 0x2a : 0 })),
        Bomb(what: "an array that claims four gigabytes", decoder: .agent, bytes: field(0x12, [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1])),
    ]

    @Test(arguments: bombs)
    func `a message that would unfold to more is refused`(_ bomb: Bomb) {
        #expect(bomb.bytes.count <= WireLimits.messageBytes)
        #expect(bomb.decoder.failure(of: bomb.bytes) == .malformed)
    }

    @Test(arguments: bombs)
    func `all that decoding takes stays within the budget`(_ bomb: Bomb) throws {
        var budget = DecodingBudget(remainingBytes: WireLimits.decodingBudgetBytes)
        try bomb.bytes.withUnsafeBytes { bytes in
            try withBudgetedAllocator(&budget) { allocator in
                let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
                if let message = reeve__v1__agent_message__unpack(allocator, bytes.count, start) {
                    reeve__v1__agent_message__free_unpacked(message, allocator)
                }
            }
        }
        #expect(budget.remainingBytes >= 0)
        #expect(budget.largestAllocation <= 1 << 20)
        #expect(budget.outstandingAllocations == 0)
    }

    @Test func `the largest batch that fits a message is read`() throws {
        let samples = 700
        let batch = MessageExamples.batch(samples: samples, columns: 128)
        let bytes = AgentMessage.batch(batch).encoded()
        #expect(bytes.count > WireLimits.messageBytes / 2 && bytes.count < WireLimits.messageBytes)
        #expect(try bytes.withUnsafeBytes { try AgentMessage(decoding: $0) } == .batch(batch))
    }
}
