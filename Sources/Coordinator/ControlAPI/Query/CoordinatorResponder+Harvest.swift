import Measures
import Telemetry

/// What is lent to whom, and what was.
extension CoordinatorResponder {
    func harvest(_ arguments: inout QueryArguments) throws -> HarvestAnswer {
        let board = try part(parts.harvest, "harvesting")
        let name = arguments.optionalString("node")
        try arguments.finish()
        let node = try name.map { name in try self.node(name, in: hub().snapshot().state).node }
        return HarvestAnswer(board, of: node, at: time.now)
    }

    func harvestHistory(_ arguments: inout QueryArguments) throws -> HarvestHistoryAnswer {
        _ = try part(parts.harvest, "harvesting")
        let journal = try part(parts.journal, "store")
        let limit = Int(try arguments.integer("limit", in: 1...2_000, default: 20) ?? 20)
        let after = try arguments.integer("after", in: 0...Int64.max, default: nil)
        return HarvestHistoryAnswer(
            entries: try journal.harvest(after: after, limit: limit, node: arguments.optionalString("node")))
    }
}
