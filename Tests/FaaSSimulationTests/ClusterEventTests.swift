@testable import FaaSSimulation
import Harvesting
import Testing

@Suite("What happens on servers, event by event")
struct ClusterEventTests {
    static let oneServer = ClusterParameters(servers: 1)

    @Test func `the owner's use is noticed when the window ends, its loan returns, and the borrower slows`() throws {
        // Function 0 lends 2 of its 4 cores and could use 3; function 1 borrows beyond its 4 and could use 8.
        var cluster = try FaaSCluster(
            ClusterParameters(servers: 1, lendsUnreserved: false),
            functions: [Fixtures.function(cores: 4, mebibytes: 64), Fixtures.function(cores: 4, mebibytes: 64)])
        cluster.accept(
            Fixtures.call(0, at: 0.02, cores: 3, seconds: 10),
            Fixtures.decision(cores: 2, mebibytes: 64, returnsOnDemand: true))
        cluster.accept(Fixtures.call(1, at: 0.05, cores: 8, seconds: 1), Fixtures.decision(cores: 8, mebibytes: 64))
        #expect(cluster.sums.allocated.millicores == 8_000)

        guard case .reclaimed = cluster.step(until: .infinity) else {
            Issue.record("the loan is to be returned first")
            return
        }
        #expect(cluster.now == 0.1)
        #expect(cluster.ledger(ofServer: 0).borrowed == .zero)
        let records = cluster.run()
        let borrower = try #require(records.first { $0.finished.function == FunctionIndex(1) })
        let owner = try #require(records.first { $0.finished.function == FunctionIndex(0) })
        // Borrower: 6 of 8 cores take 1 + 4 * 2/3 * 2/7 seconds, 4 of 8 take 1 + 4 * 2/3 * 4/7.
        let fast = 1 + 8.0 / 3 * 2 / 7
        let slow = 1 + 8.0 / 3 * 4 / 7
        #expect(abs(borrower.finished.executionSeconds - (0.05 + (1 - 0.05 / fast) * slow)) < 1e-9)
        #expect(borrower.wasShrunk && borrower.isAccelerated && !borrower.isHarvested)
        #expect(borrower.finished.allocated.millicores == 6_000)
        // Owner: 2 of 3 cores take 10 * (1 + 4 * 2/3 * 1/2) seconds, until it has its 4 cores back.
        let lowered = 10 * (1 + 8.0 / 3 / 2)
        #expect(abs(owner.finished.executionSeconds - (0.08 + (1 - 0.08 / lowered) * 10)) < 1e-9)
        #expect(owner.wasReclaimed && owner.isHarvested)
        #expect(owner.finished.peakUse.millicores == 3_000)
        #expect(owner.finished.baselineSeconds == 10)
    }

    @Test func `without return on demand the owner stays lowered`() throws {
        var cluster = try FaaSCluster(Self.oneServer, functions: [Fixtures.function(cores: 4, mebibytes: 64)])
        cluster.accept(Fixtures.call(0, at: 0, cores: 3, seconds: 10), Fixtures.decision(cores: 2, mebibytes: 64))
        let record = try #require(cluster.run().first)
        #expect(abs(record.finished.relativeExecutionTime - (1 + 8.0 / 3 / 2)) < 1e-12)
        #expect(record.finished.peakUse.millicores == 2_000)
        #expect(!record.wasReclaimed)
    }

    @Test func `what the server lends comes back as soon as a call that arrives needs the room`() throws {
        var cluster = try FaaSCluster(
            Self.oneServer,
            functions: [Fixtures.function(cores: 2, mebibytes: 64), Fixtures.function(cores: 5, mebibytes: 64)])
        cluster.accept(Fixtures.call(0, at: 0, cores: 8, seconds: 10), Fixtures.decision(cores: 8, mebibytes: 64))
        #expect(cluster.sums.allocated.millicores == 8_000)
        cluster.accept(Fixtures.call(1, at: 1, cores: 5, seconds: 1), Fixtures.decision(cores: 5, mebibytes: 64))
        #expect(cluster.sums.running == 2)
        #expect(cluster.slots[0].allocation.millicores == 3_000)
        #expect(cluster.slots[1].allocation.millicores == 5_000)
        let records = cluster.run()
        #expect(records.map(\.finished.function.place) == [1, 0])
        #expect(records[0].finished.waitSeconds == 0)
        #expect(records[1].wasShrunk)
    }

    @Test func `who finds no room waits, without progress, until there is some`() throws {
        var cluster = try FaaSCluster(Self.oneServer, functions: [Fixtures.function(cores: 8, mebibytes: 64)])
        for arrival in [0.0, 1, 2] {
            _ = cluster.run(until: arrival)
            cluster.accept(
                Fixtures.call(0, at: arrival, cores: 8, seconds: 5), Fixtures.decision(cores: 8, mebibytes: 64))
        }
        #expect(cluster.waiting(atServer: 0) == 2)
        let records = cluster.run()
        #expect(records.map(\.finished.waitSeconds) == [0, 4, 8])
        #expect(records.map(\.finished.executionSeconds) == [5, 5, 5])
        #expect(records.map(\.finished.endSeconds) == [5, 10, 15])
    }

