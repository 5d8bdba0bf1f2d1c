import ControlAPI
import Logging
import Wire

/// Who sent a request.
struct Asker: Sendable {
    var role: Role
    /// The address that it came from, if the kernel told.
    var address: String?
}

/// Notes who ordered what: in the log, and in the journal where there is one.
struct OrderBook: Sendable {
    /// What may be long is noted by its length.
    private static let longest = 200

    let journal: DecisionJournal?
    let logger: Logger

    /// Notes that `asker` ordered `verb`, and what came of it.
    func note(_ verb: String, _ arguments: [String: String], by asker: Asker, _ outcome: Reply.Outcome) {
        var failure: String?
        if case .failure(_, let sentence) = outcome { failure = sentence }
        let shown = arguments.mapValues { $0.utf8.count > Self.longest ? "\($0.utf8.count) bytes" : $0 }
        let record = OrderRecord(
            verb: verb, arguments: shown, asker: asker.role.rawValue, way: "http", address: asker.address, failure: failure)
        logger.info(
            "order",
            metadata: [
                "verb": "\(verb)", "arguments": "\(shown)", "by": "\(asker.role.rawValue)",
                "from": "\(asker.address ?? "unknown")", "failure": "\(failure ?? "none")",
            ])
        do {
            try journal?.add(record)
        } catch {
            // What was ordered has been done, and the log has it.
            logger.error("the journal: \(error)", metadata: ["verb": "\(verb)"])
        }
    }
}
