import Cluster
import Testing
import Topology

@testable import Simulation

@Suite("Test bed")
struct TestBedTests {
    let nodes = TestBedParameters.darly.nodes.map(\.name)

    func bed(seed: UInt64 = 1) throws -> TestBed {
        TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: seed)
    }

    func latencies(_ bed: TestBed) async throws -> [Double] {
        var all: [Double] = []
        while let request = try await bed.nextRequest() {
            _ = try await bed.freshWindow(of: nodes)
            all.append(try await bed.run(request).latencySeconds)
        }
        return all
    }

    @Test("the same seed gives the same latencies and windows, another seed others")
    func seeds() async throws {
        let (first, again, other) = (try bed(seed: 5), try bed(seed: 5), try bed(seed: 6))
        #expect(try await first.freshWindow(of: nodes) == again.freshWindow(of: nodes))
        let repeated = try await latencies(first)
        #expect(try await latencies(again) == repeated)
        #expect(try await latencies(other) != repeated)
    }

    @Test("reading windows does not change the latencies that follow")
    func independentNoise() async throws {
        let withWindows = try await latencies(bed())
        let unread = try bed()
        var without: [Double] = []
        while let served = unread.serveNext() { without.append(served.outcome.latencySeconds) }
        #expect(withWindows == without)
    }

    @Test("measurements scatter around the model by the stated share")
    func noise() throws {
        let calm = [Pressure](repeating: .none, count: 4)
        let phase = Scenario.Phase(steps: 4000, target: try LatencyTarget(seconds: 26), pressure: calm)
        let bed = TestBed(
            scenario: Scenario(name: "calm", phases: [phase]), start: .allOnFirstNode(replicas: 8), seed: 1)
        let expected = bed.model.latencySeconds(placement: VideoPlacement(all: 0), replicas: 8, pressure: calm)
        var errors: [Double] = []
        while let served = bed.serveNext() { errors.append(served.outcome.latencySeconds / expected - 1) }
        #expect(errors.count == 4000)
        let mean = errors.reduce(0, +) / 4000
        let deviation = (errors.reduce(0) { $0 + $1 * $1 } / 4000).squareRoot()
        #expect(abs(mean) < 0.0005)
        #expect(abs(deviation - TestBedParameters.darly.latencyNoise) < 0.0005)
    }

    @Test("the request stays the same until it is served, then the next one comes, and none after the last")
    func sequence() async throws {
        let bed = try bed()
        for step in 0..<250 {
            let request = try #require(try await bed.nextRequest())
            #expect(try await bed.nextRequest() == request)
            #expect(request.sequence == step)
            #expect(request.target.seconds == (step < 150 ? 35 : 26))
            _ = try await bed.run(request)
        }
        #expect(try await bed.nextRequest() == nil)
        #expect(bed.serveNext() == nil)
        #expect(try await bed.freshWindow(of: nodes).count == 4)
    }

    @Test("a request that is not the present one is refused and nothing is served")
    func foreignRequest() async throws {
        let bed = try bed()
        let present = try #require(try await bed.nextRequest())
        let foreign = WorkflowRequest(sequence: 3, workflow: present.workflow, target: present.target)
        await #expect(throws: ClusterError.self) { try await bed.run(foreign) }
        #expect(try await bed.nextRequest() == present)
    }

    @Test("the request after a move pays for the cold start that settling did not cover, the next one does not")
    func coldStart() async throws {
        func pair(settleSeconds: Double) async throws -> (first: Double, second: Double) {
            var parameters = TestBedParameters.darly
            parameters.latencyNoise = 0
            let bed = TestBed(
                scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1, parameters: parameters,
                settleSeconds: settleSeconds)
            try await bed.move([VideoWorkflow.facedetector], to: nodes[1])
            let first = try #require(bed.serveNext()).outcome.latencySeconds
            return (first, try #require(bed.serveNext()).outcome.latencySeconds)
        }
        let covered = try await pair(settleSeconds: TestBed.thesisSettleSeconds)
        #expect(covered.first == covered.second)
        let partly = try await pair(settleSeconds: 2)
        #expect(partly.second == covered.second)
        #expect(abs(partly.first - partly.second - (TestBedParameters.darly.coldStartSeconds - 2)) < 1e-9)
    }

    @Test("a window holds the six metrics, all present, for known nodes, and says why another is unknown")
    func window() async throws {
        let stranger = NodeName("w09")
        let window = try await bed().freshWindow(of: nodes + [stranger])
        for node in nodes {
            for metric in Metric.schedulingState { #expect(window[node]?.value(metric) != nil) }
            let c0 = try #require(window[node]?.value(.c0Residency))
            let c1 = try #require(window[node]?.value(.c1Residency))
            #expect(c0 >= 0 && c1 >= 0 && c0 + c1 <= 1)
        }
        guard case .unknown(let reason) = try #require(window[stranger]) else {
            Issue.record("a node that does not exist is known")
            return
        }
        #expect(reason.contains("w09"))
    }

    @Test("resetting goes back to the start state and to the first step")
    func reset() async throws {
        let bed = try bed()
        try await bed.move(VideoWorkflow.models, to: nodes[2])
        _ = bed.serveNext()
        bed.reset(to: .allOnFirstNode(replicas: 4), scenario: try .thesisTraining())
        #expect(try await bed.nextRequest()?.sequence == 0)
        let snapshot = try await bed.observe()
        #expect(snapshot.assignment.values.allSatisfy { $0 == nodes[0] })
        #expect(snapshot.replicas[VideoWorkflow.mobilenet] == 4)
    }

    @Test("actions through the protocol reach the cluster, refusals leave it")
    func actions() async throws {
        let bed = try bed()
        try await bed.move([VideoWorkflow.framer], to: nodes[1])
        try await bed.scale(VideoWorkflow.models, to: 5)
        let chosen = try await bed.reschedule([VideoWorkflow.facedetector])
        let snapshot = try await bed.observe()
        #expect(snapshot.assignment[VideoWorkflow.framer] == nodes[1])
        #expect(snapshot.assignment[VideoWorkflow.facedetector] == chosen)
        #expect(snapshot.replicas[VideoWorkflow.faceanalyzer] == 5)
        await #expect(throws: ClusterError.self) { try await bed.scale(VideoWorkflow.models, to: 9) }
        #expect(try await bed.observe() == snapshot)
    }
}
