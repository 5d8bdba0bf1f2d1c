import Topology

extension TestBedParameters {
    /// The four nodes of the thesis and the values that meet C1 to C17 together (docs/testbed.md).
    public static let darly = TestBedParameters(
        nodes: [
            NodeParameters(
                name: NodeName("w01"), virtualCPUs: 8, memoryBytes: 15_600_000_000, l3Bytes: 28e6, hertz: 2.1e9,
                speed: 1, crowding: 0.0027, backgroundShare: 0.06, platformRequestedCPUs: 1.2,
                platformRequestedBytes: 2.3e9),
            NodeParameters(
                name: NodeName("w02"), virtualCPUs: 8, memoryBytes: 15_600_000_000, l3Bytes: 28e6, hertz: 2.0e9,
                speed: 0.956, crowding: 0.0027, backgroundShare: 0.04, platformRequestedCPUs: 1.6,
                platformRequestedBytes: 3.1e9),
            NodeParameters(
                name: NodeName("w03"), virtualCPUs: 16, memoryBytes: 31_400_000_000, l3Bytes: 14e6, hertz: 2.0e9,
                speed: 0.801, crowding: 0.0027, backgroundShare: 0.07, platformRequestedCPUs: 4.8,
                platformRequestedBytes: 9.4e9),
            NodeParameters(
                name: NodeName("w04"), virtualCPUs: 4, memoryBytes: 15_600_000_000, l3Bytes: 30e6, hertz: 2.2e9,
                speed: 0.746, crowding: 0.21, backgroundShare: 0.09, platformRequestedCPUs: 0.2,
                platformRequestedBytes: 0.8e9),
        ],
        framerSeconds: 6.17, framerNetworkSecondsPerFrame: 0.206, framerThreads: 4, framerSerialShare: 0.312,
        detectorSecondsPerFrame: 0.2335, modelSecondsPerFrame: 0.2005, outputerSeconds: 0.4, faceShare: 0.6,
        callSeconds: 0.131, faasFlowCallSeconds: 0.082, fanOutSeconds: 2.36, requestSeconds: 2.87, threadsPerCall: 4.15,
        monolithThreads: 2.2,
        cpuContention: ContentionCurve(amplitude: 1.14, exponent: 3.29),
        l3Contention: ContentionCurve(amplitude: 4, exponent: 2.2),
        memoryBandwidthContention: ContentionCurve(amplitude: 1.2, exponent: 2),
        framerL3Sensitivity: 0.8, modelL3Sensitivity: 1, workingSetBytes: 28e6, cacheShortfallPenalty: 0.063,
        coldStartSeconds: 6, latencyNoise: 0.01, counterNoise: 0.02)
}
