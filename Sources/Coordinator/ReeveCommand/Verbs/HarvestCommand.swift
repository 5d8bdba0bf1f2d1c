import ArgumentParser
import ControlAPI
import Reports

/// `reeve harvest`: whose idle resources are lent to whom.
struct HarvestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "harvest", abstract: "Show who lends idle resources to whom, and what has gone back and why.",
        discussion: """
            CPU is in millicores, memory in MiB. Containers lend what they hardly use below their users' limits, and \
            borrow what others lend; each limit is the user's again when its lease is over, or sooner when the owner's \
            use comes near it.
            """)

    @Option(help: "The node; all nodes if none is given.")
    var node: String?

    @Flag(help: "Show what has happened, from the journal.")
    var history = false

    @Option(help: "With --history: how many records to show, 1 to 2000; the newest unless --after is given.")
    var limit = 20

    @Option(help: "With --history: show the records after this one.")
    var after: Int64?

    @OptionGroup var query: QueryOptions

    func run() async throws {
        var arguments: [String: String] = [:]
        arguments["node"] = node
        guard history else {
            try query.ask("harvest", arguments, as: HarvestAnswer.self) { HarvestText.text(of: $0) }
            return
        }
        arguments["limit"] = "\(limit)"
        arguments["after"] = after.map(String.init)
        try query.ask("harvest-history", arguments, as: HarvestHistoryAnswer.self) { HarvestHistoryText.text(of: $0) }
    }
}
