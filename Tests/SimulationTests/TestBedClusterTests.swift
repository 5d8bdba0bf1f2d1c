import Cluster
import Testing
import Topology

@testable import Simulation

@Suite("Simulated cluster")
struct TestBedClusterTests {
    let w01 = NodeName("w01")
    let w02 = NodeName("w02")
    let w03 = NodeName("w03")
    let w04 = NodeName("w04")
    var started: SimulatedCluster { SimulatedCluster(start: .allOnFirstNode(replicas: 8)) }

    @Test("it starts with everything on the first node and is described as the thesis describes its nodes")
    func start() {
        let snapshot = started.snapshot
        #expect(snapshot.nodes.map(\.name) == [w01, w02, w03, w04])
        #expect(snapshot.nodes.map(\.virtualCPUs) == [8, 8, 16, 4])
        #expect(snapshot.assignment == Dictionary(uniqueKeysWithValues: VideoWorkflow.functions.map { ($0, w01) }))
        #expect(
            snapshot.replicas == [
                VideoWorkflow.framer: 1, VideoWorkflow.facedetector: 1, VideoWorkflow.faceanalyzer: 8,
                VideoWorkflow.mobilenet: 8,
            ])
        #expect(started.coldFunctions.isEmpty)
    }

    @Test("moving puts exactly the named functions on the node and makes them cold")
    func move() throws {
        var cluster = started
        try cluster.move(VideoWorkflow.models, to: w03)
        #expect(cluster.placement == VideoPlacement(framer: 0, facedetector: 0, models: 2))
        #expect(cluster.coldFunctions == Set(VideoWorkflow.models))
        cluster.warm()
        #expect(cluster.coldFunctions.isEmpty)
    }

    @Test("moving a function to where it is leaves it warm")
    func moveNowhere() throws {
        var cluster = started
        try cluster.move([VideoWorkflow.framer], to: w01)
        #expect(cluster == started)
    }

    @Test("an unknown node or function is named in the error and nothing moves")
    func unknown() throws {
        var cluster = started
        let node = #expect(throws: ClusterError.self) { try cluster.move([VideoWorkflow.framer], to: NodeName("w09")) }
        #expect(node?.code == .unknownSubject)
        #expect(node?.description.contains("w09") == true)
        let function = #expect(throws: ClusterError.self) {
            try cluster.move([VideoWorkflow.framer, FunctionName("resizer")], to: w02)
        }
        #expect(function?.code == .unknownSubject)
        #expect(function?.description.contains("resizer") == true)
        #expect(cluster == started)
    }

    @Test("scaling the models changes their replicas and the queue workers, and nothing turns cold")
    func scale() throws {
        var cluster = started
        try cluster.scale(VideoWorkflow.models, to: 3)
        #expect(cluster.replicas == 3)
        #expect(cluster.queueWorkers == 3)
        #expect(cluster.coldFunctions.isEmpty)
    }

    @Test("replica counts outside 1 to 8 and functions that do not scale are refused", arguments: [0, -1, 9])
    func scaleRefused(replicas: Int) {
        var cluster = started
        #expect(throws: ClusterError.self) { try cluster.scale(VideoWorkflow.models, to: replicas) }
        #expect(throws: ClusterError.self) { try cluster.scale([VideoWorkflow.framer], to: 2) }
        #expect(cluster == started)
    }

    @Test("native Kubernetes places by requests alone: the framer on the slowest node, which is the emptiest")
    func native() {
        let cluster = SimulatedCluster(start: .native(queueWorkers: 2))
        #expect(
            cluster.placement
                == VideoPlacement(framer: 3, facedetector: 0, faceanalyzer: 0, mobilenet: 1, outputer: 3))
        #expect(cluster.replicas == 1)
        #expect(cluster.queueWorkers == 2)
    }

    @Test("rescheduling counts requests: one framer fits the small node, sixteen model pods go to the large one")
    func reschedule() throws {
        var cluster = started
        #expect(try cluster.reschedule([VideoWorkflow.framer]) == w04)
        #expect(try cluster.reschedule(VideoWorkflow.models) == w03)
        #expect(cluster.placement == VideoPlacement(framer: 3, facedetector: 0, models: 2))
    }
}

@Suite("Kube-scheduler's rule")
struct TestBedKubeSchedulerTests {
    @Test("the node with the largest free share after placing wins")
    func leastAllocated() {
        var scheduler = KubeScheduler(.darly)
        let request = KubeScheduler.Request(cpus: 1, bytes: 1e9)
        #expect(scheduler.choose(for: request) == 3)
        scheduler.bind(request, to: 3)
        #expect(scheduler.choose(for: request) == 0)
    }

    @Test("a node without room for the request is left out")
    func filter() {
        let scheduler = KubeScheduler(.darly)
        #expect(scheduler.choose(for: KubeScheduler.Request(cpus: 3.9, bytes: 1e9)) != 3)
        #expect(scheduler.choose(for: KubeScheduler.Request(cpus: 11, bytes: 1e9)) == 2)
        #expect(scheduler.choose(for: KubeScheduler.Request(cpus: 17, bytes: 1e9)) == nil)
        #expect(scheduler.choose(for: KubeScheduler.Request(cpus: 1, bytes: 40e9)) == nil)
    }

    @Test("of equal nodes the first wins")
    func tie() {
        var parameters = TestBedParameters.darly
        parameters.nodes = [parameters.nodes[0], parameters.nodes[0]]
        #expect(KubeScheduler(parameters).choose(for: KubeScheduler.Request(cpus: 1, bytes: 1e9)) == 0)
    }

    @Test("speed is nothing to it")
    func blindToSpeed() {
        var parameters = TestBedParameters.darly
        parameters.nodes[3].speed = 0.01
        #expect(SimulatedCluster(parameters, start: .native(queueWorkers: 2)).placement.framer == 3)
    }
}
