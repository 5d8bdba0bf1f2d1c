import Foundation
import Placement
import Synchronization
import Testing

@testable import Experiments

@Suite("A demo's conversation with the coordinator")
struct DemoConversationTests {
    private func conversation(
        _ coordinator: ScriptedCoordinator, note: @escaping @Sendable (String) -> Void = { _ in }
    ) -> DemoConversation {
        DemoConversation(coordinator: coordinator, pause: {}, note: note)
    }

    private func policy(_ state: String, id: Int? = nil, scheduler: String? = nil, mode: String = "training", failure: String? = nil)
        -> ScriptedCoordinator.Answer
    {
        var fields = ["\"state\":\"\(state)\",\"requests\":0,\"served\":0"]
        if let id { fields.append("\"id\":\(id)") }
        if let scheduler { fields.append("\"scheduler\":\"\(scheduler)\",\"mode\":\"\(mode)\"") }
        if let failure { fields.append("\"lastFailure\":\"\(failure)\"") }
        return .json("{\"session\":{\(fields.joined(separator: ","))}}")
    }

    @Test("it waits until as many nodes are known as there are")
    func nodes() async throws {
        let one = #"{"nodes":[{"node":"w01","state":"known"},{"node":"w02","state":"unknown","reason":"old"}]}"#
        let both = #"{"nodes":[{"node":"w01","state":"known"},{"node":"w02","state":"known"}]}"#
        let coordinator = ScriptedCoordinator([.away, .json(#"{"nodes":[]}"#), .json(one), .json(both)])
        try await conversation(coordinator).waitForNodes(2)
        #expect(coordinator.asked.count == 4)
    }

    @Test("a session has begun when it has a number of its own; the world is put into its starting state before the order")
    func start() async throws {
        let coordinator = ScriptedCoordinator([
            policy("exhausted", id: 4, scheduler: "custom"), policy("running", scheduler: "custom"),
            policy("running", scheduler: "custom"), policy("running", id: 90, scheduler: "custom"),
        ])
        var begun: [Int] = []
        let id = try await conversation(coordinator).start(.custom, .training, preset: "reeve", seed: 3, steps: 20) {
            begun.append(coordinator.asked.count)
        }
        #expect(id == 90)
        #expect(begun == [1])
        #expect(coordinator.asked == ["policy", "policy-start preset=reeve scheduler=custom seed=3 steps=20", "policy", "policy"])
    }

    @Test("an order that was lost with the coordinator is given again, from the starting state again")
    func lostOrder() async throws {
        let coordinator = ScriptedCoordinator([
            policy("idle"), .away, policy("idle"), policy("running", scheduler: "fullmap", mode: "frozen"),
            policy("running", id: 7, scheduler: "fullmap", mode: "frozen"),
        ])
        var begun = 0
        let id = try await conversation(coordinator).start(.fullmap, .inference, preset: "reeve", seed: 1, steps: 5) {
            begun += 1
        }
        #expect(id == 7)
        #expect(begun == 2)
        #expect(coordinator.asked.filter { $0.hasPrefix("policy-evaluate") }.count == 2)
    }

    @Test("an order whose answer was lost is not given twice")
    func lostAnswer() async throws {
        let coordinator = ScriptedCoordinator([policy("idle"), .away, policy("running", id: 1, scheduler: "custom")])
        #expect(try await conversation(coordinator).start(.custom, .training, preset: "reeve", seed: 1, steps: 5) {} == 1)
        #expect(coordinator.asked.count == 3)
    }

    @Test("a session that is not possible ends the demo with the coordinator's sentence")
    func impossible() async throws {
        let coordinator = ScriptedCoordinator([
            policy("idle"), policy("running", scheduler: "oracle"), policy("idle", scheduler: "oracle", failure: "no profiles"),
        ])
        let error = await #expect(throws: DemoCoordinatorError.self) {
            _ = try await conversation(coordinator).start(.oracle, .training, preset: "reeve", seed: 1, steps: 5) {}
        }
        #expect("\(try #require(error))".contains("no profiles"))
    }

    @Test("a coordinator that goes away is told of once and waited for")
    func away() async throws {
        let notes = Mutex<[String]>([])
        let coordinator = ScriptedCoordinator([
            policy("running", id: 2, scheduler: "custom"), .away, .away, policy("running", id: 2, scheduler: "custom"),
            policy("exhausted", id: 2, scheduler: "custom"),
        ])
        var looks = 0
        try await conversation(coordinator) { note in notes.withLock { $0.append(note) } }.waitForEnd(of: 2) { _ in looks += 1 }
        #expect(looks == 3)
        #expect(notes.withLock { $0.count } == 2)
    }

    @Test("another session in place of the demo's own ends the demo")
    func replaced() async throws {
        let coordinator = ScriptedCoordinator([policy("running", id: 3, scheduler: "blind")])
        await #expect(throws: DemoCoordinatorError.self) {
            try await conversation(coordinator).waitForEnd(of: 2) { _ in }
        }
    }

    @Test("decisions are read page after page until there are none")
    func decisions() async throws {
        func page(_ sequences: [Int]) -> ScriptedCoordinator.Answer {
            let entries = sequences.map {
                """
                {"sequence":\($0),"session":5,"writtenAtUnixSeconds":1,"record":{"step":\($0),"requestSequence":\($0),\
                "workflow":"video-analytics","targetSeconds":35,"assignment":[],"functionSeconds":[],"latencySeconds":30,\
                "failures":[]}}
                """
            }
            return .json(#"{"decisions":[\#(entries.joined(separator: ","))]}"#)
        }
        let coordinator = ScriptedCoordinator([page([6, 7]), page([9]), page([])])
        let records = try await conversation(coordinator).decisions(of: 5)
        #expect(records.map(\.step) == [6, 7, 9])
        #expect(coordinator.asked.map { $0.components(separatedBy: " ")[1] } == ["after=5", "after=7", "after=9"])
    }
}
