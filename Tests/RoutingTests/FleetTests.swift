import Measures
import Routing
import Testing
import Topology

@Suite("Workers and what is with them")
struct FleetTests {
    @Test(arguments: [
        ("10.0.0.7:8081", "http://10.0.0.7:8081"), ("http://Worker-1:80/", "http://worker-1:80"),
        ("http://[fd00::1]:8080", "http://[fd00::1]:8080"),
    ])
    func `addresses have one spelling`(text: String, normal: String) throws {
        #expect(try WorkerAddress(text).text == normal)
    }

    @Test(arguments: [
        "", "1", "host", "host:0", "host:65536", "host:80/path", "https://host:80", "a b:80", "[]:80", ":80",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: RoutingError.self) { try WorkerAddress(text) }
    }

    @Test func `weights, capacities and cores that cannot be are refused`() throws {
        let address = try address(0)
        #expect(throws: RoutingError.self) { try WorkerSpecification(address: address, weight: -1) }
        #expect(throws: RoutingError.self) { try WorkerSpecification(address: address, weight: 65_536) }
        #expect(throws: RoutingError.self) { try WorkerSpecification(address: address, capacity: 0) }
        #expect(throws: RoutingError.self) { try WorkerSpecification(address: address, cores: .nan) }
    }

    @Test func `a token ends its request once`() throws {
        var fleet = try fleet([1, 1])
        let first = fleet.accept(by: 0)
        let second = fleet.accept(by: 0)
        #expect(fleet.finish(first, .succeeded, at: at(1)) == fleet.workers[0].id)
        #expect(fleet.finish(first, .succeeded, at: at(1)) == nil)
        #expect(fleet.workers[0].inFlight == 1 && fleet.inFlight == 1)
        let third = fleet.accept(by: 1)
        #expect(fleet.finish(first, .succeeded, at: at(1)) == nil, "a place that is used again is another token's")
        #expect(
            fleet.finish(third, .abandoned, at: at(1)) != nil && fleet.finish(second, .workerFailed, at: at(1)) != nil)
        #expect(fleet.inFlight == 0)
    }

    @Test func `a worker removed and added again while it is busy keeps its requests`() throws {
        var fleet = try fleet([1, 1])
        let id = fleet.workers[0].id
        let tokens = (0..<3).map { _ in fleet.accept(by: 0) }
        let removed = fleet.remove(try address(0), at: at(1))
        #expect(removed && fleet.open(at: at(1)).indices == [1])
        let again = fleet.remove(try address(0), at: at(1))
        #expect(!again, "it is gone already")
        #expect(fleet.finish(tokens[0], .succeeded, at: at(2)) == id)
        let added = fleet.add(try WorkerSpecification(address: try address(0), weight: 3))
        #expect(added == id)
        #expect(fleet.workers[0].inFlight == 2 && fleet.workers[0].weight == 3)
        for token in tokens.dropFirst() { #expect(fleet.finish(token, .succeeded, at: at(3)) == id) }
        #expect(fleet.workers[0].inFlight == 0 && fleet.workers.count == 2)
    }

    @Test func `a removed worker is forgotten with its last request`() throws {
        var fleet = try fleet([1, 1])
        let id = fleet.workers[0].id
        let token = fleet.accept(by: 0)
        _ = fleet.remove(try address(0), at: at(1))
        #expect(fleet.workers.count == 2)
        let version = fleet.version
        fleet.finish(token, .succeeded, at: at(2))
        #expect(fleet.workers.count == 1 && fleet.index(of: id) == nil && fleet.version > version)
        #expect(fleet.add(try WorkerSpecification(address: try address(0))) != id)
    }

    @Test func `a draining worker finishes what it has and takes nothing more`() throws {
        var fleet = try fleet([1, 1])
        let token = fleet.accept(by: 0)
        #expect(fleet.drain(try address(0), at: at(1)))
        #expect(try fleet.drain(address(5), at: at(1)) == false)
        #expect(fleet.open(at: at(1)).indices == [1])
        #expect(try !fleet.isDrained(try address(0)))
        fleet.finish(token, .succeeded, at: at(2))
        #expect(fleet.isDrained(try address(0)) && fleet.workers.count == 2)
        fleet.add(try WorkerSpecification(address: try address(0)))
        #expect(fleet.open(at: at(3)).indices == [0, 1])
    }

    @Test func `failures in a row eject, and each further time for twice as long`() throws {
        var fleet = try fleet(
            [1], health: HealthRules(failuresToEject: 2, ejectionSeconds: 10, longestEjectionSeconds: 25))
        func fail(_ fleet: inout Fleet, _ seconds: Double) {
            fleet.finish(fleet.accept(by: 0), .workerFailed, at: at(seconds))
        }
        fail(&fleet, 0)
        fleet.finish(fleet.accept(by: 0), .succeeded, at: at(1))
        fail(&fleet, 2)
        #expect(!fleet.open(at: at(2)).isEmpty, "a success in between ends the row")
        fail(&fleet, 13)
        #expect(!fleet.open(at: at(13)).isEmpty, "and so does time: the first failure was 11 s ago")
        fail(&fleet, 14)
        #expect(fleet.workers[0].state == .ejected(until: at(24), ejections: 1))
        #expect(fleet.nextReturn(after: at(15)) == at(24))
        #expect(fleet.open(at: at(23.9)).isEmpty && !fleet.open(at: at(24)).isEmpty)
        fail(&fleet, 25)
        #expect(fleet.workers[0].state == .ejected(until: at(45), ejections: 2), "on probation one failure is enough")
        #expect(!fleet.open(at: at(45)).isEmpty)
        fail(&fleet, 45)
        #expect(fleet.workers[0].state == .ejected(until: at(70), ejections: 3), "but for no longer than the longest")
        #expect(!fleet.open(at: at(70)).isEmpty)
        fleet.finish(fleet.accept(by: 0), .functionFailed, at: at(71))
        #expect(fleet.workers[0].state == .active(.none))
    }

    @Test func `late failures do not lengthen an ejection, and clients that leave say nothing`() throws {
        var fleet = try fleet([1], health: HealthRules(failuresToEject: 1))
        let tokens = (0..<3).map { _ in fleet.accept(by: 0) }
        fleet.finish(tokens[0], .abandoned, at: at(0))
        #expect(fleet.workers[0].state == .active(.none))
        fleet.finish(tokens[1], .workerFailed, at: at(1))
        fleet.finish(tokens[2], .workerFailed, at: at(5))
        #expect(fleet.workers[0].state == .ejected(until: at(11), ejections: 1))
    }

    @Test func `a full worker is left alone for as long as it says, or until it finishes something`() throws {
        var fleet = try fleet([1])
        let running = fleet.accept(by: 0)
        fleet.finish(fleet.accept(by: 0), .full(retryAfterSeconds: 7), at: at(1))
        #expect(fleet.open(at: at(7.9)).isEmpty && !fleet.open(at: at(8)).isEmpty)
        fleet.finish(fleet.accept(by: 0), .full(retryAfterSeconds: nil), at: at(10))
        #expect(fleet.open(at: at(10.9)).isEmpty && fleet.nextReturn(after: at(10)) == at(11))
        fleet.finish(running, .succeeded, at: at(10.5))
        #expect(!fleet.open(at: at(10.6)).isEmpty)
    }

    @Test func `health checks end and begin ejections`() throws {
        var fleet = try fleet([1, 1])
        let first = try address(0)
        // Held for as long as the rule for ejections says, or until the next check, whichever is longer.
        fleet.probed(first, isHealthy: false, holdingSeconds: 4, at: at(0))
        #expect(fleet.workers[0].state == .ejected(until: at(10), ejections: 1))
        fleet.probed(first, isHealthy: false, holdingSeconds: 4, at: at(9))
        #expect(fleet.workers[0].state == .ejected(until: at(13), ejections: 1), "the same failure still")
        #expect(fleet.open(at: at(12)).indices == [1])
        fleet.probed(first, isHealthy: true, holdingSeconds: 4, at: at(12))
        #expect(fleet.workers[0].state == .probation(ejections: 1))
        fleet.probed(first, isHealthy: true, holdingSeconds: 4, at: at(12))
        #expect(fleet.workers[0].state == .probation(ejections: 1))
        fleet.probed(first, isHealthy: false, holdingSeconds: 4, at: at(13))
        #expect(fleet.workers[0].state == .ejected(until: at(33), ejections: 2))
        fleet.drain(try address(1), at: at(13))
        fleet.probed(try address(1), isHealthy: false, holdingSeconds: 4, at: at(13))
        #expect(fleet.workers[1].state == .draining(since: at(13)))
        fleet.probed(try address(7), isHealthy: false, holdingSeconds: 4, at: at(13))
        #expect(fleet.workers.count == 2)
    }
}
