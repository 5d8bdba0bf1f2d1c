public import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Expected latency of the video workflow, without noise, as a pure function of where its parts run, how many calls are
/// in flight and what else presses on the nodes.
///
/// A request runs its stages one after another: framer, detector over all frames, models over all frames, outputer. The
/// asynchronous calls of a stage go through as many queue workers as the models have replicas, so that many are in
/// flight at once. A call waits `callSeconds` and computes on one core; calls in flight share the cores that pressure
/// leaves on their node, and each suffers from the threads of the others.
public struct LatencyModel: Sendable {
    /// The numbers behind the model.
    public let parameters: TestBedParameters

    /// A model of the test bed with `parameters`.
    public init(_ parameters: TestBedParameters = .darly) {
        self.parameters = parameters
    }

    /// Where the seconds of one request go.
    public struct Breakdown: Sendable, Hashable {
        /// The framer's own execution time.
        public var framer: Double
        /// All of the detector's calls, from the first one sent to the last one ended.
        public var facedetector: Double
        /// All of the models' calls likewise.
        public var models: Double
        /// The outputer's own execution time.
        public var outputer: Double
        /// Everything outside the functions and their fan-outs.
        public var request: Double
        /// End to end.
        public var total: Double { framer + facedetector + models + outputer + request }
    }

    /// Seconds from request to result of version 1, the version that is scheduled.
    ///
    /// - Parameters:
    ///   - placement: positions in `parameters.nodes`, each within it.
    ///   - replicas: replicas of the models, which is the number of queue workers; at least 1.
    ///   - pressure: one per node, in the order of `parameters.nodes`.
    ///   - frames: frames of the input, at least 1.
    public func latencySeconds(
        placement: VideoPlacement, replicas: Int, pressure: [Pressure], frames: Int = VideoWorkflow.scheduledFrames
    ) -> Double {
        breakdown(placement: placement, queueWorkers: replicas, pressure: pressure, frames: frames).total
    }

    /// The same, part by part. `callSeconds` replaces the runtime's own overhead per call, for other runtimes.
    public func breakdown(
        placement: VideoPlacement, queueWorkers: Int, pressure: [Pressure], frames: Int, callSeconds: Double? = nil
    ) -> Breakdown {
        let width = Double(min(max(queueWorkers, 1), frames))
        let waves = Double(frames) / width
        let waiting = callSeconds ?? parameters.callSeconds
        let detector = detectorSeconds(
            on: placement.facedetector, under: pressure[placement.facedetector], inFlight: width)
        return Breakdown(
            framer: framerSeconds(on: placement.framer, under: pressure[placement.framer], frames: frames),
            facedetector: parameters.fanOutSeconds + waves * (waiting + detector),
            models: parameters.fanOutSeconds
                + waves * (waiting + meanModelSeconds(placement: placement, pressure: pressure, inFlight: width)),
            outputer: parameters.outputerSeconds
                * cpuTimeFactor(on: placement.outputer, under: pressure[placement.outputer]),
            request: parameters.requestSeconds)
    }

    /// Seconds of the framer's own execution for `frames` on `node`.
    public func framerSeconds(on node: Int, under pressure: Pressure, frames: Int) -> Double {
        parameters.framerSeconds * framerThreadFactor(on: node, under: pressure)
            * cpuTimeFactor(on: node, under: pressure, l3Sensitivity: parameters.framerL3Sensitivity)
            + parameters.framerNetworkSecondsPerFrame * Double(frames)
    }

    /// Seconds of one detector call's own execution on `node` while `inFlight` calls run there.
    public func detectorSeconds(on node: Int, under pressure: Pressure, inFlight: Double = 1) -> Double {
        parameters.detectorSecondsPerFrame * inferenceFactor(on: node, under: pressure, inFlight: inFlight)
    }

    /// Seconds of one call's own execution, of either model, on `node` while `inFlight` calls run there.
    public func modelSeconds(on node: Int, under pressure: Pressure, inFlight: Double = 1) -> Double {
        parameters.modelSecondsPerFrame * inferenceFactor(on: node, under: pressure, inFlight: inFlight)
    }

