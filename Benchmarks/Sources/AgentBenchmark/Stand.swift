internal import Foundation
internal import Measures
internal import Simulation
internal import Topology

/// Starts each of the three programs, lets it warm up, and measures it over a window: what sleeps here lets time pass that
/// is measured, and waits for nothing.
struct Stand {
    /// Long enough for the first claims, the first hello, and the libraries' own first allocations.
    private static let warmUpSeconds = 2.0

    let agent: String
    let node: VirtualNode
    let coordinator: Coordinator
    let folder: String

    /// Measures the three by turns, so that all meet the same disturbances of the machine.
    func compare(at rate: Rate, rounds: Int) throws -> Comparison {
        var comparison = Comparison(
            rate: rate, columns: 0,
            readsPerSample: ReadPlan(root: folder, intervalMilliseconds: rate.intervalMilliseconds).readsPerSample)
        for _ in 0..<rounds {
            comparison.agent.append(try measureAgent(rate))
            comparison.bare.append(try measureBareLoop(rate))
            comparison.exporter.append(try measureExporter(rate))
        }
        comparison.columns = coordinator.columnCount
        return comparison
    }

    private func startAgent(_ intervalMilliseconds: Int) throws -> MeasuredProcess {
        try MeasuredProcess(
            agent,
            [
                "run", "--interval", "\(intervalMilliseconds)", "--budget", "100%", "--msr-root", "\(folder)/dev/cpu",
                "--sysfs-root", "\(folder)/sys", "--proc-root", "\(folder)/proc",
            ] + coordinator.agentArguments, log: "\(folder)/agent.log")
    }

    private func measureAgent(_ rate: Rate) throws -> Measurement {
        let process = try startAgent(rate.intervalMilliseconds)
        Thread.sleep(forTimeInterval: Self.warmUpSeconds)
        let measurement = try measure(process) {
            let before = coordinator.batches
            Thread.sleep(forTimeInterval: rate.windowSeconds)
            return coordinator.batches - before
        }
        try checkReadings()
        return measurement
    }

    /// An agent that reads nothing would be cheap: what it says must be what the hardware does. The hardware moves on
    /// between the reading of one counter and of the next, a little up or down, so the median of some samples counts.
    private func checkReadings() throws {
        var said: [Double] = []
        for _ in 0..<9 {
            let before = coordinator.batches
            while coordinator.batches == before { Thread.sleep(forTimeInterval: 0.001) }
            if let value = coordinator.newest(.instructionsPerCycle) { said.append(value) }
        }
        let actual = VirtualNode.activity.instructionsPerCycle
        guard said.count == 9, abs(said.sorted()[4] - actual) < 0.01 else {
            throw BenchmarkError(description: "the agent says \(said) of \(actual) instructions per cycle")
        }
    }

    private func measureBareLoop(_ rate: Rate) throws -> Measurement {
        let process = try MeasuredProcess(
            FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            [ReadPlan.argument, folder, "\(rate.intervalMilliseconds)"], log: "\(folder)/bare.log")
        Thread.sleep(forTimeInterval: Self.warmUpSeconds)
        return try measure(process) {
            Thread.sleep(forTimeInterval: rate.windowSeconds)
            return Int((rate.windowSeconds * 1_000).rounded()) / rate.intervalMilliseconds
        }
    }

    private func measureExporter(_ rate: Rate) throws -> Measurement {
        let exporter = try Exporter(log: "\(folder)/exporter.log")
        let time = SystemTime()
        let period = UInt64(rate.intervalMilliseconds) * 1_000_000
        func scrape(seconds: Double) throws -> Int {
            let start = time.now
            var count = 0
            var next = start
            while next.seconds(since: start) < seconds {
                let now = time.now
                if now < next { Thread.sleep(forTimeInterval: next.seconds(since: now)) }
                try exporter.scrape()
                count += 1
                // An exporter that cannot keep up is asked as soon as it has answered, and not made to catch up.
                next = max(next.advanced(byNanoseconds: period), time.now)
            }
            return count
        }
        _ = try scrape(seconds: Self.warmUpSeconds)
        return try measure(exporter.process) { try scrape(seconds: rate.windowSeconds) }
    }

    /// What `process` uses while `work` lasts, which returns how many samples were taken meanwhile.
    private func measure(_ process: MeasuredProcess, _ work: () throws -> Int) throws -> Measurement {
        let time = SystemTime()
        let (start, before) = (time.now, try process.usage())
        let samples = try work()
        let (end, after) = (time.now, try process.usage())
        guard samples > 0 else { throw BenchmarkError(description: "no sample was taken: see the logs in \(folder)") }
        return Measurement(
            cpuSeconds: after.cpuSeconds - before.cpuSeconds, wallSeconds: end.seconds(since: start), samples: samples,
            reads: after.reads - before.reads, residentKilobytes: after.residentKilobytes)
    }

    /// Watches the agent's own memory at the highest rate; true when it stays as it is.
    func watchMemory(seconds: Double) throws -> Bool {
        let process = try startAgent(10)
        Thread.sleep(forTimeInterval: 10)
        let before = try process.usage()
        Thread.sleep(forTimeInterval: seconds)
        let growth = try process.usage().ownKilobytes - before.ownKilobytes
        let isFlat = growth <= AgentBenchmark.growthLimitKilobytes
        print(
            "\nmemory at 10 ms: \(before.ownKilobytes) kB of the agent's own after 10 s, \(growth) kB more after "
                + "\(Int(seconds)) s; limit \(AgentBenchmark.growthLimitKilobytes) kB: \(word(isFlat))")
        return isFlat
    }
}

/// What one program used during one window.
struct Measurement {
    let cpuSeconds, wallSeconds: Double
    let samples, reads, residentKilobytes: Int

    var share: Double { cpuSeconds / wallSeconds }
    var microsecondsPerSample: Double { cpuSeconds / Double(samples) * 1e6 }
    var readsPerSample: Double { Double(reads) / Double(samples) }
}

/// How a limit was kept.
func word(_ isMet: Bool) -> String { isMet ? "met" : "MISSED" }
