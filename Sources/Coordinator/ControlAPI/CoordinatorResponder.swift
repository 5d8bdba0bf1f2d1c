import FoundationEssentials
public import Telemetry
public import Wire

/// Answers the verbs of the operator's command from the coordinator's state.
public struct CoordinatorResponder: QueryResponder {
    private let hub: TelemetryHub?

    /// A responder over whatever parts this coordinator runs; nil for a part that is switched off.
    public init(hub: TelemetryHub?) {
        self.hub = hub
    }

    /// The answer to `query`; an unknown verb is answered with the known ones.
    public func answer(_ query: Query) async -> Reply.Outcome {
        switch query.verb {
        case "nodes": nodes()
        default: .failure(.badRequest, "unknown verb \(query.verb): allowed is nodes")
        }
    }

    private func nodes() -> Reply.Outcome {
        guard let hub else { return .failure(.notFound, "this coordinator takes no telemetry: its configuration has no such section") }
        let (state, now) = hub.snapshot()
        return json(NodesAnswer(state: state, at: now))
    }

    private func json(_ answer: some Encodable) -> Reply.Outcome {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            return .json(Array(try encoder.encode(answer)))
        } catch {
            return .failure(.failed, "the answer could not be written as JSON: \(error)")
        }
    }
}