    private func meanModelSeconds(placement: VideoPlacement, pressure: [Pressure], inFlight: Double) -> Double {
        let (first, second) = (placement.faceanalyzer, placement.mobilenet)
        if first == second { return modelSeconds(on: first, under: pressure[first], inFlight: inFlight) }
        let share = parameters.faceShare
        return share * modelSeconds(on: first, under: pressure[first], inFlight: share * inFlight)
            + (1 - share) * modelSeconds(on: second, under: pressure[second], inFlight: (1 - share) * inFlight)
    }

    /// Cores that CPU pressure leaves on `node`; a single thread always finds one, its slowdown is in the curve.
    func availableCores(on node: Int, under pressure: Pressure) -> Double {
        max(1, Double(parameters.nodes[node].virtualCPUs) * (1 - pressure.cpu))
    }

    /// Time of a call of detector or model relative to the first node left alone.
    private func inferenceFactor(on node: Int, under pressure: Pressure, inFlight: Double) -> Double {
        let cores = availableCores(on: node, under: pressure)
        let calls = max(1, inFlight)
        return cacheFactor(on: node)
            * cpuTimeFactor(on: node, under: pressure, l3Sensitivity: parameters.modelL3Sensitivity)
            * max(1, calls / cores)
            * crowdingFactor(on: node, otherThreads: (calls - 1) * parameters.threadsPerCall, cores: cores)
    }

    func crowdingFactor(on node: Int, otherThreads: Double, cores: Double) -> Double {
        1 + parameters.nodes[node].crowding * otherThreads / cores
    }

    func cacheFactor(on node: Int) -> Double {
        let missing = max(0, 1 - parameters.nodes[node].l3Bytes / parameters.workingSetBytes)
        return 1 + parameters.cacheShortfallPenalty * missing
    }

    /// Time of the framer with the threads that find a core on `node`, at most `threads`, relative to all of its
    /// threads running: Amdahl's law (AFIPS 1967).
    func framerThreadFactor(on node: Int, under pressure: Pressure, threads: Double = .infinity) -> Double {
        func time(_ running: Double) -> Double {
            parameters.framerSerialShare + (1 - parameters.framerSerialShare) / min(parameters.framerThreads, running)
        }
        return time(min(threads, availableCores(on: node, under: pressure))) / time(parameters.framerThreads)
    }

    /// CPU time on `node` under `pressure` relative to the first node left alone.
    func cpuTimeFactor(on node: Int, under pressure: Pressure, l3Sensitivity: Double = 0) -> Double {
        parameters.cpuContention.factor(at: pressure.cpu)
            * (1 + l3Sensitivity * (parameters.l3Contention.factor(at: pressure.l3) - 1))
            * parameters.memoryBandwidthContention.factor(at: pressure.memoryBandwidth)
            / parameters.nodes[node].speed
    }
}

extension ContentionCurve {
    /// Execution time at `pressure` (0 to 1) relative to none.
    public func factor(at pressure: Double) -> Double {
        pressure == 0 ? 1 : 1 + amplitude * pow(pressure, exponent)
    }
}

extension LatencyModel {
    /// Seconds of one function's own execution over all frames of a request.
    func profiledSeconds(
        of function: ScheduledFunction, on node: Int, under pressure: Pressure, queueWorkers: Int, frames: Int
    ) -> Double {
        let width = Double(min(max(queueWorkers, 1), frames))
        let waves = Double(frames) / width
        return switch function {
        case .framer: framerSeconds(on: node, under: pressure, frames: frames)
        case .facedetector: waves * detectorSeconds(on: node, under: pressure, inFlight: width)
        case .faceanalyzer, .mobilenet: waves * modelSeconds(on: node, under: pressure, inFlight: width)
        }
    }
}

extension LatencyModel {
    /// Seconds from request to result for functions placed by name. Nil when one of the four scheduled functions has no
    /// place in `assignment` or stands on a node that the test bed does not have; the outputer is on the first node.
    public func latencySeconds(
        assignment: [FunctionName: NodeName], replicas: Int, pressure: [Pressure],
        frames: Int = VideoWorkflow.scheduledFrames
    ) -> Double? {
        var placement = VideoPlacement(all: 0)
        for function in ScheduledFunction.allCases {
            guard let node = assignment[function.name],
                let index = parameters.nodes.firstIndex(where: { $0.name == node })
            else { return nil }
            placement[function] = index
        }
        return latencySeconds(placement: placement, replicas: replicas, pressure: pressure, frames: frames)
    }
}
