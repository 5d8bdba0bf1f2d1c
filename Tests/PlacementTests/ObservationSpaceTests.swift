import Placement
import Testing
import Topology

@Suite struct ObservationSpaceTests {
    @Test func theThesisTopologyMakes35NamedEntries() throws {
        let space = ObservationSpace(try World.topology())
        #expect(space.count == 35)
        #expect(Set(space.names).count == 35)
        #expect(space.names[0] == "w01 instructions_per_cycle")
        #expect(space.names[23] == "w04 c1_residency_ratio")
        #expect(space.names[24...27] == [
            "location of framer", "location of facedetector", "location of faceanalyzer", "location of mobilenet",
        ])
        #expect(space.names[28...] == [
            "functions on w01", "functions on w02", "functions on w03", "functions on w04", "replicas",
            "latency target", "last latency",
        ])
    }

    @Test(arguments: [1, 2, 3, 7, 40]) func theLayoutFollowsTheNumberOfNodes(count: Int) throws {
        let nodes = (0..<count).map { NodeName("n\($0)") }
        let space = ObservationSpace(try World.topology(nodes: nodes))
        #expect(space.count == 6 * count + 4 + count + 3)
        let observation = space.observe(try World.state())
        #expect(observation.values.count == space.count)
    }

    @Test func eachPartIsScaledAsDocumented() throws {
        let space = ObservationSpace(try World.topology())
        let snapshot = World.snapshot(framer: "w03", detector: "w02", models: "w01", replicas: 2)
        let seen = space.observe(try World.state(snapshot, targetSeconds: 30, lastLatencySeconds: 15))
        #expect(seen.absent.isEmpty)
        // 1 of 4 per cycle; 10 of 60 and of 30 GB/s and 100 of 400 million misses by their roots; half of the time.
        let read = 20 * (1 / 6.0 as Float).squareRoot(), written = 20 * (1 / 3.0 as Float).squareRoot()
        let expected: [Float] = [5, read, written, 10, 10, 10]
        for (value, expected) in zip(seen.values, expected) { #expect(abs(value - expected) < 1e-5) }
        #expect(Array(seen.values[24..<28]) == [15, 10, 5, 5])
        #expect(Array(seen.values[28..<32]) == [10, 5, 5, 0])
        #expect(Array(seen.values[32..<35]) == [5, 10, 5])
    }

    @Test func valuesBeyondFullScaleAreCutOff() throws {
        let space = ObservationSpace(try World.topology())
        let seen = space.observe(try World.state(targetSeconds: 1e9, lastLatencySeconds: 1e9))
        #expect(seen.values[33...] == [20, 20])
        #expect(seen.values.allSatisfy { (0...20).contains($0) })
    }

    @Test func anUnknownNodeLooksFullyPressedAndNeverIdle() throws {
        let space = ObservationSpace(try World.topology())
        let seen = space.observe(try World.state(unknown: [NodeName("w02")]))
        // IPC and C1 fall under pressure, traffic, misses and C0 rise.
        #expect(Array(seen.values[6..<12]) == [0, 20, 20, 20, 20, 0])
        #expect(seen.absent == [6, 7, 8, 9, 10, 11])
    }

    @Test(arguments: [nil, -1, Double.nan, .infinity] as [Double?])
    func aMetricWithoutAUsableValueLooksFullyPressed(value: Double?) throws {
        let space = ObservationSpace(try World.topology())
        let seen = space.observe(try World.state(c0: [value, 0.4, 0.3, 0.2]))
        #expect(seen.values[4] == 20)
        #expect(seen.absent.contains(4))
        #expect(!seen.absent.contains(10))
    }

    @Test func whatTheClusterDoesNotTellIsAbsent() throws {
        let space = ObservationSpace(try World.topology())
        let snapshot = World.snapshot(framer: nil, models: "elsewhere", replicas: nil)
        let seen = space.observe(try World.state(snapshot, lastLatencySeconds: nil))
        #expect(seen.absent == [24, 26, 27, 32, 34])
        #expect(Array(seen.values[24..<33]) == [0, 5, 0, 0, 5, 0, 0, 0, 0])
        #expect(seen.values[34] == 20)
    }
}
