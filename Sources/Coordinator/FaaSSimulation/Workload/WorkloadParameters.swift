public import Harvesting

/// How a workload is made of a trace: what the trace does not say, and what is left out of it.
public struct WorkloadParameters: Sendable, Hashable {
    /// How long one slot of a counted trace lasts in the run.
    public enum SlotLength: Sendable, Hashable {
        /// As long as in the trace.
        case asRecorded
        /// So many seconds, positive.
        case seconds(Double)
        /// So long that the users' amounts, held for the time that the calls run with them, take this share of the
        /// scarcer resource of `capacity`, averaged over the run and without cold starts. The share lies in 0 ..< 1.
        case reserving(share: Double, of: Resources)
    }

    /// What all draws depend on.
    public var seed: UInt64
    /// The most calls of one function in one slot; what is above is left out. Freyr's sampling keeps functions of at
    /// most 10 calls a minute for the same reason: in the trace of 2019 one function in a hundred makes four of five
    /// calls. Nil keeps all of them.
    public var callsPerFunctionAndSlot: Int?
    /// How many calls of one function run at once, on average over the trace at its own pace and with the published
    /// mean duration: of a function above that, each call is kept with the probability that brings it down to it.
    /// Without this bound one function of the sample of 500, with calls of five minutes, takes more than half of the
    /// cluster. Nil sets no bound.
    public var runningPerFunction: Double?
    /// How likely each of the calls left is kept, in 0 ... 1.
    public var keptShare: Double
    /// How long one slot lasts.
    public var slotLength: SlotLength
    /// A function's user has defined its median need times a number drawn uniformly from this range: for memory, and
    /// for CPU where `userCPU` says so.
    public var allocationFactor: ClosedRange<Double>
    /// Where the CPU that a user has defined comes from.
    public enum UserCPU: Sendable, Hashable {
        /// From the median need of CPU, as memory comes from that of memory.
        case ofNeed
        /// From the memory that the user has defined, as platforms do it: the grid's most cores go with its most
        /// memory.
        case ofMemory
    }

    /// Where users' CPU comes from.
    public var userCPU: UserCPU
    /// The range from which the cores are drawn that a function's median call can use; no trace tells them.
    public var medianCores: ClosedRange<Double>
    /// The power of a call's duration, in units of its function's median one, by which the cores that it can use grow.
    /// With 1 a call of four times the work runs twice as long on twice the cores.
    public var cpuExponent: Double
    /// The standard deviation of the logarithm of the cores that a call can use, beside what its duration explains.
    public var cpuSpread: Double
    /// The amounts that managers choose among. Nothing is more than its maximum; users' amounts lie between its steps.
    public var grid: AllocationGrid

    /// What the experiment uses for a trace of 2019: of each function at most two calls a minute, users' CPU and memory
    /// between half and two and a half times the need, each for itself, and minutes as long as 20 workers of 8 cores
    /// and 2 GiB need to be reserved by 60 % on average: the largest share in tenths under which Fixed completes 98 %
    /// of the calls of the sample of 500 within the 121 s of the paper's Fixed (median of the seeds 11 to 13).
    ///
    /// The users of Freyr's ten applications define one or two cores. As they define half to two and a half times the
    /// need, the need lies between 0.4 and 4 cores.
    public init(
        seed: UInt64, callsPerFunctionAndSlot: Int? = 2, runningPerFunction: Double? = 0.1, keptShare: Double = 1,
        slotLength: SlotLength = .reserving(share: 0.6, of: ClusterParameters.published.capacity),
        allocationFactor: ClosedRange<Double> = 0.5...2.5, userCPU: UserCPU = .ofNeed,
        medianCores: ClosedRange<Double> = 0.4...4, cpuExponent: Double = 1, cpuSpread: Double = 0,
        grid: AllocationGrid = .published
    ) {
        self.seed = seed
        self.callsPerFunctionAndSlot = callsPerFunctionAndSlot
        self.runningPerFunction = runningPerFunction
        self.keptShare = keptShare
        self.slotLength = slotLength
        self.allocationFactor = allocationFactor
        self.userCPU = userCPU
        self.medianCores = medianCores
        self.cpuExponent = cpuExponent
        self.cpuSpread = cpuSpread
        self.grid = grid
    }

    /// Refuses what makes no workload.
    func validate() throws(FaaSError) {
        if let bound = callsPerFunctionAndSlot, bound < 1 {
            throw FaaSError(.invalidParameter, "callsPerFunctionAndSlot is \(bound); allowed is 1 or more")
        }
        if let bound = runningPerFunction, !(bound > 0) {
            throw FaaSError(.invalidParameter, "runningPerFunction is \(bound); allowed is more than 0")
        }
        guard keptShare > 0, keptShare <= 1 else {
            throw FaaSError(.invalidParameter, "keptShare is \(keptShare); allowed is more than 0 and at most 1")
        }
        guard allocationFactor.lowerBound > 0, allocationFactor.upperBound.isFinite else {
            throw FaaSError(
                .invalidParameter, "allocationFactor is \(allocationFactor); allowed are finite numbers above 0")
        }
        guard cpuExponent >= 0, cpuExponent.isFinite, cpuSpread >= 0, cpuSpread.isFinite else {
            throw FaaSError(
                .invalidParameter,
                "cpuExponent is \(cpuExponent) and cpuSpread is \(cpuSpread); allowed are finite numbers, 0 or more")
        }
        guard medianCores.lowerBound > 0, medianCores.upperBound.isFinite else {
            throw FaaSError(.invalidParameter, "medianCores is \(medianCores); allowed are finite numbers above 0")
        }
        switch slotLength {
        case .asRecorded: break
        case .seconds(let seconds):
            guard seconds > 0, seconds.isFinite else {
                throw FaaSError(
                    .invalidParameter, "the slot length is \(seconds) s; allowed is a finite number above 0")
            }
        case .reserving(let share, let capacity):
            guard share > 0, share < 1 else {
                throw FaaSError(
                    .invalidParameter, "the reserved share is \(share); allowed is more than 0 and less than 1")
            }
            guard capacity.millicores > 0, capacity.mebibytes > 0 else {
                throw FaaSError(
                    .invalidParameter, "the capacity to reserve a share of is \(capacity); both must be positive")
            }
        }
    }
}
