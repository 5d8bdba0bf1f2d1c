public import Topology

/// A worker node of the test bed.
public struct NodeParameters: Sendable, Hashable, Codable {
    /// The node's name.
    public var name: NodeName
    /// Virtual CPUs (Darly thesis, table 4.1).
    public var virtualCPUs: Int
    /// Memory, in bytes (table 4.1).
    public var memoryBytes: UInt64
    /// Last-level cache, in bytes (table 4.1).
    public var l3Bytes: Double
    /// Core clock while busy, in hertz (table 4.1).
    public var hertz: Double
    /// Work per second of one core relative to the first node: clock, generation and memory together. Fitted to C7, C8.
    public var speed: Double
    /// Slowdown of a call per thread of other calls and per available core. Cause: threads beyond the cores are
    /// descheduled and lose their cache. Nearly nothing where cores are plenty; w04's four vCPUs have no core left for
    /// kubelet, runtime and network interrupts, which preempt the calls. Fitted to C1 (w04) and C14.
    public var crowding: Double
    /// Share of the cores that kubelet, runtime and the platform's services keep busy at all times. Ours.
    public var backgroundShare: Double
    /// Cores requested by the platform's pods (gateway, queue, object store, monitoring): all that kube-scheduler
    /// counts of them. Ours: the three larger nodes carry the platform.
    public var platformRequestedCPUs: Double
    /// Memory requested by the platform's pods, in bytes.
    public var platformRequestedBytes: Double
}

/// A growth of execution time with pressure p: 1 + amplitude p^exponent.
public struct ContentionCurve: Sendable, Hashable, Codable {
    /// Growth at full pressure.
    public var amplitude: Double
    /// Above 1 where little pressure is nearly absorbed.
    public var exponent: Double
}

/// Every number of the latency model, one set for all experiments. Each has one cause; docs/testbed.md tells how the
/// values were fitted to the published behaviour (C1 to C17) and what remains between the two.
public struct TestBedParameters: Sendable, Hashable, Codable {
    /// The worker nodes; the first is the one speeds refer to and the one where everything starts.
    public var nodes: [NodeParameters]

    /// CPU seconds of the framer on the first node: opening and seeking the video, nearly the same for every input.
    public var framerSeconds: Double
    /// Seconds per frame that the framer spends sending it to the object store; network, equal on every node.
    public var framerNetworkSecondsPerFrame: Double
    /// Threads that the framer decodes with.
    public var framerThreads: Double
    /// Share of the framer's work that only one thread can do (Amdahl).
    public var framerSerialShare: Double
    /// CPU seconds of the face detector per frame on the first node.
    public var detectorSecondsPerFrame: Double
    /// CPU seconds of either model per frame on the first node.
    public var modelSecondsPerFrame: Double
    /// CPU seconds of the outputer on the first node.
    public var outputerSeconds: Double
    /// Share of the frames that show a face and go to the face analyzer; the others go to mobilenet. Ours.
    public var faceShare: Double

    /// Seconds per asynchronous call outside the function: queue, gateway, watchdog, object store. Waiting, no CPU.
    public var callSeconds: Double
    /// The same under faas-flow.
    public var faasFlowCallSeconds: Double
    /// Seconds to start one fan-out over the frames and to see that its last call has ended.
    public var fanOutSeconds: Double
    /// Seconds of every request whatever its version: accepting it, the wrapper, the synchronous calls.
    public var requestSeconds: Double
    /// Threads that each call of a function keeps runnable, though they hardly make it faster.
    public var threadsPerCall: Double
    /// Threads beside the working one that the monolith keeps runnable: the pools of all its libraries in one process.
    public var monolithThreads: Double

    /// Growth of CPU time with CPU pressure, beyond the loss of cores: shared pipelines, caches, frequency.
    public var cpuContention: ContentionCurve
    /// Growth with L3 pressure of a function wholly dependent on the cache.
    public var l3Contention: ContentionCurve
    /// Growth with memory-bandwidth pressure.
    public var memoryBandwidthContention: ContentionCurve
    /// How far the framer depends on the L3, 0 to 1: decoding streams through memory.
    public var framerL3Sensitivity: Double
    /// How far detector and models depend on the L3: their weights live there.
    public var modelL3Sensitivity: Double
    /// L3 that detector and models fill, in bytes: with less they slow down.
    public var workingSetBytes: Double
    /// Slowdown of detector and models per share of their working set that does not fit.
    public var cacheShortfallPenalty: Double

    /// Seconds from creating a function's pod to its first answer: image present, runtime and model loading. Ours.
    public var coldStartSeconds: Double
    /// Relative standard deviation of a latency measurement: plain CPU work repeats within 0.1 to 1 % on cloud machines
    /// (azure-vm-noise of Freischuetz et al., TUNA, EuroSys 2025).
    public var latencyNoise: Double
    /// Relative standard deviation of a counter's value over one window; memory copying repeats within 0.4 to 8 %
    /// there.
    public var counterNoise: Double
}
