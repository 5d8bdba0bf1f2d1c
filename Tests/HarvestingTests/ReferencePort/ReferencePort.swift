import Foundation
import Harvesting

/// A run of the published simulator's decision loop with one of our managers.
enum ReferencePort {
    struct Outcome {
        let calls: [PortedCluster.Call]
        /// Whether a call ever had to wait, after which a random server decides and runs no longer repeat.
        let hasQueued: Bool

        var meanRelativeExecutionTime: Double {
            calls.map(\.relativeExecutionTime).reduce(0, +) / Double(calls.count)
        }
    }

    /// Runs `trace`, the calls of each function in each second, with user's amounts of `userUnits` of both resources.
    static func run(
        _ trace: [[Int]], userUnits: Int, seed: UInt64 = 1, with manager: inout some ResourceManager
    ) -> Outcome {
        let user = PortedCluster.Units(cpu: userUnits, memory: userUnits)
        var cluster = PortedCluster(seed: seed)
        var finished: [PortedCluster.Call] = []
        var clock = 0
        var order = 0
        for second in 0..<(trace.first?.count ?? 0) {
            for function in trace.indices {
                for _ in 0..<trace[function][second] {
                    let request = InvocationRequest(
                        function: FunctionIndex(function), user: resources(user), sequence: order,
                        arrivalSeconds: Double(second))
                    let load = ClusterLoad(unfinishedRequests: cluster.unfinished, free: resources(cluster.free))
                    // The very first call is sent without asking; the others are decided about before the time up to
                    // their arrival has passed.
                    let decision = order == 0 ? AllocationDecision(request.user) : manager.decide(request, load)
                    while clock < second {
                        clock += 1
                        finish(cluster.step(at: clock), &finished, &manager)
                    }
                    let units = PortedCluster.Units(
                        cpu: decision.allocation.millicores / 1_000, memory: decision.allocation.mebibytes / 64)
                    cluster.place(
                        PortedCluster.Call(
                            order: order, function: function, units: units, user: user,
                            duration: PortedCluster.duration(of: PortedCluster.profiles[function], with: units),
                            invoked: second))
                    order += 1
                    finish(cluster.step(at: clock), &finished, &manager)
                }
            }
        }
        while cluster.unfinished > 0 {
            clock += 1
            finish(cluster.step(at: clock), &finished, &manager)
        }
        return Outcome(calls: finished.sorted { $0.order < $1.order }, hasQueued: cluster.hasQueued)
    }

    private static func finish(
        _ ended: [PortedCluster.Call], _ finished: inout [PortedCluster.Call], _ manager: inout some ResourceManager
    ) {
        for call in ended {
            finished.append(call)
            let peak = PortedCluster.Units(
                cpu: min(call.units.cpu, PortedCluster.ideal), memory: min(call.units.memory, PortedCluster.ideal))
            manager.finished(
                FinishedInvocation(
                    function: FunctionIndex(call.function), sequence: call.order, user: resources(call.user),
                    allocated: resources(call.units), peakUse: resources(peak), waitSeconds: Double(call.waited),
                    executionSeconds: Double(call.progress), completionSeconds: Double(call.completion),
                    baselineSeconds: Double(
                        PortedCluster.duration(of: PortedCluster.profiles[call.function], with: call.user)),
                    endSeconds: Double(call.done), safeguarded: false, succeeded: true))
        }
    }

    private static func resources(_ units: PortedCluster.Units) -> Resources {
        Resources(millicores: units.cpu * 1_000, mebibytes: units.memory * 64)
    }

    struct TraceUnreadable: Error {
        let reason: String
    }

    /// Calls of each function in each second. Trace 0 follows from its rule, one call of every function in every second; the
    /// others are files.
    static func trace(_ number: Int) throws -> [[Int]] {
        guard number != 0 else { return [[Int]](repeating: [Int](repeating: 1, count: 60), count: 10) }
        guard
            let file = Bundle.module.url(
                forResource: "calls-\(number)", withExtension: "csv", subdirectory: "Fixtures")
        else { throw TraceUnreadable(reason: "there is no fixture calls-\(number).csv") }
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        return try lines.map { line in
            let fields = line.split(separator: ",").dropFirst(2)
            let counts = fields.compactMap { Int($0) }
            guard counts.count == 60, fields.count == 60 else {
                throw TraceUnreadable(reason: "a line of calls-\(number).csv has no 60 counts")
            }
            return counts
        }
    }
}
