import Measures
import Testing
import Topology

@testable import Routing

@Suite("Cost-aware")
struct CostAwareTests {
    static let lists = ["f": ["a", "b"], "g": ["c"], "h": ["a", "b", "d"]]

    /// A router over workers at these addresses, on these nodes where any are given.
    static func router(
        _ hosts: [String], nodes: [String] = [], cores: Double? = nil, balancer: CostAware = CostAware()
    ) throws -> Router {
        var fleet = Fleet()
        for (index, host) in hosts.enumerated() {
            fleet.add(
                try WorkerSpecification(
                    address: try WorkerAddress("\(host):\(8_000 + index)"), cores: cores,
                    node: nodes.isEmpty ? nil : NodeName(nodes[index])))
        }
        return Router(state: RoutingState(fleet: fleet, registry: registry(lists)), balancer: balancer)
    }

    static func send(_ router: inout Router, _ function: String, at instant: MonotonicInstant) -> (Int, RequestToken)? {
        guard
            case .send(let sent, let address) = router.arrive(Invocation(function: FunctionName(function)), at: instant)
        else { return nil }
        return (address.port - 8_000, sent.token)
    }

    @Test func `workers of one host share its cores, so packages are installed once`() throws {
        var router = try Self.router(["m", "m", "m"])
        for _ in 0..<5 { #expect(Self.send(&router, "f", at: at(0))?.0 == 0) }
        #expect(Self.send(&router, "g", at: at(0))?.0 == 0 || Self.send(&router, "g", at: at(0))?.0 == 1)
    }

    @Test func `a node named for workers outweighs their addresses`() throws {
        var router = try Self.router(["a", "b"], nodes: ["n", "n"])
        #expect(Self.send(&router, "f", at: at(0))?.0 == 0)
        #expect(
            Self.send(&router, "h", at: at(0))?.0 == 0, "the node's queue is the same for both; only d is missing here")
    }

    @Test func `with cores of their own, other packages go where nothing is being installed`() throws {
        var router = try Self.router(["a", "b", "c"])
        #expect(Self.send(&router, "f", at: at(0))?.0 == 0)
        #expect(Self.send(&router, "g", at: at(0))?.0 == 1)
        #expect(Self.send(&router, "f", at: at(0.1))?.0 == 2, "waiting for an installation costs as long as making one")
    }

    @Test func `what is nearly installed is worth waiting for`() throws {
        var router = try Self.router(["a", "b"])
        #expect(Self.send(&router, "f", at: at(0))?.0 == 0)
        // Two installs of 1 s and a service of 0.1 s were expected; 0.6 s of it is left.
        #expect(Self.send(&router, "f", at: at(1.5))?.0 == 0)
    }

