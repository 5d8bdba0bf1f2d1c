public import Topology

/// What the operator says of one worker.
public struct WorkerSpecification: Hashable, Sendable {
    /// Where it is reached.
    public var address: WorkerAddress
    /// What it speaks.
    public var kind: WorkerKind
    /// Its share of requests beside other workers'; 0 takes it out of every balancer's choice, as in HAProxy.
    public var weight: Int
    /// The most requests it may have at once; nil where there is no such limit.
    public var capacity: Int?
    /// The cores it may use; nil where they are to be learnt.
    public var cores: Double?
    /// The node it runs on; nil where it is not known, and then its host stands for its machine.
    public var node: NodeName?

    /// The greatest weight, so that no product of a weight and a count can overflow.
    public static let greatestWeight = 65_535

    /// A worker as described. Throws `RoutingError` for a weight beyond 0...65535, a capacity below 1, and cores that
    /// are no positive number.
    public init(
        address: WorkerAddress, kind: WorkerKind = .any, weight: Int = 1, capacity: Int? = nil, cores: Double? = nil,
        node: NodeName? = nil
    ) throws(RoutingError) {
        guard (0...Self.greatestWeight).contains(weight) else {
            throw RoutingError(
                "worker \(address) has the weight \(weight): allowed is 0 to \(Self.greatestWeight)")
        }
        if let capacity, capacity < 1 {
            throw RoutingError("worker \(address) has the capacity \(capacity): allowed is 1 and more")
        }
        if let cores, !(cores > 0 && cores.isFinite) {
            throw RoutingError("worker \(address) has \(cores) cores: allowed is any positive number")
        }
        self.address = address
        self.kind = kind
        self.weight = weight
        self.capacity = capacity
        self.cores = cores
        self.node = node
    }
}
