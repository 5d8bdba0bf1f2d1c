public import Wire

extension Query {
    /// The verbs that only ask. A verb that stands nowhere in this list is an order: one that is forgotten is refused to
    /// too many, and not allowed to too many.
    private static let questions: Set<String> = [
        "status", "nodes", "counters", "containers", "leases", "harvest", "harvest-history", "functions", "decisions",
        "explain", "policy", "run-list", "run-result", "interference", "routes", "route-functions", "orders",
        "history", "values", "requests", "timeline",
    ]

    /// Whether it is to change something, rather than to learn something. A verb that nobody knows changes nothing.
    public var isOrder: Bool {
        // Without a value the interval is asked for.
        if verb == "interval" { return arguments["milliseconds"] != nil }
        return !Self.questions.contains(verb) && CoordinatorResponder.verbs.contains(verb)
    }
}
