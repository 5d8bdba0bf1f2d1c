@testable import FaaSSimulation
import Foundation
import Harvesting
import Measures
import Testing

@Suite("Workloads are drawn as documented")
struct WorkloadTests {
    static let summary = PercentileSummary(
        mean: 300, minimum: 100, p25: 150, p50: 220, p75: 280, p99: 2_100, maximum: 3_300)

    @Test func `the three percentiles are met exactly, and nothing leaves the published range`() throws {
        let distribution = PublishedDistribution(try #require(Self.summary), least: 0.5, unit: 1e-3)
        var random = SeededRandom(seed: 1)
        let draws = (0..<400_000).map { _ in exp(distribution.logarithm(at: random.normal())) }.sorted()
        for (share, value) in [(0.25, 0.150), (0.75, 0.280), (0.99, 2.100)] {
            let drawn = draws[Int(share * Double(draws.count))]
            #expect(abs(drawn / value - 1) < 0.03, "the quantile \(share) is \(drawn)")
        }
        #expect(abs(try #require(draws.first) - 0.1) < 1e-12)
        #expect(try #require(draws.last) <= 3.3 + 1e-12)
    }

    @Test func `durations rounded down to nothing count as half a millisecond`() throws {
        let zero = try #require(PercentileSummary(mean: 0, minimum: 0, p25: 0, p50: 0, p75: 0, p99: 0, maximum: 0))
        let distribution = PublishedDistribution(zero, least: 0.5, unit: 1e-3)
        for z in [-3.0, 0, 3] { #expect(abs(exp(distribution.logarithm(at: z)) - 0.0005) < 1e-15) }
    }

    @Test func `the execution time follows the published model`() {
        let demand = InvocationDemand(
            most: Resources(millicores: 8_000, mebibytes: 512), shortestSeconds: 20, slowdown: 5)
        let table: [(Int, Int, Double)] = [
            (8_000, 512, 20), (9_000, 600, 20), (1_000, 64, 100), (8_000, 64, 20 + 80.0 / 3),
            (1_000, 512, 20 + 160.0 / 3),
            (4_500, 512, 20 + 80.0 / 3), (8_000, 288, 20 + 40.0 / 3),
        ]
        for (millicores, mebibytes, seconds) in table {
            let time = demand.seconds(with: Resources(millicores: millicores, mebibytes: mebibytes))
            #expect(abs(time - seconds) < 1e-9, "\(millicores) millicores and \(mebibytes) MiB take \(time) s")
        }
        let small = InvocationDemand(most: Resources(millicores: 500, mebibytes: 40), shortestSeconds: 2, slowdown: 8)
        #expect(small.seconds(with: InvocationDemand.least) == 2)
    }

    static func slotted(
        _ cells: [(slot: Int, function: Int, calls: Int)], functions: Int, slots: Int
    ) -> RecordedTrace {
        let described = (0..<functions).map {
            TraceFunction(name: "\($0)", milliseconds: summary, megabytes: PercentileSummary(
                mean: 60, minimum: 40, p25: 55, p50: 60, p75: 66, p99: 90, maximum: 120))
        }
        return .azure2019(
            SlottedTrace(
                functions: described, slots: 1...slots, slotSeconds: 60,
                cells: cells.map { .init(slot: $0.slot, function: FunctionIndex($0.function), calls: $0.calls) }))
    }

    @Test func `calls per slot and calls at once are bounded`() throws {
        let trace = Self.slotted([(0, 0, 500), (1, 0, 1), (0, 1, 2), (3, 1, 9)], functions: 2, slots: 4)
        var parameters = WorkloadParameters(
            seed: 1, callsPerFunctionAndSlot: 3, runningPerFunction: nil, slotLength: .seconds(10))
        var workload = try Workload(trace, parameters)
        #expect(workload.recordedCalls == 512)
        #expect(workload.calls == 3 + 1 + 2 + 3)
        #expect(workload.speedup == 6)

        // 400 slots of 3 calls of 300 ms are 0.015 calls at once; a third of that leaves a third of the calls.
        let busy = Self.slotted((0..<400).map { ($0, 0, 3) }, functions: 1, slots: 400)
        parameters.runningPerFunction = 0.005
        workload = try Workload(busy, parameters)
        #expect((300...500).contains(workload.calls))
    }

    @Test func `arrivals ascend within their slots, and every call is drawn`() throws {
        let cells = [(0, 0, 5), (0, 1, 3), (2, 1, 4), (7, 0, 1)].map { (slot: $0.0, function: $0.1, calls: $0.2) }
        let parameters = WorkloadParameters(
            seed: 3, callsPerFunctionAndSlot: nil, runningPerFunction: nil, slotLength: .seconds(30))
        let workload = try Workload(Self.slotted(cells, functions: 2, slots: 8), parameters)
        let calls = Array(IteratorSequence(workload.stream()))
        #expect(calls.map(\.arrivalSeconds) == calls.map(\.arrivalSeconds).sorted())
        for cell in cells {
            let inCell = calls.filter {
                Int($0.arrivalSeconds / 30) == cell.slot && $0.function.place == cell.function
            }
            #expect(inCell.count == cell.calls)
        }
        #expect(calls.count == 13)
        #expect(Array(IteratorSequence(workload.stream())) == calls)
    }

    @Test func `demands do not change with how long a slot lasts`() throws {
        func demands(_ seconds: Double) throws -> [InvocationDemand] {
            let trace = Self.slotted((0..<50).map { ($0, $0 % 3, 2) }, functions: 3, slots: 50)
            return try IteratorSequence(
                Workload(trace, WorkloadParameters(seed: 5, slotLength: .seconds(seconds))).stream()
            ).map(\.demand)
        }
        #expect(try demands(7) == demands(90))
    }

    @Test func `a slot is as long as the reserved share needs`() throws {
        let trace = Self.slotted((0..<300).map { ($0, $0 % 20, 2) }, functions: 20, slots: 300)
        let parameters = ClusterParameters(servers: 2, keepAliveSeconds: 1e9)
        var cluster: FaaSCluster
        let workload = try Workload(
            trace,
            WorkloadParameters(
                seed: 2, runningPerFunction: nil, slotLength: .reserving(share: 0.3, of: parameters.capacity)))
        cluster = try FaaSCluster(parameters, functions: workload.functions)
        var stream = workload.stream()
        var manager = FixedManager()
        var sink = CallMetrics()
        cluster.serve(&stream, manager: &manager, sink: &sink)
        let seconds = try #require(workload.slotSeconds) * 300
        let cores = cluster.utilisation.stretches.reduce(0) { $0 + $1.reservedCoreSeconds } / (seconds * 16)
        let memory = cluster.utilisation.stretches.reduce(0) { $0 + $1.reservedMebibyteSeconds } / (seconds * 4_096)
        // Cold starts, of which there is one for each instance, are not part of the reckoning.
        #expect(abs(max(cores, memory) - 0.3) < 0.02)
    }

    @Test func `who has less than a small need is slowed in proportion, and without a cliff`() {
        let demand = InvocationDemand(
            most: Resources(millicores: 1_200, mebibytes: 40), shortestSeconds: 3, slowdown: 5)
        // Half of either need is as slow as the model gets by it: 2/3 and 1/3 of 12 s more.
        for (millicores, mebibytes, seconds) in [
            (600, 40, 11.0), (1_200, 20, 7), (600, 20, 15), (900, 40, 7), (1_199, 40, 3 + 8.0 / 600), (1_200, 30, 5),
        ] {
            let time = demand.seconds(with: Resources(millicores: millicores, mebibytes: mebibytes))
            #expect(abs(time - seconds) < 1e-9, "\(millicores) millicores and \(mebibytes) MiB take \(time) s")
        }
    }

    @Test func `users have what the rule gives, to the millicore and mebibyte`() throws {
        let trace = Self.slotted([(0, 0, 1)], functions: 400, slots: 1)
        for rule in [WorkloadParameters.UserCPU.ofMemory, .ofNeed] {
            let workload = try Workload(
                trace, WorkloadParameters(seed: 4, slotLength: .asRecorded, userCPU: rule, cpuSpread: 0.1))
            for function in workload.functions {
                #expect(function.user.fits(in: AllocationGrid.published.maximum))
                #expect(FunctionModel.leastUse.fits(in: function.user))
                // The median need is 60 MiB.
                #expect((30...151).contains(function.user.mebibytes))
                let user = Double(function.user.millicores)
                switch rule {
                case .ofMemory: #expect(abs(user - Double(function.user.mebibytes) * 1_000 / 64) <= 9)
                case .ofNeed: #expect((0.5 * function.millicores - 1...2.5 * function.millicores + 1).contains(user))
                }
            }
            // A quarter of the users define less than the median need, and few the same.
            let short = workload.functions.filter { $0.user.mebibytes < 60 }.count
            #expect((60...140).contains(short))
            #expect(Set(workload.functions.map(\.user)).count > 300)
        }
    }

    @Test func `a trace with durations keeps them, and one of Freyr's has its applications`() throws {
        let folder = try TraceFolder()
        let timed = try folder.write("app,func,end_timestamp,duration\na,f,1.5,0.5\na,g,4,2\n", as: "2021.csv")
        let calls = Array(
            IteratorSequence(try Workload(RecordedTrace(path: timed), WorkloadParameters(seed: 1)).stream()))
        #expect(calls.map(\.demand.shortestSeconds).map { ($0 * 1e9).rounded() } == [0.5e9, 2e9])
        #expect(calls.map(\.arrivalSeconds) == [1, 2])

        let freyr = try folder.write("HashFunction,Trigger,1,2\n8,http,1,0\n3,http,0,1\n", as: "exp.csv")
        let workload = try Workload(RecordedTrace(path: freyr), WorkloadParameters(seed: 1, slotLength: .asRecorded))
        let applications = Array(IteratorSequence(workload.stream()))
        #expect(applications.map(\.demand.most) == Array(repeating: AllocationGrid.published.maximum, count: 2))
        #expect(applications.map { $0.demand.shortestSeconds.rounded() } == [150, 100])
        #expect(applications.map(\.demand.slowdown) == [550.0 / 150, 6])
        #expect(workload.functions[8].coldStartSeconds == 5)
    }

    @Test(arguments: [
        (WorkloadParameters(seed: 1, callsPerFunctionAndSlot: 0), "callsPerFunctionAndSlot is 0; allowed is 1 or more"),
        (WorkloadParameters(seed: 1, keptShare: 1.5), "keptShare is 1.5; allowed is more than 0 and at most 1"),
        (
            WorkloadParameters(seed: 1, slotLength: .seconds(0)),
            "the slot length is 0.0 s; allowed is a finite number above 0"
        ),
        (
            WorkloadParameters(seed: 1, slotLength: .reserving(share: 1, of: Resources(millicores: 1, mebibytes: 1))),
            "the reserved share is 1.0; allowed is more than 0 and less than 1"
        ),
        (
            WorkloadParameters(seed: 1, allocationFactor: 0...1),
            "allocationFactor is 0.0...1.0; allowed are finite numbers above 0"
        ),
        (WorkloadParameters(seed: 1, runningPerFunction: 0), "runningPerFunction is 0.0; allowed is more than 0"),
    ])
    func `parameters that make no workload are refused`(parameters: WorkloadParameters, sentence: String) {
        let error = #expect(throws: FaaSError.self) {
            _ = try Workload(Self.slotted([(0, 0, 1)], functions: 1, slots: 1), parameters)
        }
        #expect(error?.description == sentence)
    }
}
