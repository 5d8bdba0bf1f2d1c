extension LatencyModel {
    /// Seconds from request to result of any version, all on `node`.
    ///
    /// Merging functions saves their fan-out and one call per frame, not their computation.
    /// - Parameter callSeconds: overhead per call where the runtime is not the thesis' own, such as faas-flow.
    public func latencySeconds(
        of version: VideoWorkflowVersion, on node: Int, under pressure: Pressure = .none, frames: Int,
        queueWorkers: Int, callSeconds: Double? = nil
    ) -> Double {
        let everywhere = [Pressure](repeating: pressure, count: parameters.nodes.count)
        switch version {
        case .separate, .mergedModels:
            // `inference` is one function in place of two of which each frame sees one: as many calls, as much work.
            return breakdown(
                placement: VideoPlacement(all: node), queueWorkers: queueWorkers, pressure: everywhere, frames: frames,
                callSeconds: callSeconds
            ).total
        case .mergedInference:
            let width = Double(min(max(queueWorkers, 1), frames))
            let perFrame =
                (callSeconds ?? parameters.callSeconds)
                + detectorSeconds(on: node, under: pressure, inFlight: width)
                + modelSeconds(on: node, under: pressure, inFlight: width)
            return framerSeconds(on: node, under: pressure, frames: frames) + parameters.fanOutSeconds
                + Double(frames) / width * perFrame + outside(on: node, under: pressure)
        case .monolith:
            return monolithSeconds(on: node, under: pressure, frames: frames) + outside(on: node, under: pressure)
        }
    }

    private func outside(on node: Int, under pressure: Pressure) -> Double {
        parameters.requestSeconds + parameters.outputerSeconds * cpuTimeFactor(on: node, under: pressure)
    }

    private func monolithSeconds(on node: Int, under pressure: Pressure, frames: Int) -> Double {
        let network = parameters.framerNetworkSecondsPerFrame * Double(frames)
        let computing =
            framerSeconds(on: node, under: pressure, frames: frames) - network
            + Double(frames) * (detectorSeconds(on: node, under: pressure) + modelSeconds(on: node, under: pressure))
        // Its pools are sized by the node's vCPUs and take turns; pressure is in `computing` already.
        let cores = Double(parameters.nodes[node].virtualCPUs)
        return network
            + computing * crowdingFactor(on: node, otherThreads: parameters.monolithThreads, cores: cores)
    }
}
