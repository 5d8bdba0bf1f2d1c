/// What the nodes' counters show while requests follow one another: the load of the placed functions, the platform's
/// background and the interference. It is all that a scheduler ever learns of the pressure.
struct ActivityModel: Sendable {
    /// What one busy core of some kind of work does to the shared hardware. Orders of magnitude of published counter
    /// studies of such work; ours, since the thesis prints no counter values.
    struct Work: Sendable {
        let instructionsPerCycle: Double
        let llcReferencesPerSecond: Double
        let llcMissesPerSecond: Double
        let memoryReadBytesPerSecond: Double
        let memoryWriteBytesPerSecond: Double

        static let background = Work(
            instructionsPerCycle: 0.9, llcReferencesPerSecond: 8e6, llcMissesPerSecond: 1.5e6,
            memoryReadBytesPerSecond: 0.15e9, memoryWriteBytesPerSecond: 0.08e9)
        static let decoding = Work(
            instructionsPerCycle: 1.7, llcReferencesPerSecond: 15e6, llcMissesPerSecond: 4e6,
            memoryReadBytesPerSecond: 0.6e9, memoryWriteBytesPerSecond: 0.3e9)
        static let inference = Work(
            instructionsPerCycle: 1.4, llcReferencesPerSecond: 25e6, llcMissesPerSecond: 4e6,
            memoryReadBytesPerSecond: 0.4e9, memoryWriteBytesPerSecond: 0.1e9)
        /// Arithmetic in registers: it takes cores and nothing else.
        static let cpuPressure = Work(
            instructionsPerCycle: 2.2, llcReferencesPerSecond: 0.2e6, llcMissesPerSecond: 0.05e6,
            memoryReadBytesPerSecond: 0.01e9, memoryWriteBytesPerSecond: 0.005e9)
        /// Random access over a cache-sized array: every access a reference, many of them misses.
        static let l3Pressure = Work(
            instructionsPerCycle: 0.3, llcReferencesPerSecond: 60e6, llcMissesPerSecond: 25e6,
            memoryReadBytesPerSecond: 1.6e9, memoryWriteBytesPerSecond: 0.2e9)
        /// Streaming through memory: the prefetchers turn what would be misses into reads.
        static let memoryBandwidthPressure = Work(
            instructionsPerCycle: 0.45, llcReferencesPerSecond: 12e6, llcMissesPerSecond: 3e6,
            memoryReadBytesPerSecond: 7e9, memoryWriteBytesPerSecond: 3.5e9)
    }

    /// Cores that the L3 and the bandwidth micro-benchmarks keep busy at full pressure: two threads saturate either.
    static let pressureCores = 2.0
    /// Share of halted time that a core spends in C6 rather than in C1 between wake-ups.
    static let deepIdleShare = 0.4

    let model: LatencyModel

    /// The activity of each node, in the order of the test bed's nodes.
    func activity(
        placement: VideoPlacement, queueWorkers: Int, pressure: [Pressure], frames: Int
    ) -> [HardwareActivity] {
        let seconds = model.breakdown(
            placement: placement, queueWorkers: queueWorkers, pressure: pressure, frames: frames
        ).total
        return model.parameters.nodes.indices.map { node in
            activity(
                on: node, under: pressure[node], placement: placement, requestSeconds: seconds, frames: frames)
        }
    }

    private func activity(
        on node: Int, under pressure: Pressure, placement: VideoPlacement, requestSeconds: Double,
        frames: Int
    ) -> HardwareActivity {
        let parameters = model.parameters
        let cores = Double(parameters.nodes[node].virtualCPUs)
        func busy(_ function: ScheduledFunction) -> Double {
            placement[function] == node
                ? model.coreSeconds(of: function, on: node, under: pressure, frames: frames) / requestSeconds : 0
        }
        return mixed(
            [
                (cores * parameters.nodes[node].backgroundShare, .background),
                (busy(.framer), .decoding),
                (busy(.facedetector), .inference),
                (busy(.faceanalyzer), .inference),
                (busy(.mobilenet), .inference),
                (cores * pressure.cpu, .cpuPressure),
                (Self.pressureCores * pressure.l3, .l3Pressure),
                (Self.pressureCores * pressure.memoryBandwidth, .memoryBandwidthPressure),
            ], on: node, under: pressure)
    }

    /// Busy cores of several kinds on one node. Where more is wanted than there is, all get an equal share of it.
    private func mixed(
        _ parts: [(cores: Double, work: Work)], on node: Int, under pressure: Pressure
    ) -> HardwareActivity {
        let parameters = model.parameters
        let wanted = parts.reduce(0) { $0 + $1.cores }
        let fit = min(1, Double(parameters.nodes[node].virtualCPUs) / max(wanted, .leastNormalMagnitude))
        func sum(_ value: (Work) -> Double) -> Double { parts.reduce(0) { $0 + $1.cores * fit * value($1.work) } }
        // What stretches execution without executing more also stretches cycles per instruction.
        let stall =
            parameters.l3Contention.factor(at: pressure.l3)
            * parameters.memoryBandwidthContention.factor(at: pressure.memoryBandwidth)
        let utilisation = min(1, wanted / Double(parameters.nodes[node].virtualCPUs))
        // Work that found its lines in the cache misses them when another evicts them: up to half of its references.
        let evicted = 0.5 * pressure.l3 * sum(\.llcReferencesPerSecond)
        let misses = sum(\.llcMissesPerSecond) + evicted
        return HardwareActivity(
            utilisation: utilisation,
            instructionsPerCycle: sum(\.instructionsPerCycle) / max(wanted * fit, .leastNormalMagnitude) / stall,
            llcReferencesPerSecond: max(misses, sum(\.llcReferencesPerSecond)),
            llcMissesPerSecond: misses,
            memoryReadBytesPerSecond: sum(\.memoryReadBytesPerSecond) + 64 * evicted,
            memoryWriteBytesPerSecond: sum(\.memoryWriteBytesPerSecond),
            c6Share: Self.deepIdleShare * (1 - utilisation))
    }
}

extension LatencyModel {
    /// Core-seconds that `function` takes on `node` for one request of `frames`.
    func coreSeconds(of function: ScheduledFunction, on node: Int, under pressure: Pressure, frames: Int) -> Double {
        let share = parameters.faceShare
        return switch function {
        case .framer:
            parameters.framerSeconds * framerThreadFactor(on: node, under: .none, threads: 1)
                * cpuTimeFactor(on: node, under: pressure, l3Sensitivity: parameters.framerL3Sensitivity)
        case .facedetector: Double(frames) * detectorSeconds(on: node, under: pressure)
        case .faceanalyzer: share * Double(frames) * modelSeconds(on: node, under: pressure)
        case .mobilenet: (1 - share) * Double(frames) * modelSeconds(on: node, under: pressure)
        }
    }
}
