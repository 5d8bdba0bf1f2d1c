internal import Containers
internal import Foundation
internal import Measures
internal import Topology

/// Measures one round over the containers of 110 pods, the most that a kubelet usually takes, on control groups of this
/// machine: each pod has a busy container and an idle one. Ends with status 1 above the limit. Needs root.
@main
struct ContainerBenchmark {
    static let pods = 110
    static let rounds = 600
    static let limitMilliseconds = 10.0

    static func main() throws {
        if CommandLine.arguments.dropFirst().first == PodGroups.busyArgument { PodGroups.beBusy() }
        // The benchmark starts its own binary many times: a word that it does not know must never make it start more.
        guard CommandLine.arguments.count == 1 else {
            throw BenchmarkError(description: "\(CommandLine.arguments[1]) is no argument: there are none")
        }
        let groups = try PodGroups(pods: pods)
        defer { groups.remove() }
        let sampler = try ContainerSampler(settings: groups.settings, time: SystemTime())
        sampler.sample()
        guard sampler.report().containers.count == 2 * pods else {
            throw BenchmarkError(description: "the sampler does not find the containers of \(pods) pods")
        }
        var milliseconds: [Double] = []
        var cpuSeconds = -threadTime()
        for round in 1...rounds {
            Thread.sleep(forTimeInterval: 0.1)
            let start = SystemTime().now
            sampler.sample()
            milliseconds.append(SystemTime().now.seconds(since: start) * 1e3)
            if round % 10 == 0 { try check(sampler.report()) }
        }
        cpuSeconds += threadTime()
        milliseconds.sort()
        let high = milliseconds[rounds * 99 / 100]
        let share = cpuSeconds / (Double(rounds) * 0.1) * 100
        print(
            "\(pods) pods, \(2 * pods) containers, one window of 100 ms per round, \(rounds) rounds: median "
                + "\(text(milliseconds[rounds / 2])) ms, p99 \(text(high)) ms, most "
                + "\(text(milliseconds[rounds - 1])) ms; \(text(share)) % of one core, searches and reports included")
        print("limit for p99 \(text(limitMilliseconds)) ms: \(high <= limitMilliseconds ? "met" : "MISSED")")
        guard high <= limitMilliseconds else {
            groups.remove()
            exit(1)
        }
    }

    /// A sampler that sees no work would be cheap: half of the containers must have used time.
    private static func check(_ snapshot: ContainerSnapshot) throws {
        let busy = snapshot.containers.count { ($0.cpuCoresMean ?? 0) > 0 }
        guard busy >= pods else {
            throw BenchmarkError(description: "only \(busy) of \(pods) busy containers have used time")
        }
    }

    /// Processor time of the calling thread, in seconds.
    private static func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
}