    @Test func `a warm worker is preferred until its queue is longer than an installation`() throws {
        var router = try Self.router(["a", "b"])
        let first = try #require(Self.send(&router, "f", at: at(0)))
        _ = router.end(first.1, .succeeded, at: at(2.1))
        var workers: [Int] = []
        for _ in 0..<60 { workers.append(try #require(Self.send(&router, "f", at: at(10))).0) }
        let turning = try #require(workers.firstIndex(of: 1))
        #expect(turning >= 3 && workers.prefix(turning).allSatisfy { $0 == 0 })
    }

    @Test func `a failed request leaves nothing behind, neither packages nor queue`() throws {
        var router = try Self.router(["a", "b"])
        let first = try #require(Self.send(&router, "f", at: at(0)))
        _ = router.end(first.1, .workerFailed, at: at(0.1))
        let worker = router.state.fleet.workers[0].id
        #expect(router.state.presence.absent(of: [PackageID(0), PackageID(1)], at: worker).count == 2)
        #expect(Self.send(&router, "f", at: at(0.1))?.0 == 0)
    }

    @Test func `a node that others keep busy is avoided while telemetry says so`() throws {
        var calm = try Self.router(["a", "b"], nodes: ["n1", "n2"], cores: 4)
        calm.observe(NodeHardware(logicalCPUs: 4, busyShare: 1), of: NodeName("n1"))
        let first = try #require(Self.send(&calm, "g", at: at(0)))
        #expect(first.0 == 0, "an idle queue costs nothing, whatever the node does")
        let second = try #require(Self.send(&calm, "g", at: at(0)))
        #expect(second.0 == 1)
        calm.observe(nil, of: NodeName("n1"))
        #expect(calm.state.hardware.isEmpty)
    }

    @Test func `hardware that is not known is nil, never idle`() {
        #expect(NodeHardware(logicalCPUs: 4, metrics: .unknown(reason: "silent")).busyShare == nil)
        #expect(NodeHardware(logicalCPUs: nil, busyShare: 0.5).busyCPUs == nil)
        #expect(NodeHardware(logicalCPUs: 4, busyShare: 0.5).busyCPUs == 2)
    }
}

@Suite("What cost-aware learns")
struct LearntTimesTests {
    @Test func `install times converge on what requests took`() {
        let truth = [300.0, 2_000, 700]
        var times = LearntTimes(CostSettings())
        let function = FunctionName("f")
        #expect(times.install(PackageID(0)) == 1_000, "before anything is known")
        times.learnService(function, milliseconds: 100)
        for _ in 0..<200 {
            for subset in [[0, 1], [1, 2], [0, 2], [0]] {
                times.learnInstalls(
                    subset.map { PackageID($0) }, of: function,
                    milliseconds: 100 + subset.reduce(0) { $0 + truth[$1] })
            }
        }
        for (package, cost) in truth.enumerated() { #expect(abs(times.install(PackageID(package)) - cost) < 1) }
        #expect(abs(times.install(PackageID(9)) - 1_000) < 1, "a package never seen costs the mean: 3000 / 3")
    }

    @Test func `service times are each function's own, and the mean's where there is none`() {
        var times = LearntTimes(CostSettings())
        #expect(times.service(FunctionName("f")) == 100)
        times.learnService(FunctionName("f"), milliseconds: 40)
        #expect(times.service(FunctionName("f")) == 40 && times.service(FunctionName("g")) == 40)
        times.learnService(FunctionName("g"), milliseconds: 80)
        #expect(times.service(FunctionName("f")) == 40 && times.service(FunctionName("g")) == 80)
        #expect(times.service(FunctionName("h")) == 50)
    }

    @Test(arguments: [1.0, 2, 4])
    func `cores are learnt from requests that overlap`(cores: Double) throws {
        // Eight warm requests at once, which take 100 ms each on a core of their own.
        var load = MachineLoad()
        var now = 0.0
        var believed = 1.0
        for _ in 0..<100 {
            load.flow(until: at(now), cores: believed)
            let stays = (0..<8).map { _ in load.enter(work: 100, isCold: false) }
            let seconds = 0.1 * 8 / cores
            now += seconds
            load.flow(until: at(now), cores: believed)
            for (index, stay) in stays.enumerated() {
                let (crowd, allWarm) = load.leave(stay, after: seconds * 1_000)
                #expect(allWarm && (index > 0 || abs(crowd - 8) < 1e-6))
                load.learnCores(crowd: crowd, slowdown: 8 / cores, from: 1, rate: 0.25)
            }
            believed = load.measuredCores ?? 1
            #expect(load.requests == 0 && load.backlog == 0)
            now += 1
        }
        #expect(abs(believed - cores) < 0.05)
    }

    @Test func `a cold request in between spoils the evidence`() {
        var load = MachineLoad()
        load.flow(until: at(0), cores: 1)
        let warm = load.enter(work: 100, isCold: false)
        let cold = load.enter(work: 5_000, isCold: true)
        load.flow(until: at(1), cores: 1)
        #expect(load.backlog == 4_100)
        #expect(load.leave(warm, after: 1_000).allWarm == false)
        #expect(load.backlog == 4_100, "never more than what is still there brought")
        #expect(load.leave(cold, after: 1_000).crowd == 2)
        #expect(load.backlog == 0)
    }
}
