import Cluster
import Topology
import Wire

/// What is asked about pressure for experiments.
extension CoordinatorResponder {
    /// Puts pressure on a node: `node`, `cpu`, `cache` and `memory` in percent, `seconds`.
    func interfere(_ arguments: inout QueryArguments) async throws -> InterferenceAnswer {
        let control = try interference()
        let node = NodeName(try arguments.string("node"))
        let shares = try ["cpu", "cache", "memory"].map { name in
            try arguments.decimal(name, above: 0, to: 100).map { $0 / 100 } ?? 0
        }
        guard let seconds = try arguments.integer("seconds", in: 1...86_400, default: nil) else {
            throw QueryArguments.BadArgument(sentence: "interfere needs argument seconds")
        }
        try arguments.finish()
        let order: Interference
        do throws(ClusterError) {
            order = try Interference(
                on: node, cpu: shares[0], cache: shares[1], memory: shares[2], seconds: Int(seconds))
        } catch {
            throw QueryArguments.BadArgument(sentence: error.description)
        }
        try await control.press(order)
        note(InterferenceRecord(order))
        return InterferenceAnswer(pressures: try await control.pressures())
    }

    /// What is on the nodes.
    func pressures(_ arguments: inout QueryArguments) async throws -> InterferenceAnswer {
        let control = try interference()
        try arguments.finish()
        return InterferenceAnswer(pressures: try await control.pressures())
    }

    /// Takes pressure away from `node`, or from all nodes.
    func relieve(_ arguments: inout QueryArguments) async throws -> RelievedAnswer {
        let control = try interference()
        let node = arguments.optionalString("node").map { NodeName($0) }
        try arguments.finish()
        let relieved = try await control.relieve(node)
        for node in relieved { note(InterferenceRecord(relieved: node)) }
        return RelievedAnswer(nodes: relieved.map(\.rawValue))
    }

    /// A journal that cannot be written must not keep pressure on a node.
    private func note(_ record: InterferenceRecord) { try? journal?.add(record) }
}

/// An order about pressure on a node, as the journal keeps it.
public struct InterferenceRecord: Hashable, Sendable, Codable {
    /// The node.
    public var node: String
    /// Shares of the node's cores, 0 to 1; all 0 where pressure was taken away.
    public var cpu, cache, memory: Double
    /// How long it was to last, in seconds; 0 where it was taken away.
    public var seconds: Int

    init(_ interference: Interference) {
        node = interference.node.rawValue
        cpu = interference.cpu
        cache = interference.cache
        memory = interference.memory
        seconds = interference.seconds
    }

    init(relieved node: NodeName) {
        self.node = node.rawValue
        (cpu, cache, memory, seconds) = (0, 0, 0, 0)
    }
}

/// What `reeve interfere --list` shows.
public struct InterferenceAnswer: Codable, Sendable {
    /// What is on the nodes.
    public var pressures: [InterferenceRecord]

    init(pressures: [Interference]) { self.pressures = pressures.map { InterferenceRecord($0) } }
}

/// What `reeve interfere --stop` shows.
public struct RelievedAnswer: Codable, Sendable {
    /// The nodes on which there was pressure.
    public var nodes: [String]
}
