import Logging
import Topology

extension FunctionMapper {
    /// The longest message of an event: what client-go and the server's newer API cut it to (events.k8s.io, note).
    private static let maximumMessageCharacters = 1_000

    /// Tells whoever looks at `functions` (`kubectl describe`) what has become of a change. Nothing depends on whether
    /// it is heard.
    func tell(_ functions: some Sequence<FunctionName>, _ reason: String, _ message: String, isNormal: Bool) async {
        for function in functions.sorted() {
            let subject = EventNote.Subject(
                apiVersion: ResourceKind.deployments.apiVersion, kind: "Deployment", namespace: settings.namespace,
                name: function.rawValue, uid: view(of: function.rawValue).deployment?.metadata.uid)
            let note = EventNote(
                about: subject, reason: reason, message: String(message.prefix(Self.maximumMessageCharacters)),
                isNormal: isNormal)
            do throws(KubernetesError) {
                try await client.record(note, at: wallClock())
            } catch {
                logger.info(
                    "an event cannot be written", metadata: ["function": "\(function)", "error": "\(error)"])
            }
        }
    }
}
