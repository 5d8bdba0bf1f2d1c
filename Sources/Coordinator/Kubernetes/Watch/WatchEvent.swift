import Foundation

/// One line of a watch.
enum WatchEvent<Object: KubernetesObject>: Sendable {
    /// The object is there, in this state.
    case present(Object)
    /// The object is gone, or does not match any more; this was its last state.
    case gone(Object)
    /// Nothing happened up to this version.
    case bookmark(version: String)
    /// The server will not go on.
    case refusal(KubernetesError)

    /// Reads a line. Throws `KubernetesError` when it is no such thing.
    init(line: some Sequence<UInt8>, subject: String) throws(KubernetesError) {
        do {
            self = try JSONDecoder().decode(WatchLine<Object>.self, from: Data(line)).event(subject)
        } catch {
            throw KubernetesError(
                .invalidAnswer, "\(subject): an event cannot be read: \(KubernetesClient.words(error))")
        }
    }
}

/// A line of a watch as it is written.
private struct WatchLine<Object: KubernetesObject>: Decodable {
    let event: (String) -> WatchEvent<Object>

    private enum CodingKeys: CodingKey {
        case type, object
    }

    /// A bookmark's object has nothing but the version.
    private struct Bookmark: Decodable {
        struct Metadata: Decodable {
            let resourceVersion: String
        }
        let metadata: Metadata
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "ADDED", "MODIFIED":
            let object = try container.decode(Object.self, forKey: .object)
            event = { _ in .present(object) }
        case "DELETED":
            let object = try container.decode(Object.self, forKey: .object)
            event = { _ in .gone(object) }
        case "BOOKMARK":
            let version = try container.decode(Bookmark.self, forKey: .object).metadata.resourceVersion
            event = { _ in .bookmark(version: version) }
        case "ERROR":
            let status = try container.decode(StatusObject.self, forKey: .object)
            event = { .refusal(status.error(about: $0, status: status.code ?? 500)) }
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "no such type of event is known")
        }
    }
}
