import Foundation

/// What a Deployment was like before reeve changed it, kept in an annotation on it, so that it can be put back by
/// whoever comes after a coordinator that has died.
struct FoundState: Hashable, Sendable, Codable {
    /// A field that was replaced. Absent stands as null.
    struct Replaced: Hashable, Sendable, Codable {
        /// What stood there.
        var found: JSONValue
        /// What reeve wrote. When something else stands there now, somebody else wrote it, and it is theirs.
        var written: JSONValue

        /// What is to be taken for the field's own value, when `present` stands there.
        func own(present: JSONValue) -> JSONValue { present == written ? found : present }
    }

    /// Which nodes and neighbours the pods want.
    var affinity: Replaced?
    /// How pods are exchanged; kept for as long as a move lasts.
    var strategy: Replaced?
    /// How many pods there shall be.
    var replicas: Replaced?

    /// Whether nothing is to be put back.
    var isEmpty: Bool { affinity == nil && strategy == nil && replicas == nil }

    /// The annotation's text: JSON, always the same for the same state.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Whole numbers, texts and what was itself read from JSON: there is nothing that could not be written.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads the annotation's text; nil when it is none.
    static func read(_ text: String) -> FoundState? {
        try? JSONDecoder().decode(FoundState.self, from: Data(text.utf8))
    }

    init(affinity: Replaced? = nil, strategy: Replaced? = nil, replicas: Replaced? = nil) {
        self.affinity = affinity
        self.strategy = strategy
        self.replicas = replicas
    }
}
