/// What an uplink is told at start.
public struct UplinkSettings: Hashable, Sendable {
    /// How often to sample, in milliseconds, until the coordinator asks for something else.
    public var intervalMilliseconds: UInt32
    /// Processor time that the agent may take, as a share of one core: above it, it samples less often.
    public var cpuBudget: Double
    /// Samples per message.
    public var samplesPerBatch: Int
    /// Batches kept until they are acknowledged; beyond that the oldest is dropped and counted.
    public var bufferedBatches: Int
    /// How long to wait for an acknowledgement before saying hello again and sending again what is not acknowledged.
    public var resendAfterNanoseconds: UInt64

    /// Settings as given; the interval's default is the thesis' 500 ms (section 4.3).
    public init(
        intervalMilliseconds: UInt32 = 500, cpuBudget: Double = 0.01, samplesPerBatch: Int = 1,
        bufferedBatches: Int = 4_096, resendAfterNanoseconds: UInt64 = 1_000_000_000
    ) {
        self.intervalMilliseconds = intervalMilliseconds
        self.cpuBudget = cpuBudget
        self.samplesPerBatch = samplesPerBatch
        self.bufferedBatches = bufferedBatches
        self.resendAfterNanoseconds = resendAfterNanoseconds
    }
}
