internal import FaaSSimulation
internal import Foundation
internal import Harvesting
internal import Learning

/// Measures simulated calls per second of one core under Fixed and under Freyr with its network deciding, whether a
/// call costs the same in short runs and in long ones, and the memory of a trace with a million calls; ends with status
/// 1 outside of a limit.
///
/// Time is the processor time of this process, drawing the calls included, so that what else runs on the machine counts
/// as little as possible.
@main
struct FaaSBenchmark {
    static let callsPerSecondLimit = 1e6
    static let freyrCallsPerSecondLimit = 1e5
    /// Of the dearest length of run by the cheapest.
    static let flatnessLimit = 1.5
    static let memoryLimitMebibytes = 500.0
    static let lengths = [10_000, 100_000, 1_000_000, 10_000_000]
    /// At this rate 45 % of the cores of 20 servers are reserved, and some calls wait.
    static let meanGapSeconds = 0.03

    static func main() throws {
        _ = try nanosecondsPerCall(synthetic(100_000))
        var costs: [Double] = []
        for length in lengths {
            let workload = try synthetic(length)
            // Short runs are repeated until they take as long as a clock can measure.
            let rounds = (0..<max(1_000_000 / length, 3)).map { _ in workload }
            let cost = try rounds.map(nanosecondsPerCall).sorted()[rounds.count / 2]
            costs.append(cost)
            print("fixed, \(length) calls: \(Int(1e9 / cost)) calls a second, \(text(cost)) ns each")
        }
        let slowest = costs.max() ?? .infinity
        let flatness = slowest / (costs.min() ?? 1)
        print(
            "limit \(Int(callsPerSecondLimit)) calls a second; dearest by cheapest \(text(flatness)), limit"
                + " \(flatnessLimit)")

        let policy = try FreyrManager.shippedPolicy().policy
        let inputs = FreyrInputs(capacity: ClusterParameters.published.capacity)
        let freyrCost = try nanosecondsPerCall(
            synthetic(1_000_000), under: FreyrManager(policy: policy, inputs: inputs))
        print(
            "freyr, 1000000 calls: \(Int(1e9 / freyrCost)) calls a second, \(text(freyrCost)) ns each,"
                + " limit \(Int(freyrCallsPerSecondLimit)) calls a second")

        let trace = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-trace-\(getpid()).csv")
        defer { try? FileManager.default.removeItem(at: trace) }
        try RecordedMillion.write(to: trace)
        let reading = processSeconds()
        let workload = try Workload(RecordedTrace(path: trace.path), WorkloadParameters(seed: 1))
        let readSeconds = processSeconds() - reading
        let cost = try nanosecondsPerCall(workload)
        let mebibytes = try peakMebibytes()
        print(
            "a trace of \(workload.calls) calls: read in \(text(readSeconds)) s, \(Int(1e9 / cost)) calls a second; the"
                + " process took \(text(mebibytes)) MiB at most, limit \(memoryLimitMebibytes)")
        let isQuick = 1e9 / slowest >= callsPerSecondLimit && 1e9 / freyrCost >= freyrCallsPerSecondLimit
        exit(isQuick && flatness <= flatnessLimit && mebibytes <= memoryLimitMebibytes ? 0 : 1)
    }

    static func synthetic(_ calls: Int) throws -> Workload {
        try Workload(
            syntheticCalls: calls, functionCount: 500, meanGapSeconds: meanGapSeconds, WorkloadParameters(seed: 1))
    }

    /// What one call of `workload` costs on the published cluster under Fixed, in nanoseconds of processor time.
    static func nanosecondsPerCall(_ workload: Workload) throws -> Double {
        try nanosecondsPerCall(workload, under: FixedManager())
    }

    /// The same under `manager`.
    static func nanosecondsPerCall(_ workload: Workload, under manager: some ResourceManager) throws -> Double {
        var cluster = try FaaSCluster(.published, functions: workload.functions)
        var stream = workload.stream()
        var manager = manager
        var metrics = CallMetrics()
        let start = processSeconds()
        cluster.serve(&stream, manager: &manager, sink: &metrics)
        let seconds = processSeconds() - start
        guard metrics.calls == workload.calls else {
            throw BenchmarkError(description: "\(metrics.calls) of \(workload.calls) calls have ended")
        }
        return seconds * 1e9 / Double(metrics.calls)
    }

    static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// VmHWM of proc(5).
    static func peakMebibytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { throw BenchmarkError(description: "/proc/self/status has no VmHWM") }
        return kibibytes / 1_024
    }

    /// Two decimals.
    static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// Why there is no measurement.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
}
