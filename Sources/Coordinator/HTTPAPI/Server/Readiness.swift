/// A part of the coordinator, and what keeps it from being ready.
public struct ReadinessCheck: Sendable {
    /// The part's name.
    public let name: String
    private let objection: @Sendable () async -> String?

    /// The check of the part called `name`; `objection` says in a sentence why it is not ready, nil where it is.
    public init(_ name: String, objection: @escaping @Sendable () async -> String?) {
        self.name = name
        self.objection = objection
    }

    func run() async -> Readiness.Part {
        let reason = await objection()
        return Readiness.Part(name: name, isReady: reason == nil, reason: reason)
    }
}

/// Which parts of the coordinator are ready.
struct Readiness: Sendable, Codable {
    struct Part: Sendable, Codable {
        var name: String
        var isReady: Bool
        /// Why it is not; absent where it is.
        var reason: String?
    }

    /// Whether every part is.
    var isReady: Bool
    var parts: [Part]

    static let schema = Schema.of(Readiness.self)

    /// Asks all of `checks` at once, so that the slowest alone decides how long it takes.
    init(_ checks: [ReadinessCheck]) async {
        parts = await withTaskGroup(of: (Int, Part).self) { group in
            for (index, check) in checks.enumerated() { group.addTask { (index, await check.run()) } }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted { $0.0 < $1.0 }.map(\.1)
        isReady = parts.allSatisfy(\.isReady)
    }
}
