import Measures
import Routing
import Testing
import Topology

@Suite("Round robin, random, least loaded, power of two")
struct RotationTests {
    @Test func `weights 5, 1, 1 give a a b a c a a, again and again`() throws {
        var bench = try Bench("round-robin", weights: [5, 1, 1])
        let turn = [0, 0, 1, 0, 2, 0, 0]
        #expect(bench.sendInTurn(14) == turn + turn)
    }

    @Test func `equal weights take turns from the first on`() throws {
        var bench = try Bench("round-robin")
        #expect(bench.sendInTurn(6) == [0, 1, 2, 0, 1, 2])
    }

    @Test func `a failure costs a worker turns until it has won them back`() throws {
        // One failure of three takes a third of the weight; each turn gives one back.
        var bench = try Bench("round-robin", weights: [6, 6])
        #expect(bench.send() == 0)
        bench.end(0, .workerFailed)
        let turns = bench.sendInTurn(30)
        #expect(turns.count { $0 == 1 } > turns.count { $0 == 0 })
        #expect(turns.suffix(4) == [1, 0, 1, 0] || turns.suffix(4) == [0, 1, 0, 1])
    }

    @Test func `random keeps to the weights and repeats from its seed`() throws {
        let settings = try BalancerSettings(seed: 3)
        var bench = try Bench("random", weights: [1, 0, 3], settings: settings)
        var again = try Bench("random", weights: [1, 0, 3], settings: settings)
        let drawn = bench.sendInTurn(4_000)
        #expect(drawn == again.sendInTurn(4_000))
        // Three quarters, give or take five standard deviations of 27.
        #expect(abs(drawn.count { $0 == 2 } - 3_000) < 137)
        #expect(!drawn.contains(1))
    }

    @Test func `least loaded compares requests per weight and lets equals take turns`() throws {
        var bench = try Bench("least-loaded", weights: [1, 2])
        // 0/1 = 0/2: the heavier has the first turn; then 0/1 < 1/2; then 1/1 > 1/2; then 1/1 = 2/2.
        #expect(bench.send() == 1)
        #expect(bench.send() == 0)
        #expect(bench.send() == 1)
        #expect(bench.loads == [1, 2])
        bench.end(0)
        #expect(bench.send() == 0)
        var calm = try Bench("least-loaded")
        #expect(calm.sendInTurn(6) == [0, 1, 2, 0, 1, 2], "what comes one at a time does not all go to the first")
    }

    @Test func `cross multiplication does not round shares away`() throws {
        // 332/999 is less than 333/1000, though both are 0.33.
        var fleet = try fleet([1_000, 999])
        for _ in 0..<333 { _ = fleet.accept(by: 0) }
        for _ in 0..<332 { _ = fleet.accept(by: 1) }
        var balancer = WeightedLeastConnections()
        let state = RoutingState(fleet: fleet, registry: PackageRegistry())
        let request = RoutedRequest(Invocation(function: FunctionName("f")), packages: nil)
        #expect(balancer.choose(for: request, among: fleet.open(at: at(0)), in: state, at: at(0)) == 1)
    }

    @Test func `power of two never takes the most loaded of three`() throws {
        var bench = try Bench("power-of-two")
        for _ in 0..<300 { #expect(bench.send() != nil) }
        let loads = bench.loads
        // The less loaded of two keeps loads together: log log n / log 2 apart with high probability.
        #expect(loads.reduce(0, +) == 300 && (loads.max() ?? 0) - (loads.min() ?? 0) <= 3)
        var two = try Bench("power-of-two", weights: [1, 1])
        let first = try two.mustSend()
        #expect(two.send() == 1 - first, "of two workers both are drawn, so it is the other")
        var one = try Bench("power-of-two", weights: [1])
        #expect(one.sendInTurn(3) == [0, 0, 0])
    }
}
