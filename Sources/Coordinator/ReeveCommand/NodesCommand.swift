import ArgumentParser

/// `reeve nodes`: the agents that are heard, and what their nodes do now.
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Show the nodes that are heard, and what they do now.")

    @OptionGroup var query: QueryOptions

    private struct Answer: Decodable {
        struct Node: Decodable {
            var node: String
            var state: String
            var reason: String?
            var ageSeconds: Double?
            var metrics: [String: Double]
        }
        var nodes: [Node]
    }

    func run() async throws {
        try query.ask("nodes", as: Answer.self) { answer in
            answer.nodes.map { "\($0.node) \($0.state) \($0.ageSeconds ?? -1) \($0.metrics)\n" }.joined()
        }
    }
}
