@testable import FaaSSimulation
import Harvesting
import Testing

@Suite("At every event of random workloads")
struct ClusterPropertyTests {
    /// Steps a cluster and its calls' work in parallel, and compares.
    struct Watch {
        var cluster: FaaSCluster
        let wholeCapacity: Resources
        /// Shares of work done by each running call, by its place in the order of arrivals.
        var done: [Int: Double] = [:]
        var seen = 0.0
        var ended = 0, reclaimed = 0, adjusted = 0, shrunk = 0, borrowedAtSomeTime = false, waitedAtSomeTime = false

        init(_ parameters: ClusterParameters, _ workload: Workload) throws {
            cluster = try FaaSCluster(parameters, functions: workload.functions)
            wholeCapacity = parameters.capacity
        }

        /// Work goes on with what each call has until `now`.
        mutating func work(until now: Double, from before: FaaSCluster) {
            for slot in before.slots where slot.isRunning {
                let from = max(seen, slot.beginsAt)
                guard now > from else { continue }
                done[slot.request.sequence, default: 0] += (now - from) / slot.demand.seconds(with: slot.allocation)
            }
            seen = now
        }

        func checkSums() {
            var sums = ClusterSums()
            for server in 0..<cluster.parameters.servers {
                let ledger = cluster.ledger(ofServer: server)
                #expect(ledger.allocated.fits(in: ledger.capacity))
                #expect(ledger.lent == ledger.borrowed + ledger.idle)
                #expect(ledger.reserved.fits(in: ledger.capacity))
                #expect(ledger.allocated.mebibytes + cluster.warm.mebibytes[server] <= ledger.capacity.mebibytes)
                let running = cluster.slots.filter { $0.isRunning && $0.server == Int32(server) }
                #expect(running.map(\.allocation).reduce(.zero, +) == ledger.allocated)
                #expect(running.map(\.request.user).reduce(.zero, +) == ledger.reserved)
                #expect(running.count == ledger.runningCount)
                for slot in running {
                    #expect(slot.allocation == ledger.allocation(of: slot.party))
                    if slot.decision.safeguarded { #expect(slot.request.user.fits(in: slot.allocation)) }
                    sums.used += slot.use
                }
                sums.reserved += ledger.reserved
                sums.allocated += ledger.allocated
                sums.running += running.count
                sums.waiting += cluster.waiting(atServer: server)
            }
            #expect(cluster.sums == sums)
            #expect(cluster.load.free == wholeCapacity - sums.allocated)
            #expect(cluster.load.unfinishedRequests == sums.running + sums.waiting)
        }

        mutating func step(until limit: Double) -> Bool {
            let before = cluster
            let step = cluster.step(until: limit)
            work(until: cluster.now, from: before)
            checkSums()
            switch step {
            case .idle: return false
            case .reclaimed: reclaimed += 1
            case .adjusted: adjusted += 1
            case .finished(let record):
                ended += 1
                shrunk += record.wasShrunk ? 1 : 0
                let share = done.removeValue(forKey: record.finished.sequence) ?? 0
                #expect(abs(share - 1) < 1e-6, "call \(record.finished.sequence) has done \(share) of its work")
                if record.finished.safeguarded { #expect(record.finished.relativeExecutionTime <= 1 + 1e-9) }
            }
            return true
        }

        mutating func accept(_ call: Invocation, _ decision: AllocationDecision) {
            let before = cluster
            cluster.accept(call, decision)
            work(until: cluster.now, from: before)
            checkSums()
            borrowedAtSomeTime = borrowedAtSomeTime || (0..<cluster.parameters.servers).contains {
                cluster.ledger(ofServer: $0).borrowed != .zero
            }
            waitedAtSomeTime = waitedAtSomeTime || cluster.sums.waiting > 0
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `capacity holds, loans balance, work is conserved, and the safeguarded have their users' amounts`(
        seed: UInt64
    ) throws {
        let workload = try Fixtures.workload(seed: seed, calls: 1_200)
        let parameters = ClusterParameters(servers: 6, lendsUnreserved: seed % 2 == 0)
        var watch = try Watch(parameters, workload)
        var manager = RandomManager(seed: seed)
        var stream = workload.stream()
        while let call = stream.next() {
            while watch.step(until: call.arrivalSeconds) {}
            watch.accept(call, manager.decide(watch.cluster.request(for: call), watch.cluster.load))
        }
        while watch.step(until: .infinity) {}
        #expect(watch.ended == 1_200)
        // Nothing above would be worth anything if nobody had lent, waited or lost anything.
        #expect(watch.reclaimed > 0 && watch.adjusted > 0 && watch.shrunk > 0)
        #expect(watch.borrowedAtSomeTime && watch.waitedAtSomeTime)
        for server in 0..<parameters.servers {
            let ledger = watch.cluster.ledger(ofServer: server)
            #expect(ledger.loans.isEmpty)
            #expect(ledger.allocated == .zero)
        }
        #expect(watch.cluster.sums == ClusterSums())
    }

    @Test func `the same seed gives the same records, bit for bit, and another seed others`() throws {
        func records(_ seed: UInt64) throws -> [InvocationRecord] {
            let workload = try Fixtures.workload(seed: seed)
            var cluster = try FaaSCluster(.init(servers: 6), functions: workload.functions)
            var stream = workload.stream()
            var manager = RandomManager(seed: 9)
            var sink = Records()
            cluster.serve(&stream, manager: &manager, sink: &sink)
            return sink.all
        }
        let first = try records(5)
        #expect(first.count == 3_000)
        #expect(try records(5) == first)
        #expect(try records(6) != first)
    }

    @Test func `fewer servers mean longer waits, and waiting is no execution`() throws {
        let workload = try Fixtures.workload(seed: 7)
        let metrics = try [20, 8, 4].map { servers in
            var cluster = try FaaSCluster(.init(servers: servers), functions: workload.functions)
            var stream = workload.stream()
            var manager = FixedManager()
            var metrics = CallMetrics()
            cluster.serve(&stream, manager: &manager, sink: &metrics)
            return metrics
        }
        let waits = try metrics.map { try #require($0.waitSeconds.mean) }
        #expect(waits[0] < waits[1] && waits[1] < waits[2])
        #expect(waits[2] > 0.5)
        for metric in metrics {
            #expect(metric.calls == 3_000)
            #expect(metric.relativeExecution.minimum == 1 && metric.relativeExecution.maximum == 1)
            #expect(metric.harvested == 0 && metric.accelerated == 0)
        }
    }

    @Test func `the oracle slows nobody down, and whoever wants everything harvests nobody`() throws {
        let workload = try Fixtures.workload(seed: 8)
        var cluster = try FaaSCluster(.init(servers: 6), functions: workload.functions)
        var stream = workload.stream()
        var oracle = OracleManager()
        var bounds = CallMetrics()
        cluster.serve(&stream, clairvoyant: &oracle, sink: &bounds)
        #expect(bounds.slower == 0)
        #expect(bounds.harvested > 0 && bounds.accelerated > 0)
        #expect(try #require(bounds.relativeExecution.mean) < 1)

        cluster = try FaaSCluster(.init(servers: 6), functions: workload.functions)
        stream = workload.stream()
        var greed = EverythingManager()
        var everything = CallMetrics()
        cluster.serve(&stream, manager: &greed, sink: &everything)
        #expect(everything.harvested == 0)
        #expect(everything.slower == 0)
        #expect(everything.accelerated > 0)
        // Capacity is charged for: who takes everything leaves less to the next one than who takes what he can use.
        #expect(try #require(bounds.relativeExecution.mean) < #require(everything.relativeExecution.mean))
    }
}
