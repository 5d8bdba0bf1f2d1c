public import Logging
public import Wire

/// Notes who ordered what: in the log, and in the journal where there is one.
public struct OrderBook: Sendable {
    /// What may be long is noted by its length.
    private static let longest = 200

    private let journal: DecisionJournal?
    private let logger: Logger

    /// A book in `journal`, and in the log.
    public init(journal: DecisionJournal?, logger: Logger) {
        self.journal = journal
        self.logger = logger
    }

    /// Notes that `asker` ordered `verb` by `way`, and what came of it.
    public func note(
        _ verb: String, _ arguments: [String: String], by asker: String, way: String, address: String?,
        _ outcome: Reply.Outcome
    ) {
        var failure: String?
        if case .failure(_, let sentence) = outcome { failure = sentence }
        let shown = arguments.mapValues { $0.utf8.count > Self.longest ? "\($0.utf8.count) bytes" : $0 }
        let record = OrderRecord(
            verb: verb, arguments: shown, asker: asker, way: way, address: address, failure: failure)
        logger.info(
            "order",
            metadata: [
                "verb": "\(verb)", "arguments": "\(shown)", "by": "\(asker)", "way": "\(way)",
                "from": "\(address ?? "unknown")", "failure": "\(failure ?? "none")",
            ])
        do {
            try journal?.add(record)
        } catch {
            // What was ordered has been done, and the log has it.
            logger.error("the journal: \(error)", metadata: ["verb": "\(verb)"])
        }
    }
}
