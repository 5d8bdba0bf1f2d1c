import Cluster
import Measures
import Testing
import Topology
import Wire

@testable import Simulation

@Suite("World as a state machine")
struct WorldStateTests {
    /// A thousandfold compression: settling takes 8.5 ms.
    static let compression = 1_000.0
    let framer = FunctionName("framer")
    let settled: UInt64 = 8_500_000

    func world() throws -> WorldState<String> {
        let bed = TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1)
        return WorldState(bed: bed, compression: Self.compression)
    }

    func at(_ nanoseconds: UInt64) -> MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }

    /// Asks and returns what is answered at once.
    func ask(
        _ world: inout WorldState<String>, _ kind: WorldRequest.Kind, id: UInt64 = 1, from asker: String = "a",
        at time: UInt64 = 0
    ) -> [WorldReply.Kind] {
        world.receive(WorldRequest(id: id, kind: kind), from: asker, at: at(time)).map(\.reply.kind)
    }

    func failure(_ replies: [WorldReply.Kind]) -> WorldReply.FailureCode? {
        guard replies.count == 1, case .failure(let code, _) = replies[0] else { return nil }
        return code
    }

    @Test("a question where everything is is answered at once, functions by name")
    func observe() throws {
        var world = try world()
        let replies = ask(&world, .observe)
        guard replies.count == 1, case .snapshot(let nodes, let functions) = replies[0] else {
            Issue.record("no snapshot: \(replies)")
            return
        }
        #expect(nodes.map(\.name.rawValue) == ["w01", "w02", "w03", "w04"])
        #expect(functions.map(\.name.rawValue) == ["faceanalyzer", "facedetector", "framer", "mobilenet"])
        #expect(functions.map(\.replicas) == [8, 1, 1, 8])
        #expect(functions.allSatisfy { $0.node == NodeName("w01") })
    }

    @Test("a move is made at once and answered after the compressed settle time")
    func move() throws {
        var world = try world()
        #expect(ask(&world, .move([framer], to: NodeName("w02")), id: 7, at: 100).isEmpty)
        #expect(world.nextDue == at(100 + settled))
        #expect(world.advance(to: at(99 + settled)).answers.isEmpty)
        let answers = world.advance(to: at(100 + settled)).answers
        #expect(answers.map(\.reply) == [WorldReply(id: 7, kind: .moved(to: NodeName("w02")))])
        #expect(world.nextDue == nil)
    }

    @Test("pressure shows on its node beside the scenario's, until its time is over or it is taken away")
    func interference() throws {
        let bed = TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1)
        var world = WorldState<String>(bed: bed, compression: Self.compression)
        let (w01, w02) = (NodeName("w01"), NodeName("w02"))
        func busy(_ node: NodeName) -> Double { bed.hardwareActivity()[node]?.utilisation ?? -1 }
        let (calm, pressedByScenario) = (busy(w02), busy(w01))
        let pressure = WorldPressure(node: w02, cpu: 0.5, l3: 0, memoryBandwidth: 0, seconds: 60)
        #expect(ask(&world, .press(pressure), at: 0) == [.pressures([pressure])])
        #expect(busy(w02) > calm + 0.4)
        #expect(busy(w01) == pressedByScenario)
        var half = pressure
        half.seconds = 30
        #expect(ask(&world, .pressures, at: 30_000_000_000) == [.pressures([half])])
        #expect(world.nextDue == at(60_000_000_000))
        _ = world.advance(to: at(60_000_000_000))
        #expect(busy(w02) == calm && world.nextDue == nil)
        #expect(ask(&world, .pressures) == [.pressures([])])
        _ = ask(&world, .press(pressure))
        _ = ask(&world, .press(WorldPressure(node: w01, cpu: 0, l3: 0.2, memoryBandwidth: 0.1, seconds: 60)))
        #expect(ask(&world, .relieve(w02)) == [.pressures([pressure])])
        #expect(ask(&world, .relieve(w02)) == [.pressures([])])
        #expect(busy(w02) == calm)
        #expect(ask(&world, .relieve(nil)).count == 1)
        #expect(busy(w01) == pressedByScenario)
        #expect(
            failure(ask(&world, .press(WorldPressure(node: NodeName("w09"), cpu: 1, l3: 0, memoryBandwidth: 0, seconds: 1))))
                == .unknownSubject)
    }

    @Test("a move without a node is answered with the cluster's own choice")
    func reschedule() throws {
        var world = try world()
        _ = ask(&world, .move([framer], to: nil))
        guard case .moved(let node)? = world.advance(to: at(settled)).answers.first?.reply.kind else {
            Issue.record("no answer")
            return
        }
        guard case .snapshot(_, let functions)? = ask(&world, .observe).first else { return }
        #expect(functions.first { $0.name == framer }?.node == node)
    }

    @Test("what is not possible is refused at once and changes nothing")
    func impossible() throws {
        var world = try world()
        let before = ask(&world, .observe)
        #expect(failure(ask(&world, .move([framer], to: NodeName("w09")))) == .unknownSubject)
        #expect(failure(ask(&world, .move([FunctionName("other")], to: NodeName("w02")))) == .unknownSubject)
        #expect(failure(ask(&world, .scale([FunctionName("mobilenet")], replicas: 9))) == .refused)
        #expect(failure(ask(&world, .scale([FunctionName("mobilenet")], replicas: .max))) == .refused)
        #expect(failure(ask(&world, .run(sequence: 3))) == .unknownSubject)
        #expect(ask(&world, .observe) == before)
        #expect(world.counts.failures == 5)
        #expect(world.nextDue == nil)
    }

    @Test("a request runs for its compressed latency, and the step goes on when it has ended")
    func run() throws {
        var world = try world()
        #expect(ask(&world, .nextRequest) == [.pending(sequence: 0, workflow: VideoWorkflow.name, targetSeconds: 35)])
        #expect(ask(&world, .nextRequest) == [.pending(sequence: 0, workflow: VideoWorkflow.name, targetSeconds: 35)])
        #expect(ask(&world, .run(sequence: 0), id: 9).isEmpty)
        let due = try #require(world.nextDue)
        #expect(world.advance(to: at(due.nanoseconds - 1)).served == nil)
        let (answers, served) = world.advance(to: due)
        guard case .outcome(let latency, let functions)? = answers.first?.reply.kind else {
            Issue.record("no outcome: \(answers)")
            return
        }
        #expect(answers.map(\.reply.id) == [9])
        #expect(due.nanoseconds == UInt64(latency / Self.compression * 1e9))
        #expect(functions.map(\.name.rawValue) == ["faceanalyzer", "facedetector", "framer", "mobilenet"])
        #expect(served?.request.sequence == 0)
        #expect(served?.outcome.latencySeconds == latency)
        #expect(ask(&world, .nextRequest) == [.pending(sequence: 1, workflow: VideoWorkflow.name, targetSeconds: 35)])
    }

    @Test("a second run is refused while one runs, and a question for the next request waits for the end")
    func oneAtATime() throws {
        var world = try world()
        _ = ask(&world, .run(sequence: 0), id: 1)
        let due = try #require(world.nextDue)
        #expect(failure(ask(&world, .run(sequence: 0), id: 2)) == .refused)
        #expect(ask(&world, .nextRequest, id: 3, from: "successor").isEmpty)
        let answers = world.advance(to: due).answers
        #expect(answers.map(\.asker) == ["a", "successor"])
        #expect(answers.last?.reply == WorldReply(id: 3, kind: .pending(sequence: 1, workflow: VideoWorkflow.name, targetSeconds: 35)))
    }

    @Test("a new beginning gives up what runs and answers everybody who waits")
    func reset() throws {
        var world = try world()
        _ = ask(&world, .move([framer], to: NodeName("w02")), id: 1)
        _ = ask(&world, .run(sequence: 0), id: 2)
        _ = ask(&world, .nextRequest, id: 3)
        let answers = world.reset(to: .native(queueWorkers: 2), scenario: try .thesisTraining())
        #expect(answers.map(\.reply.id) == [1, 2, 3])
        #expect(failure([answers[1].reply.kind]) == .refused)
        #expect(answers[2].reply.kind == .pending(sequence: 0, workflow: VideoWorkflow.name, targetSeconds: 35))
        #expect(world.nextDue == nil)
        #expect(world.advance(to: at(.max)).served == nil)
    }

    @Test("after the last request there are no more")
    func end() throws {
        let bed = TestBed(scenario: try Scenario.thesisInference().scaled(to: 2), start: .allOnFirstNode(replicas: 8), seed: 1)
        var world = WorldState<String>(bed: bed, compression: Self.compression)
        for sequence in UInt64(0)..<2 {
            #expect(ask(&world, .run(sequence: sequence)).isEmpty)
            #expect(world.advance(to: at(.max)).served?.request.sequence == Int(sequence))
        }
        #expect(ask(&world, .nextRequest) == [.noMoreRequests])
        #expect(failure(ask(&world, .run(sequence: 2))) == .unknownSubject)
    }

    @Test("other versions and bytes that are no request are answered with a failure and counted")
    func strangers() throws {
        var world = try world()
        let other = WorldRequest(protocolMajor: WireLimits.protocolMajor + 1, id: 4, kind: .observe)
        let answers = world.receive(other, from: "a", at: at(0)) + world.receiveMalformed(WireError(.malformed, "no"), from: "b")
        #expect(answers.map(\.asker) == ["a", "b"])
        #expect(answers.compactMap { failure([$0.reply.kind]) } == [.refused, .refused])
        #expect(world.counts == .init(malformed: 1, otherVersions: 1, failures: 2))
    }

    @Test("more requests than may be under way are refused")
    func flood() throws {
        var world = try world()
        for id in 0..<UInt64(WorldState<String>.answersUnderWay) {
            #expect(ask(&world, .scale([FunctionName("mobilenet")], replicas: 4), id: id).isEmpty)
        }
        #expect(failure(ask(&world, .observe)) == .refused)
        #expect(world.advance(to: at(settled)).answers.count == WorldState<String>.answersUnderWay)
        #expect(failure(ask(&world, .observe)) == nil)
    }
}
