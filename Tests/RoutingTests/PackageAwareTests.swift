import Measures
import Routing
import Testing
import Topology

@Suite("Package-aware")
struct PackageAwareTests {
    /// The two homes of a package among `count` workers, straight from the definition.
    static func homes(_ package: String, _ count: Int) -> (Int, Int) {
        (Int(Hashes.fnv1(package.utf8)) % count, Int(Hashes.fnv1a(package.utf8)) % count)
    }

    /// A package whose two homes among five workers differ, and whose homes are not the first worker.
    static func package(_ salt: String = "") throws -> String {
        try #require(
            (0..<100).map { "level0pkg\($0)" }.first {
                let (first, second) = homes(salt + $0, 5)
                return first != second && first != 0 && second != 0
            })
    }

    @Test func `at rest the second home wins, then the first while it has strictly fewer`() throws {
        let package = try Self.package()
        let (first, second) = Self.homes(package, 5)
        var bench = try Bench(
            "package-aware", weights: [1, 1, 1, 1, 1], registry: registry(["f": [package, "other"]]))
        #expect(bench.send() == second)
        #expect(bench.send() == first)
        #expect(bench.send() == second)
        #expect(bench.loads[first] == 1 && bench.loads[second] == 2)
    }

    @Test func `only the largest package counts, and a salt deals the homes anew`() throws {
        let package = try Self.package()
        let lists = ["f": [package, "x"], "g": [package, "y", "z"]]
        var bench = try Bench("package-aware", weights: [1, 1, 1, 1, 1], registry: registry(lists))
        #expect(bench.sendInTurn(1, "f") == bench.sendInTurn(1, "g"))
        let salted = try BalancerSettings(hashSalt: "s")
        var other = try Bench(
            "package-aware", weights: [1, 1, 1, 1, 1], registry: registry(lists), settings: salted)
        #expect(other.send("f") == Self.homes("s" + package, 5).1)
    }

    @Test func `a home at the threshold gives way to the least loaded of all, the first of equals`() throws {
        let package = try Self.package()
        let (first, second) = Self.homes(package, 5)
        let settings = try BalancerSettings(loadThreshold: 2)
        var bench = try Bench(
            "package-aware", weights: [1, 1, 1, 1, 1], registry: registry(["f": [package]]), settings: settings)
        #expect((0..<4).map { _ in bench.send() } == [second, first, second, first])
        #expect(bench.send() == 0)
        bench.end(first)
        #expect(bench.send() == first, "under the threshold again")
    }

    @Test func `a threshold of zero is least loaded`() throws {
        let settings = try BalancerSettings(loadThreshold: 0)
        var bench = try Bench("package-aware", registry: registry(["f": ["a"]]), settings: settings)
        #expect((0..<4).map { _ in bench.send() } == [0, 1, 2, 0])
    }

    @Test func `a home that is out leaves its requests to the other home`() throws {
        let package = try Self.package()
        let (first, second) = Self.homes(package, 5)
        var bench = try Bench("package-aware", weights: [1, 1, 1, 1, 1], registry: registry(["f": [package]]))
        _ = try bench.router.drain(address(second), at: at(0))
        #expect(bench.sendInTurn(2) == [first, first])
        _ = try bench.router.drain(address(first), at: at(0))
        #expect(bench.send() == 0)
    }

    @Test func `thresholds and factors that cannot be are refused`() {
        #expect(throws: RoutingError.self) { try BalancerSettings(loadThreshold: -1) }
        #expect(throws: RoutingError.self) { try BalancerSettings(boundedLoadFactor: 1) }
    }
}
