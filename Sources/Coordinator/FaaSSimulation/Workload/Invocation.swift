public import Harvesting

/// One call of a workload.
public struct Invocation: Sendable, Hashable {
    /// Seconds from the start of the run to the arrival.
    public var arrivalSeconds: Double
    /// The function.
    public var function: FunctionIndex
    /// What it could use.
    public var demand: InvocationDemand

    /// A call of `function`.
    public init(arrivalSeconds: Double, function: FunctionIndex, demand: InvocationDemand) {
        self.arrivalSeconds = arrivalSeconds
        self.function = function
        self.demand = demand
    }
}
