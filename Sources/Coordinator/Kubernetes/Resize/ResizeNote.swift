import Foundation

/// What a pod's container had before it was resized, kept in an annotation on the pod: a resize outlives whoever ordered
/// it, and whoever comes after a coordinator that has died puts it back from this.
struct ResizeNote: Hashable, Sendable, Codable {
    /// Who has resized it.
    var by: String
    /// The container's name in its pod.
    var container: String
    /// What stood there of that which was changed.
    var found: Pod.Resources
    /// What was written. When something else stands there now, somebody else wrote it, and it is theirs.
    var granted: Pod.Resources

    /// The annotation's text: JSON, always the same for the same note.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and quantities: there is nothing that could not be written.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads the annotation's text; nil when it is none.
    static func read(_ text: String) -> ResizeNote? {
        try? JSONDecoder().decode(ResizeNote.self, from: Data(text.utf8))
    }

    /// What is to be done about the container as `pod` has it.
    enum Remedy: Hashable {
        /// It has what was written: what was found is to be put back.
        case putBack
        /// It has what was found already.
        case nothing
        /// Somebody else has changed it since, or it is no more.
        case leave
    }

    func remedy(in pod: ResizablePod) -> Remedy {
        guard let present = pod.container(container)?.resources else { return .leave }
        if present.includes(found) { return .nothing }
        return present.includes(granted) ? .putBack : .leave
    }
}
