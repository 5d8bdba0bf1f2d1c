import Measures
import Routing
import Testing
import Topology

/// What holds for every balancer in the list.
@Suite("Every balancer")
struct BalancerEdgeTests {
    static let names = BalancerEntry.all.map(\.name)

    @Test func `names are told apart and unknown ones refused with those there are`() {
        #expect(Set(Self.names).count == Self.names.count)
        #expect {
            try BalancerEntry.named("pkg-aware")
        } throws: { error in
            Self.names.allSatisfy("\(error)".contains)
        }
    }

    @Test(arguments: names)
    func `without workers a request is refused`(name: String) throws {
        var bench = try Bench(name, weights: [])
        #expect(
            bench.router.arrive(Invocation(function: FunctionName("f")), at: at(0))
                == .refuse(Refusal(reason: .noWorkers, retryAfterSeconds: 1)))
    }

    @Test(arguments: names)
    func `an empty registry and an unknown function are served`(name: String) throws {
        var bench = try Bench(name)
        #expect(bench.send("unknown", client: [10, 0, 0, 1]) != nil)
        var other = try Bench(name, registry: registry(["g": ["a"], "none": []]))
        #expect(other.send("unknown", client: [10, 0, 0, 1]) != nil)
        #expect(other.send("none") != nil)
    }

    @Test(arguments: names)
    func `a worker of weight zero gets nothing, and all of them refuse`(name: String) throws {
        var bench = try Bench(name, weights: [0, 1, 0])
        for number in 0..<20 { #expect(bench.send("f\(number)", client: [10, 0, UInt8(number), 1]) == 1) }
        var idle = try Bench(name, weights: [0, 0])
        #expect(
            idle.router.arrive(Invocation(function: FunctionName("f")), at: at(0))
                == .refuse(Refusal(reason: .noneInService, retryAfterSeconds: 1)))
    }

    @Test(arguments: names)
    func `workers that are down get nothing until they are back, and one request then`(name: String) throws {
        let rules = HealthRules(failuresToEject: 1, ejectionSeconds: 10)
        var bench = try Bench(name, weights: [1, 1], health: rules)
        for _ in 0..<2 {
            let worker = try bench.mustSend("f", client: [10, 0, 0, 1])
            bench.end(worker, .workerFailed)
        }
        #expect(
            bench.router.arrive(Invocation(function: FunctionName("f")), at: at(1))
                == .refuse(Refusal(reason: .noneInService, retryAfterSeconds: 9)))
        #expect(bench.send("f", client: [10, 0, 0, 1], at: at(10)) != nil)
        #expect(bench.send("f", client: [10, 0, 0, 1], at: at(10)) != nil)
        #expect(bench.send("f", client: [10, 0, 0, 1], at: at(10)) == nil, "both are on probation, with one each")
        #expect(bench.loads == [1, 1])
    }

    @Test(arguments: names)
    func `removing an unknown worker changes nothing, and a removed one gets nothing`(name: String) throws {
        var bench = try Bench(name, weights: [1, 1])
        #expect(try bench.router.remove(address(7), at: at(0)) == false)
        #expect(bench.router.state.fleet.workers.count == 2)
        _ = bench.send()
        #expect(try bench.router.remove(address(0), at: at(0)))
        for number in 0..<10 { #expect(bench.send("f\(number)", client: [10, 0, UInt8(number), 1]) == 1) }
    }

    @Test(arguments: names)
    func `workers may come, go and drain while requests are under way`(name: String) throws {
        var bench = try Bench(name, weights: [2, 1, 3], registry: registry(["f1": ["a", "b"], "f2": ["b", "c"]]))
        var random = SeededRandom(seed: 11)
        for step in 0..<2_000 {
            let now = at(Double(step) / 10)
            let index = random.index(below: 5)
            switch random.index(below: 8) {
            case 0: _ = try bench.router.remove(address(index), at: now)
            case 1: _ = try bench.router.add(WorkerSpecification(address: address(index), weight: index), at: now)
            case 2 where step % 5 == 0: _ = try bench.router.drain(address(index), at: now)
            case 3: bench.end(index, .workerFailed, at: now)
            case 4, 5: bench.end(index, at: now)
            default: _ = bench.send("f\(index)", client: [10, 0, UInt8(index), 1], at: now)
            }
            #expect(bench.router.state.fleet.inFlight == bench.held.count)
            #expect(bench.loads.allSatisfy { $0 >= 0 } && bench.loads.reduce(0, +) == bench.held.count)
        }
        for (_, token) in bench.held { _ = bench.router.end(token, .succeeded, at: at(1_000)) }
        #expect(bench.router.state.fleet.inFlight == 0 && bench.loads.allSatisfy { $0 == 0 })
    }
}
