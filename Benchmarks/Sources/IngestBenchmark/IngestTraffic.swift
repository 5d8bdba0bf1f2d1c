internal import Topology
internal import Wire

/// The messages of an agent on a node with one socket and 16 cores.
struct IngestTraffic {
    static let node = NodeName("w01")
    /// The first sequence whose varint has four bytes; all that are sent have as many.
    static let firstSequence: UInt32 = 1 << 21

    let hello: [UInt8]
    let message: [UInt8]
    /// Where the sequence stands in `message`.
    let sequenceOffset: Int

    /// Messages with `samples` samples each.
    init(samples: Int) throws {
        let table = ColumnTable(version: 1, columns: Self.columns)
        hello = AgentMessage.hello(
            Hello(
                node: Self.node, incarnation: 1, columns: table, agentVersion: "benchmark", intervalMilliseconds: 10,
                droppedBatches: 0, oldestSequence: UInt64(Self.firstSequence))
        ).encoded()
        func encoded(sequence: UInt64) throws -> [UInt8] {
            let count = table.columns.count
            return AgentMessage.batch(
                try Batch(
                    node: Self.node, incarnation: 1, sequence: sequence, oldestSequence: UInt64(Self.firstSequence),
                    tableVersion: 1, columnCount: count,
                    ageNanoseconds: (0..<samples).map { UInt64(samples - $0) * 10_000_000 },
                    values: (0..<samples * count).map { 1 / Double($0 + 1) },
                    presence: [UInt64](repeating: .max, count: samples * ((count + 63) / 64)))
            ).encoded()
        }
        message = try encoded(sequence: UInt64(Self.firstSequence))
        let other = try encoded(sequence: 1 << 28 - 1)
        guard let offset = zip(message, other).enumerated().first(where: { $1.0 != $1.1 })?.offset,
            message.count == other.count
        else { throw IngestError(description: "two batches differ in more than their sequence") }
        sequenceOffset = offset
    }

    /// The agent's columns: 16 metrics of the system and of the socket, the 12 of them that a core has for each core.
    static let columns: [Column] = {
        let metrics: [Metric] = [
            .instructionsPerCycle, .l3MissesPerSecond, .c0Residency, .c1Residency, .l3ReferencesPerSecond, .c3Residency,
            .c6Residency, .c7Residency, .activeFrequencyHertz, Metric("l3_load_misses_per_second"),
            Metric("l3_load_hits_per_second"), Metric("core_c1_residency_ratio"), .memoryReadBytesPerSecond,
            .memoryWriteBytesPerSecond, .packageC2Residency, .packageC6Residency,
        ]
        let scopes: [(Scope, Int)] = [(.system, 16), (.socket(0), 16)] + (0..<16).map { (.core($0), 12) }
        return scopes.flatMap { scope, count in
            metrics.prefix(count).map { Column(metric: $0, scope: scope, source: "msr", quality: .measured) }
        }
    }()
}
