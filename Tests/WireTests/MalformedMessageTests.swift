import Testing
import Topology
import Wire

@Suite("Messages that are none")
struct MalformedMessageTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let what: String
        var sequence: UInt64 = 5
        var oldest: UInt64 = 5
        var columns = 2
        var ages = 1
        var values = 2
        var presence = 1
        var testDescription: String { what }
    }

    static let inconsistent = [
        Shape(what: "no sample", ages: 0, values: 0, presence: 0),
        Shape(what: "no column", columns: 0, values: 0, presence: 0),
        Shape(what: "negative columns", columns: -1),
        Shape(what: "more columns than a message has bytes", columns: WireLimits.messageBytes + 1),
        Shape(what: "a value too few", values: 1), Shape(what: "a value too many", values: 3),
        Shape(what: "an age too many", ages: 2), Shape(what: "no presence", presence: 0),
        Shape(what: "a presence word too many", presence: 2),
        Shape(what: "sequence zero", sequence: 0, oldest: 0), Shape(what: "oldest zero", oldest: 0),
        Shape(what: "oldest after itself", oldest: 6),
    ]

    @Test(arguments: inconsistent)
    func `a batch whose parts do not fit together cannot be made`(_ shape: Shape) {
        let error = #expect(throws: WireError.self) {
            try Batch(
                node: NodeName("w01"), incarnation: 1, sequence: shape.sequence, oldestSequence: shape.oldest,
                tableVersion: 1, columnCount: shape.columns, ageNanoseconds: .init(repeating: 0, count: shape.ages),
                values: .init(repeating: 0, count: shape.values), presence: .init(repeating: 0, count: shape.presence))
        }
        #expect(error?.code == .inconsistent)
        #expect(error?.description.contains("allowed is") == true)
    }

    /// The example's bytes with the one-byte varint of field 5 (tag 0x28) changed from one value to another.
    private func fieldFive(of message: AgentMessage, from old: UInt8, to new: UInt8) throws -> [UInt8] {
        var bytes = message.encoded()
        let place = try #require(bytes.indices.dropLast().first { bytes[$0] == 0x28 && bytes[$0 + 1] == old })
        bytes[place + 1] = new
        return bytes
    }

    @Test func `a batch whose column count does not fit its values is refused on the wire`() throws {
        #expect(Decoder.agent.failure(of: try fieldFive(of: MessageExamples.agent[2], from: 3, to: 2)) == .inconsistent)
    }

    @Test func `a quality that does not exist is refused`() throws {
        #expect(Decoder.agent.failure(of: try fieldFive(of: MessageExamples.agent[0], from: 2, to: 5)) == .inconsistent)
    }

    struct Parts: Sendable, CustomTestStringConvertible {
        let part, parts: UInt32
        var containers = 0
        var testDescription: String { "part \(part) of \(parts) with \(containers)" }
    }

    @Test(arguments: [
        Parts(part: 0, parts: 0), Parts(part: 1, parts: 1), Parts(part: 0, parts: 17), Parts(part: .max, parts: .max),
        Parts(part: 0, parts: 1, containers: WireLimits.containersPerPart + 1),
    ])
    func `a part of a report that cannot be cannot be made`(_ parts: Parts) {
        let error = #expect(throws: WireError.self) {
            try ContainerReport(
                node: NodeName("w01"), incarnation: 1, number: 1, part: parts.part, parts: parts.parts, ageNanoseconds: 0,
                intervalNanoseconds: 0, unsampled: 0,
                containers: .init(
                    repeating: ContainerUsage(podUID: "u", containerID: "c", qosClass: .burstable), count: parts.containers))
        }
        #expect(error?.code == .inconsistent && error?.description.contains("allowed are") == true)
    }

    @Test func `more leases or events than a report may have are refused`() {
        let id = LeaseID(rawValue: 1)
        let held = HeldLease(id: id, containerID: "c", cpuCores: nil, memoryBytes: nil, remainingNanoseconds: 0)
        let event = LeaseReport.Event(
            number: 1, ageNanoseconds: 0, event: LeaseEvent(id: id, containerID: nil, kind: .granted))
        let many = WireLimits.leasesPerReport + 1
        for (leases, events) in [(many, 0), (0, many)] {
            #expect(throws: WireError.self) {
                try LeaseReport(
                    node: NodeName("w01"), incarnation: 1, isEnabled: true, held: .init(repeating: held, count: leases),
                    events: .init(repeating: event, count: events))
            }
        }
    }

    /// A container whose uid, id and class stand first; then the field under test.
    private func usage(_ field: [UInt8], uid: UInt8 = 0x75, qosClass: UInt8 = 2) -> [UInt8] {
        let usage: [UInt8] = [0x0a, 1, uid, 0x12, 1, 0x63, 0x18, qosClass, 0x40, 1] + field
        let report: [UInt8] =
            [0x0a, 1, 0x77, 0x10, 1, 0x18, 1, 0x20, 0, 0x28, 1, 0x30, 0, 0x38, 0, 0x40, 0, 0x4a, UInt8(usage.count)] + usage
        return [0x1a, UInt8(report.count)] + report
    }

    /// A double's field.
    private func double(_ tag: UInt8, _ value: Double) -> [UInt8] {
        [tag] + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }

    @Test func `a container of impossible numbers or empty names is refused`() {
        #expect(Decoder.agent.failure(of: usage([])) == nil)
        #expect(Decoder.agent.failure(of: usage(double(0x51, 3))) == nil)
        for wrong in [-1, .nan, .infinity, -.infinity] as [Double] {
            #expect(Decoder.agent.failure(of: usage(double(0x49, wrong))) == .inconsistent, "mean \(wrong)")
            #expect(Decoder.agent.failure(of: usage(double(0x51, wrong))) == .inconsistent, "peak \(wrong)")
        }
        #expect(Decoder.agent.failure(of: usage(double(0x69, .infinity))) == nil, "no limit")
        for wrong in [-1, .nan, -.infinity] as [Double] {
            #expect(Decoder.agent.failure(of: usage(double(0x69, wrong))) == .inconsistent, "limit \(wrong)")
        }
        #expect(Decoder.agent.failure(of: usage([], qosClass: 4)) == .inconsistent)
        #expect(Decoder.agent.failure(of: usage([], uid: 0xff)) == .malformed)
        for tag in [0x22, 0x2a, 0x32, 0x3a] as [UInt8] {
            #expect(Decoder.agent.failure(of: usage([tag, 0])) == .inconsistent, "an empty name")
            #expect(Decoder.agent.failure(of: usage([tag, 1, 0x61])) == nil)
        }
    }

    @Test(arguments: Decoder.allCases)
    func `no bytes at all are refused`(_ decoder: Decoder) {
        let hasRequiredFields = decoder != .agent && decoder != .coordinator
        #expect(decoder.failure(of: []) == (hasRequiredFields ? .malformed : .unknownKind))
    }

    @Test func `a batch that breaks off is refused wherever it does`() {
        let bytes = MessageExamples.agent[3].encoded()
        for length in 1..<bytes.count {
            #expect(Decoder.agent.failure(of: Array(bytes[..<length])) == .malformed, "\(length) of \(bytes.count) bytes")
        }
    }

    @Test func `a name that is not UTF-8 is refused`() throws {
        var bytes = MessageExamples.agent[2].encoded()
        bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "w")))] = 0xff
        #expect(Decoder.agent.failure(of: bytes) == .malformed)
    }

    @Test func `an argument named twice is refused`() {
        let argument: [UInt8] = [0x22, 6, 0x0a, 1, 0x61, 0x12, 1, 0x62]
        #expect(Decoder.query.failure(of: [0x08, 1, 0x10, 1, 0x1a, 1, 0x76] + argument + argument) == .inconsistent)
    }

    @Test func `more arguments than allowed are refused`() {
        let many = Dictionary(uniqueKeysWithValues: (0...WireLimits.queryArguments).map { ("\($0)", "") })
        #expect(Decoder.query.failure(of: Query(id: 1, verb: "nodes", arguments: many).encoded()) == .inconsistent)
    }

    @Test func `a reply that says done without an answer is refused`() {
        #expect(Decoder.reply.failure(of: [0x08, 1, 0x10, 0]) == .inconsistent)
    }

    @Test func `a failure of the world with an unknown code is refused`() {
        #expect(Decoder.worldReply.failure(of: [0x08, 1, 0x3a, 4, 0x08, 9, 0x12, 0]) == .inconsistent)
    }
}

