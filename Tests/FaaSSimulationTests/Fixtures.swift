import FaaSSimulation
import Harvesting
import Measures

/// Small worlds for tests.
enum Fixtures {
    /// A function whose calls take what the test gives them.
    static func function(
        cores: Int, mebibytes: Int, coldStartSeconds: Double = 0, slowdown: Double = 5
    ) -> FunctionModel {
        FunctionModel(
            user: Resources(millicores: cores * 1_000, mebibytes: mebibytes),
            shortestSeconds: PublishedDistribution(median: 1), mebibytes: PublishedDistribution(median: 64),
            millicores: 1_000, cpuExponent: 0, cpuSpread: 0, slowdown: slowdown, coldStartSeconds: coldStartSeconds,
            cap: AllocationGrid.published.maximum)
    }

    /// A call that could use `cores` and `mebibytes` for `seconds`.
    static func call(
        _ function: Int, at arrivalSeconds: Double, cores: Double, mebibytes: Int = 64, seconds: Double,
        slowdown: Double = 5
    ) -> Invocation {
        Invocation(
            arrivalSeconds: arrivalSeconds, function: FunctionIndex(function),
            demand: InvocationDemand(
                most: Resources(millicores: Int(cores * 1_000), mebibytes: mebibytes), shortestSeconds: seconds,
                slowdown: slowdown))
    }

    static func decision(
        cores: Int, mebibytes: Int, safeguarded: Bool = false, returnsOnDemand: Bool = false,
        mostInFlight: Resources = .zero, placedByWish: Bool = false
    ) -> AllocationDecision {
        AllocationDecision(
            Resources(millicores: cores * 1_000, mebibytes: mebibytes), safeguarded: safeguarded,
            returnsOnDemand: returnsOnDemand, mostInFlight: mostInFlight, placedByWish: placedByWish)
    }

    /// A workload of calls at random times, heavy enough that calls wait and lend.
    static func workload(seed: UInt64, calls: Int = 3_000, meanGapSeconds: Double = 0.12) throws -> Workload {
        try Workload(
            syntheticCalls: calls, functionCount: 60, meanGapSeconds: meanGapSeconds,
            WorkloadParameters(seed: seed, medianCores: 1...8, cpuSpread: 0.4))
    }
}

/// Decides at random: lends, borrows, safeguards, with and without return on demand, more in flight and placement by
/// wish.
struct RandomManager: ResourceManager {
    var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "random manager")
    }

    mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let candidate = random.index(below: AllocationGrid.count)
        return AllocationDecision(
            AllocationGrid.published.allocation(of: candidate), safeguarded: random.index(below: 4) == 0,
            returnsOnDemand: random.index(below: 2) == 0,
            mostInFlight: random.index(below: 2) == 0 ? AllocationGrid.published.maximum : .zero,
            placedByWish: random.index(below: 2) == 0)
    }

    mutating func finished(_ record: FinishedInvocation) {}
}

/// Keeps every record.
struct Records: InvocationSink {
    var all: [InvocationRecord] = []

    mutating func record(_ record: borrowing InvocationRecord) {
        all.append(copy record)
    }
}

extension FaaSCluster {
    /// Steps until nothing is due before `limit`, and returns what has ended.
    mutating func run(until limit: Double = .infinity) -> [InvocationRecord] {
        var records: [InvocationRecord] = []
        while true {
            switch step(until: limit) {
            case .idle: return records
            case .reclaimed, .adjusted: continue
            case .finished(let record): records.append(record)
            }
        }
    }
}
