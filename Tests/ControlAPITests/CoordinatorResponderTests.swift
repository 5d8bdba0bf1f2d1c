import ControlAPI
import Foundation
import Measures
import Telemetry
import Testing
import Topology
import Wire

@Suite("The coordinator's answers")
struct CoordinatorResponderTests {
    private func ask(
        _ verb: String, _ arguments: [String: String] = [:], _ parts: CoordinatorResponder.Parts = .init()
    ) async -> Reply.Outcome {
        await CoordinatorResponder(parts: parts, version: "test", time: ManualTime())
            .answer(Query(id: 1, verb: verb, arguments: arguments))
    }

    @Test func `an unknown verb is answered with the known ones`() async {
        guard case .failure(.badRequest, let sentence) = await ask("dance") else {
            Issue.record("no bad request")
            return
        }
        #expect(sentence.contains("dance") && sentence.contains("explain"))
    }

    @Test(arguments: ["nodes", "counters", "interval", "functions", "decisions", "policy", "pause"])
    func `a part that is switched off is not found`(verb: String) async {
        guard case .failure(.notFound, let sentence) = await ask(verb, verb == "counters" ? ["node": "w01"] : [:]) else {
            Issue.record("\(verb) was answered without its part")
            return
        }
        #expect(sentence.contains("section"))
    }

    @Test func `an argument that nobody knows is refused`() async {
        #expect(await ask("status", ["colour": "red"]) == .failure(.badRequest, "status has no argument colour"))
    }

    @Test(arguments: [
        ("policy-start", ["scheduler": "best"], "fullmap"),
        ("policy-start", ["scheduler": "custom", "preset": "best"], "thesis"),
        ("policy-start", ["scheduler": "custom", "steps": "0"], "1"),
        ("policy-start", ["scheduler": "custom", "seed": "-1"], "0"),
    ])
    func `an order that is not possible is refused and changes nothing`(
        verb: String, arguments: [String: String], allowed: String
    ) async {
        var parts = CoordinatorResponder.Parts()
        let control = PlacementControl()
        parts.placement = control
        guard case .failure(.badRequest, let sentence) = await ask(verb, arguments, parts) else {
            Issue.record("the order was taken")
            return
        }
        #expect(sentence.contains(allowed))
        #expect(control.status.session == nil)
    }

    /// A hub that has heard of these nodes, each of which announced 10 ms.
    private func hub(hearing nodes: [String]) -> TelemetryHub {
        let hub = TelemetryHub(settings: TelemetrySettings(), time: ManualTime())
        for node in nodes {
            _ = hub.receive(
                .hello(
                    Hello(
                        node: NodeName(node), incarnation: 7, columns: ColumnTable(version: 1, columns: []),
                        agentVersion: nil, intervalMilliseconds: 10, droppedBatches: 0, oldestSequence: 1)), from: node)
        }
        return hub
    }

    @Test func `an interval is ordered for one node or for all, and told`() async throws {
        var parts = CoordinatorResponder.Parts()
        let hub = hub(hearing: ["w01", "w02"])
        parts.hub = hub
        func rows(_ arguments: [String: String]) async throws -> [String] {
            guard case .json(let json) = await ask("interval", arguments, parts) else { return ["no answer"] }
            let answer = try JSONDecoder().decode(IntervalAnswer.self, from: Data(json))
            return ["\(answer.orderedMilliseconds ?? 0)"]
                + answer.nodes.map { "\($0.node) \($0.orderedMilliseconds ?? 0) \($0.intervalMilliseconds)" }
        }
        #expect(try await rows([:]) == ["0", "w01 0 10", "w02 0 10"])
        #expect(try await rows(["milliseconds": "100"]) == ["100", "w01 100 10", "w02 100 10"])
        #expect(try await rows(["milliseconds": "60000", "node": "w02"]) == ["100", "w02 60000 10"])
        #expect(try await rows([:]) == ["100", "w01 100 10", "w02 60000 10"])
        #expect(hub.intervalOrders[NodeName("w02")] == 60_000 && hub.intervalOrders[NodeName("w09")] == 100)
    }

    @Test(arguments: [
        (["milliseconds": "9"], "10 to 60000"), (["milliseconds": "60001"], "10 to 60000"), (["milliseconds": "x"], "x"),
        (["milliseconds": "100", "node": "w09"], "heard so far is w01"), (["milliseconds": "100", "nod": "w01"], "nod"),
    ])
    func `an interval that cannot be ordered is refused and changes nothing`(
        arguments: [String: String], named: String
    ) async {
        var parts = CoordinatorResponder.Parts()
        let hub = hub(hearing: ["w01"])
        parts.hub = hub
        guard case .failure(_, let sentence) = await ask("interval", arguments, parts) else {
            Issue.record("the order was taken")
            return
        }
        #expect(sentence.contains(named))
        #expect(hub.intervalOrders == IntervalOrders())
    }

    @Test func `nodes tells a silent node as unknown with its reason`() async throws {
        let time = ManualTime()
        let hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        let columns = ColumnTable(
            version: 1, columns: [Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived)])
        _ = hub.receive(
            .hello(
                Hello(
                    node: NodeName("w01"), incarnation: 7, columns: columns, agentVersion: nil, intervalMilliseconds: 10,
                    droppedBatches: 0, oldestSequence: 1)), from: "w01")
        var parts = CoordinatorResponder.Parts()
        parts.hub = hub
        guard case .json(let json) = await ask("nodes", [:], parts) else {
            Issue.record("no answer")
            return
        }
        let answer = try JSONDecoder().decode(NodesAnswer.self, from: Data(json))
        #expect(answer.nodes.map(\.state) == ["unknown"])
        #expect(answer.nodes.first?.metrics.isEmpty == true)
        #expect(answer.nodes.first?.reason?.contains("no sample yet") == true)
    }
}