@Suite("Messages of other versions")
struct CompatibilityTests {
    /// Fields that no version has yet: number 1000 as varint, 1001 as text, 1002 as eight bytes.
    static let unknownFields: [UInt8] =
        [0xc0, 0x3e, 0x96, 0x01] + [0xca, 0x3e, 3, 0x61, 0x62, 0x63] + [0xd1, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8]

    @Test func `fields of newer versions are passed over`() throws {
        for message in MessageExamples.agent {
            let bytes = message.encoded() + Self.unknownFields
            #expect(try bytes.withUnsafeBytes { try AgentMessage(decoding: $0) } == message)
        }
        for report in MessageExamples.reports {
            let bytes = report.encoded() + Self.unknownFields
            #expect(try bytes.withUnsafeBytes { try AgentEnvelope(decoding: $0) } == report)
        }
        for reply in MessageExamples.worldReplies {
            let bytes = reply.encoded() + Self.unknownFields
            #expect(try bytes.withUnsafeBytes { try WorldReply(decoding: $0) } == reply)
        }
    }

    @Test(arguments: [(1, 7), (2, 0), (.max, .max)] as [(UInt32, UInt32)])
    func `a hello of another version is read, so that it can be answered`(_ major: UInt32, _ minor: UInt32) throws {
        let hello = Hello(
            protocolMajor: major, protocolMinor: minor, node: NodeName("w01"), incarnation: 1,
            columns: MessageExamples.columns, agentVersion: nil, intervalMilliseconds: 1, droppedBatches: 0,
            oldestSequence: 1)
        #expect(try AgentMessage.hello(hello).encoded().withUnsafeBytes { try AgentMessage(decoding: $0) } == .hello(hello))
    }

    @Test(arguments: [
        (Decoder.agent, []), (.coordinator, []), (.worldRequest, [0x08, 1, 0x10, 1]), (.worldReply, [0x08, 1]),
    ] as [(Decoder, [UInt8])])
    func `a kind of a newer version is told apart from garbage`(_ decoder: Decoder, _ required: [UInt8]) {
        #expect(decoder.failure(of: required + Self.unknownFields) == .unknownKind)
    }

    @Test func `a command of a newer version is told apart from garbage`() {
        #expect(Decoder.coordinator.failure(of: [0x1a, 4, 0xc0, 0x3e, 0x96, 0x01]) == .unknownKind)
    }
}
