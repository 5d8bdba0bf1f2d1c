public import Foundation
import HTTPClient

/// Something worth telling whoever looks at an object (`kubectl describe`).
public struct EventNote: Hashable, Sendable {
    /// The object that it is about.
    public struct Subject: Hashable, Sendable {
        /// Such as "apps/v1".
        public let apiVersion: String
        /// Such as "Deployment".
        public let kind: String
        /// The namespace, which is the event's too.
        public let namespace: String
        /// The name.
        public let name: String
        /// The uid.
        public let uid: String?

        /// An object as described.
        public init(apiVersion: String, kind: String, namespace: String, name: String, uid: String? = nil) {
            self.apiVersion = apiVersion
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.uid = uid
        }
    }

    /// The object that it is about.
    public let subject: Subject
    /// One word in capitals and small letters, such as "Moved".
    public let reason: String
    /// A sentence.
    public let message: String
    /// Whether it is nothing to worry about.
    public let isNormal: Bool

    /// A note as described.
    public init(about subject: Subject, reason: String, message: String, isNormal: Bool = true) {
        self.subject = subject
        self.reason = reason
        self.message = message
        self.isNormal = isNormal
    }
}

extension KubernetesClient {
    /// Writes an event that happened at `moment`; returns the name that the server gave it.
    @discardableResult
    public func record(_ note: EventNote, at moment: Date) async throws(KubernetesError) -> String {
        let subject = note.subject
        var object: JSONValue = [
            "apiVersion": .string(subject.apiVersion), "kind": .string(subject.kind),
            "namespace": .string(subject.namespace),
            "name": .string(subject.name),
        ]
        object["uid"] = subject.uid.map { .string($0) }
        let stamp = JSONValue.string(WallTime.whole(moment))
        let event: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["generateName": .string("\(subject.name)."), "namespace": .string(subject.namespace)],
            "involvedObject": object, "reason": .string(note.reason), "message": .string(note.message),
            "type": note.isNormal ? "Normal" : "Warning", "source": ["component": .string(settings.fieldManager)],
            "firstTimestamp": stamp, "lastTimestamp": stamp, "count": 1,
        ]
        let made = try await create(.events, event, in: subject.namespace, as: MetadataOnly.self)
        return made.metadata.name
    }
}
