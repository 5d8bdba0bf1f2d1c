import Cluster
import ControlAPI
import Foundation
import Measures
import Synchronization
import Testing
import Topology
import Wire

/// Remembers what is asked for; has the nodes w01 and w02.
private final class PressedNodes: InterferenceControl {
    private let present = Mutex<[NodeName: Interference]>([:])

    func press(_ interference: Interference) async throws {
        guard ["w01", "w02"].contains(interference.node.rawValue) else {
            throw ClusterError(.unknownSubject, "there is no node \(interference.node)")
        }
        present.withLock { $0[interference.node] = interference }
    }

    func pressures() async throws -> [Interference] {
        present.withLock { $0.values.sorted { $0.node < $1.node } }
    }

    func relieve(_ node: NodeName?) async throws -> [NodeName] {
        present.withLock { present in
            let relieved = present.keys.filter { node == nil || $0 == node }.sorted()
            for node in relieved { present[node] = nil }
            return relieved
        }
    }
}

@Suite("Orders about pressure on nodes")
struct InterferenceVerbTests {
    private let responder: CoordinatorResponder

    init() {
        var parts = CoordinatorResponder.Parts()
        parts.interference = PressedNodes()
        responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
    }

    private func ask(_ verb: String, _ arguments: [String: String] = [:]) async -> Reply.Outcome {
        await responder.answer(Query(id: 1, verb: verb, arguments: arguments))
    }

    private func read<Answer: Decodable>(_ outcome: Reply.Outcome, as type: Answer.Type) throws -> Answer {
        guard case .json(let json) = outcome else { throw Unanswered(outcome: outcome) }
        return try JSONDecoder().decode(type, from: Data(json))
    }

    private struct Unanswered: Error { let outcome: Reply.Outcome }

    @Test func `pressure is put on, listed and taken away`() async throws {
        let first = ["node": "w02", "cpu": "50", "seconds": "600"]
        _ = try read(await ask("interfere", first), as: InterferenceAnswer.self)
        let second = ["node": "w01", "cache": "25", "memory": "12.5", "seconds": "60"]
        let both = try read(await ask("interfere", second), as: InterferenceAnswer.self)
        #expect(both.pressures.map(\.node) == ["w01", "w02"])
        #expect(both.pressures.map(\.cpu) == [0, 0.5] && both.pressures.map(\.cache) == [0.25, 0])
        #expect(both.pressures.map(\.memory) == [0.125, 0] && both.pressures.map(\.seconds) == [60, 600])
        #expect(try read(await ask("interference-stop", ["node": "w02"]), as: RelievedAnswer.self).nodes == ["w02"])
        #expect(try read(await ask("interference"), as: InterferenceAnswer.self).pressures.map(\.node) == ["w01"])
        #expect(try read(await ask("interference-stop"), as: RelievedAnswer.self).nodes == ["w01"])
        #expect(try read(await ask("interference-stop"), as: RelievedAnswer.self).nodes.isEmpty)
    }

    @Test(arguments: [
        (["cpu": "50", "seconds": "60"], Reply.Code.badRequest, "interfere needs argument node"),
        (["node": "w01", "cpu": "50"], .badRequest, "interfere needs argument seconds"),
        (["node": "w01", "seconds": "60"], .badRequest, "there is no pressure to put on w01"),
        (["node": "w01", "cpu": "150", "seconds": "60"], .badRequest, "interfere's cpu is \"150\""),
        (["node": "w01", "cpu": "50", "seconds": "60", "gpu": "1"], .badRequest, "interfere has no argument gpu"),
        (["node": "w09", "cpu": "50", "seconds": "60"], .failed, "there is no node w09"),
    ])
    func `what cannot be done is told in one sentence`(
        arguments: [String: String], code: Reply.Code, beginning: String
    ) async throws {
        guard case .failure(let told, let sentence) = await ask("interfere", arguments) else {
            Issue.record("it was done")
            return
        }
        #expect(told == code)
        #expect(sentence.hasPrefix(beginning), "\(sentence)")
        #expect(try read(await ask("interference"), as: InterferenceAnswer.self).pressures.isEmpty)
    }

    @Test func `a coordinator without a cluster says so`() async throws {
        let bare = CoordinatorResponder(parts: .init(), version: "test", time: SystemTime())
        guard case .failure(.notFound, let sentence) = await bare.answer(Query(id: 1, verb: "interference", arguments: [:]))
        else {
            Issue.record("it was answered")
            return
        }
        #expect(sentence.hasSuffix("its configuration has no section cluster"))
    }
}
