/// What an uplink is told at start.
public struct UplinkSettings: Hashable, Sendable {
    /// How often to sample, in milliseconds, until the coordinator asks for something else.
    public var intervalMilliseconds: UInt32
    /// Processor time that the agent may take, as a share of one core: above it, it samples less often.
    public var cpuBudget: Double
    /// Samples per message.
    public var samplesPerBatch: Int
    /// Batches of each node kept until they are acknowledged; beyond that the oldest is dropped and counted.
    public var bufferedBatches: Int
    /// Memory that the batches of each node may take until they are acknowledged, in bytes; beyond that the oldest is
    /// dropped and counted.
    public var bufferedBytes: Int
    /// Batches of each node that may be on their way, sent and not acknowledged.
    public var unansweredBatches: Int
    /// How long to wait for an acknowledgement before saying hello again and sending again what is not acknowledged.
    public var resendAfterNanoseconds: UInt64

    /// Settings as given. The interval's default is the thesis' 500 ms (section 4.3). The buffer's default holds ten
    /// minutes of samples at 100 ms on a node of eight CPUs, and two of one of 64.
    public init(
        intervalMilliseconds: UInt32 = 500, cpuBudget: Double = 0.01, samplesPerBatch: Int = 1,
        bufferedBatches: Int = 65_536, bufferedBytes: Int = 8 << 20, unansweredBatches: Int = 64,
        resendAfterNanoseconds: UInt64 = 1_000_000_000
    ) {
        self.intervalMilliseconds = intervalMilliseconds
        self.cpuBudget = cpuBudget
        self.samplesPerBatch = samplesPerBatch
        self.bufferedBatches = bufferedBatches
        self.bufferedBytes = bufferedBytes
        self.unansweredBatches = unansweredBatches
        self.resendAfterNanoseconds = resendAfterNanoseconds
    }
}
