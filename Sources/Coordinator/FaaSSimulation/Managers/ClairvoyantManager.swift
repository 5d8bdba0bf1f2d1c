public import Harvesting

/// Decides with the knowledge of what each call could use, which nobody has: for bounds, against which managers are
/// held.
///
/// This protocol is the only door to demands. It is not a kind of ``ResourceManager``, so none of those can be asked
/// through it, and none of them is ever told a demand.
public protocol ClairvoyantManager: Sendable {
    /// What the call of `request` shall have, with the cluster as `load` describes it, when it could use `demand`.
    mutating func decide(
        _ request: InvocationRequest, _ load: ClusterLoad, demand: InvocationDemand
    ) -> AllocationDecision
}

extension FaaSCluster {
    /// Serves all calls of `stream` with what `manager` decides, until the last one has ended; `sink` gets every
    /// record.
    @inlinable
    public mutating func serve<Manager: ClairvoyantManager, Sink: InvocationSink>(
        _ stream: inout WorkloadStream, clairvoyant manager: inout Manager, sink: inout Sink
    ) {
        // A manager that learns nothing stands for one that has nothing to learn.
        var nobody = FixedManager()
        while let call = stream.next() {
            finish(until: call.arrivalSeconds, &nobody, &sink)
            accept(call, manager.decide(request(for: call), load, demand: call.demand))
        }
        finish(until: .infinity, &nobody, &sink)
    }
}