    @Test(arguments: [(0, [0, 1, 2, 3, 4]), (2, [0, 2, 3, 1, 4]), (9, [0, 2, 3, 4, 1])])
    func `who fits may pass who does not, so often and no more`(mostPassed: Int, order: [Int]) throws {
        var parameters = Self.oneServer
        parameters.mostPassed = mostPassed
        var cluster = try FaaSCluster(
            parameters,
            functions: [Fixtures.function(cores: 4, mebibytes: 64), Fixtures.function(cores: 8, mebibytes: 64)])
        // The first one leaves 4 cores free; the second needs 8; the others need 4 each, one after another.
        let functions = [0, 1, 0, 0, 0]
        for (place, function) in functions.enumerated() {
            cluster.accept(
                Fixtures.call(function, at: Double(place) * 0.01, cores: 1, seconds: place == 0 ? 100 : 1),
                Fixtures.decision(cores: 8, mebibytes: 64))
        }
        // Calls that start at once count in the order of their arrival.
        let records = cluster.run().sorted {
            ($0.startMilliseconds, $0.finished.sequence) < ($1.startMilliseconds, $1.finished.sequence)
        }
        #expect(records.map(\.finished.sequence) == order)
    }

    @Test(arguments: [0, 1, 1_000]) func `room for several starts several`(mostPassed: Int) throws {
        var parameters = Self.oneServer
        parameters.mostPassed = mostPassed
        var cluster = try FaaSCluster(
            parameters,
            functions: [Fixtures.function(cores: 8, mebibytes: 64), Fixtures.function(cores: 2, mebibytes: 64)])
        for (place, function) in [0, 1, 1, 1, 1].enumerated() {
            cluster.accept(
                Fixtures.call(function, at: Double(place) * 0.01, cores: 1, seconds: 5),
                Fixtures.decision(cores: 8, mebibytes: 64))
        }
        #expect(cluster.waiting(atServer: 0) == 4)
        guard case .finished = cluster.step(until: .infinity) else {
            Issue.record("the first call ends first")
            return
        }
        #expect(cluster.waiting(atServer: 0) == 0)
        #expect(cluster.sums.running == 4)
    }

    @Test func `a call finds the instance of the one before warm, until it has expired`() throws {
        var parameters = Self.oneServer
        parameters.keepAliveSeconds = 10
        var cluster = try FaaSCluster(
            parameters, functions: [Fixtures.function(cores: 2, mebibytes: 64, coldStartSeconds: 0.5)])
        var records: [InvocationRecord] = []
        // Ends at 1.5 and 4; the third arrives 10 s after the second has ended.
        for arrival in [0.0, 3, 14] {
            records += cluster.run(until: arrival)
            cluster.accept(
                Fixtures.call(0, at: arrival, cores: 2, seconds: 1), Fixtures.decision(cores: 2, mebibytes: 64))
        }
        records += cluster.run()
        #expect(records.map(\.wasCold) == [true, false, true])
        #expect(records.map(\.finished.completionSeconds) == [1.5, 1, 1.5])
        #expect(records.map(\.finished.executionSeconds) == [1, 1, 1])
    }

    @Test func `warm instances give way to calls that need their memory, the oldest first`() throws {
        let functions = [400, 300, 200, 1_400].map { Fixtures.function(cores: 1, mebibytes: $0, coldStartSeconds: 1) }
        var cluster = try FaaSCluster(Self.oneServer, functions: functions)
        var records: [InvocationRecord] = []
        // After three calls 900 MiB are warm; the fourth needs 1 400 of the server's 2 048, so that 252 are too many.
        for (place, function) in [0, 1, 2, 3, 2, 1, 0].enumerated() {
            let arrival = Double(place) * 10
            records += cluster.run(until: arrival)
            cluster.accept(
                Fixtures.call(function, at: arrival, cores: 1, seconds: 1),
                AllocationDecision(functions[function].user))
        }
        records += cluster.run()
        #expect(records.map(\.wasCold) == [true, true, true, true, false, false, true])
    }

    @Test(arguments: [1, 2, 6, 7, 14, 20, 30, 49, 210])
    func `the search comes to all servers`(servers: Int) {
        let step = FaaSCluster.stepSize(servers: servers)
        #expect(Set((0..<servers).map { $0 * step % servers }).count == servers)
    }

    @Test func `a full home sends the call on, and the call after that home again`() throws {
        var cluster = try FaaSCluster(
            ClusterParameters(servers: 3), functions: [Fixtures.function(cores: 8, mebibytes: 64)])
        var records: [InvocationRecord] = []
        for arrival in [0.0, 0.1, 5] {
            records += cluster.run(until: arrival)
            cluster.accept(
                Fixtures.call(0, at: arrival, cores: 8, seconds: 1), Fixtures.decision(cores: 8, mebibytes: 64))
        }
        records += cluster.run()
        #expect(records[0].server != records[1].server)
        #expect(records[2].server == records[0].server)
        #expect(records.allSatisfy { $0.finished.waitSeconds == 0 })
    }

    @Test(arguments: [
        (ClusterParameters(servers: 0), "servers is 0; allowed is 1 to 10000"),
        (
            ClusterParameters(serverCapacity: Resources(millicores: 8_000, mebibytes: 0)),
            "a server has 8000 millicores and 0 MiB; both must be positive"
        ),
        (ClusterParameters(nearShare: 0), "nearShare is 0.0; allowed is more than 0 and at most 1"),
        (ClusterParameters(mostPassed: -1), "mostPassed is -1; allowed is 0 or more"),
        (
            ClusterParameters(serverCapacity: Resources(millicores: 1_000, mebibytes: 512)),
            "function 0 needs 4000 millicores and 64 MiB, more than a server has: 1000 and 512"
        ),
    ])
    func `a cluster that cannot be is refused`(parameters: ClusterParameters, sentence: String) {
        let error = #expect(throws: FaaSError.self) {
            _ = try FaaSCluster(parameters, functions: [Fixtures.function(cores: 4, mebibytes: 64)])
        }
        #expect(error?.description == sentence)
    }
}

extension InvocationRecord {
    /// When it left the line, in whole milliseconds.
    fileprivate var startMilliseconds: Double { ((finished.endSeconds - finished.executionSeconds) * 1_000).rounded() }
}
