@testable import FaaSSimulation
import Harvesting
import Testing

@Suite("What running calls come to have")
struct InFlightTests {
    static let most = AllocationGrid.published.maximum

    static func cluster(servers: Int = 1, cores: [Int]) throws -> FaaSCluster {
        try FaaSCluster(
            ClusterParameters(servers: servers), functions: cores.map { Fixtures.function(cores: $0, mebibytes: 64) })
    }

    @Test func `who uses up what he has gets twice as much after one, two and four windows, and keeps what he uses`()
        throws
    {
        var cluster = try Self.cluster(cores: [1])
        cluster.accept(
            Fixtures.call(0, at: 0.02, cores: 5, seconds: 10),
            Fixtures.decision(cores: 1, mebibytes: 64, mostInFlight: Self.most))
        var seen: [(Double, Int)] = []
        while case .adjusted = cluster.step(until: .infinity) {
            seen.append((cluster.now, cluster.slots[0].allocation.millicores))
        }
        // 8 cores are more than it needs: back to whole steps of which 5 are less than nine tenths.
        let cores = seen.map(\.1).reduce(into: [1_000]) { if $0.last != $1 { $0.append($1) } }
        #expect(cores == [1_000, 2_000, 4_000, 8_000, 6_000])
        #expect(seen.prefix(3).map { ($0.0 * 10).rounded() / 10 } == [0.1, 0.3, 0.7])
        #expect(cluster.now > 1)
    }

    @Test func `the record tells of it, and what was held is summed over time`() throws {
        var cluster = try Self.cluster(cores: [1])
        cluster.accept(
            Fixtures.call(0, at: 0, cores: 2, seconds: 10),
            Fixtures.decision(
                cores: 1, mebibytes: 64, mostInFlight: Resources(millicores: 2_000, mebibytes: 64)))
        let record = try #require(cluster.run().first)
        // One core of two takes 10 + 40 * 2/3 s, until both are there at 0.1.
        let slow = 10 + 80.0 / 3
        let seconds = 0.1 + (1 - 0.1 / slow) * 10
        #expect(abs(record.finished.executionSeconds - seconds) < 1e-9)
        #expect(record.wasAcceleratedInFlight && record.isAccelerated && !record.isHarvested)
        #expect(record.finished.allocated.millicores == 1_000)
        #expect(record.finished.peakUse.millicores == 2_000)
        #expect(abs(record.finished.heldMillicoreSeconds - (100 + 2_000 * (seconds - 0.1))) < 1e-6)
        #expect(abs(record.finished.heldMebibyteSeconds - 64 * seconds) < 1e-6)
        #expect(record.finished.heldMoreThanUser)
    }

    @Test func `nothing is added without a decision that allows it, nor beyond what lies idle`() throws {
        var cluster = try Self.cluster(cores: [1, 6])
        cluster.accept(Fixtures.call(0, at: 0, cores: 8, seconds: 5), Fixtures.decision(cores: 1, mebibytes: 64))
        let alone = try #require(cluster.run().first)
        #expect(alone.finished.relativeExecutionTime == 1 && !alone.isAccelerated)

        cluster = try Self.cluster(cores: [1, 6])
        cluster.accept(Fixtures.call(1, at: 0, cores: 6, seconds: 100), Fixtures.decision(cores: 6, mebibytes: 64))
        cluster.accept(
            Fixtures.call(0, at: 0, cores: 8, seconds: 5),
            Fixtures.decision(cores: 1, mebibytes: 64, mostInFlight: Self.most))
        _ = cluster.run(until: 3)
        #expect(cluster.slots[1].allocation.millicores == 2_000)
        #expect(cluster.sums.allocated.millicores == 8_000)
    }

    @Test func `what an owner needs comes back first, and more is added a window later`() throws {
        var cluster = try Self.cluster(cores: [4])
        cluster.accept(
            Fixtures.call(0, at: 0, cores: 8, seconds: 10),
            Fixtures.decision(cores: 2, mebibytes: 64, returnsOnDemand: true, mostInFlight: Self.most))
        guard case .reclaimed = cluster.step(until: .infinity) else {
            Issue.record("its loan is to be returned first")
            return
        }
        #expect(cluster.slots[0].allocation.millicores == 4_000)
        guard case .adjusted = cluster.step(until: .infinity) else {
            Issue.record("it is to borrow next")
            return
        }
        #expect(abs(cluster.now - 0.3) < 1e-9)
        #expect(cluster.slots[0].allocation.millicores == 8_000)
    }

    @Test func `what was borrowed in vain is given back, down to the user's amount and no further`() throws {
        var cluster = try Self.cluster(cores: [2])
        cluster.accept(
            Fixtures.call(0, at: 0, cores: 1, mebibytes: 10, seconds: 10),
            Fixtures.decision(cores: 7, mebibytes: 512, mostInFlight: Self.most))
        guard case .adjusted = cluster.step(until: .infinity) else {
            Issue.record("it is to give back")
            return
        }
        #expect(cluster.slots[0].allocation == Resources(millicores: 2_000, mebibytes: 64))
        let record = try #require(cluster.run().first)
        #expect(!record.wasAcceleratedInFlight && record.isAccelerated)
    }

    @Test func `a call goes where its wish fits, if its decision says so, and else where most of it is`() throws {
        func servers(byWish: Bool, wishes: [Int]) throws -> [Int] {
            var cluster = try Self.cluster(servers: 2, cores: [2])
            for wish in wishes {
                cluster.accept(
                    Fixtures.call(0, at: 0, cores: 8, seconds: 5),
                    Fixtures.decision(cores: wish, mebibytes: 64, placedByWish: byWish))
            }
            return cluster.run().sorted { $0.finished.sequence < $1.finished.sequence }.map(\.server)
        }
        let home = try servers(byWish: false, wishes: [2])[0]
        #expect(try servers(byWish: false, wishes: [6, 6, 6]) == [home, home, home])
        // The second finds 2 idle at home and 8 elsewhere. A third of 2 fits at home; one of 7 fits nowhere.
        #expect(try servers(byWish: true, wishes: [6, 6, 2]) == [home, 1 - home, home])
        #expect(try servers(byWish: true, wishes: [6, 4, 7]) == [home, 1 - home, 1 - home])
    }

    @Test func `who is looked at ever less often costs little, however long he runs`() throws {
        var cluster = try Self.cluster(cores: [4, 4])
        for function in 0...1 {
            cluster.accept(
                Fixtures.call(function, at: 0, cores: 8, seconds: 1_000),
                Fixtures.decision(cores: 4, mebibytes: 64, mostInFlight: Resources(millicores: 8_000, mebibytes: 64)))
        }
        // All cores are taken, so that nothing changes until one of them ends.
        var steps = 0
        while case .adjusted = cluster.step(until: 900) { steps += 1 }
        #expect(steps == 0)
        #expect(cluster.slots[0].windowsToNextLook == cluster.parameters.mostWindowsBetweenLooks)
        #expect(cluster.run().count == 2)
    }
}
