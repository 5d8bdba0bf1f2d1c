/// What a stream of events can tell: the answers to a few verbs that change by themselves.
enum LiveTopic: String, Sendable, CaseIterable {
    case status
    case nodes
    case values
    case policy
    case harvest
    case functions
    case decisions
    case requests
    case timeline
    case interference
    case runs
    case routes

    /// The verb of the query socket whose answer it is.
    var verb: String { self == .runs ? "run-list" : rawValue }

    /// The names of all topics.
    static var list: String { allCases.map(\.rawValue).joined(separator: ",") }

    /// The topics in a list with commas between; all for nil. Throws `Problem` for a name that is none.
    static func parse(_ list: String?) throws(Problem) -> [LiveTopic] {
        guard let list else { return allCases }
        var topics: [LiveTopic] = []
        for name in list.split(separator: ",") {
            guard let topic = LiveTopic(rawValue: String(name)) else {
                throw .badRequest("there is no topic \(name.prefix(100)): allowed is \(Self.list)")
            }
            if !topics.contains(topic) { topics.append(topic) }
        }
        guard !topics.isEmpty else { throw .badRequest("topics names none: allowed is \(Self.list)") }
        return topics
    }
}
