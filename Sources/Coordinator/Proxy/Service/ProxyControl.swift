public import Routing
public import Topology

/// What others may ask of a proxy and tell it, from any thread, whether it runs yet or not.
public struct ProxyControl: Sendable {
    let desk: RoutingDesk

    /// Puts `plan` in place of what was: workers that are new come, those that are not in it go, those that have
    /// changed change. A worker that is as before stays as it is, in whatever state; so does the balancer with what it
    /// remembers.
    public func apply(_ plan: RoutingPlan) {
        desk.apply(plan)
    }

    /// Adds a worker, or changes the one at its address; one that drains takes requests again.
    public func add(_ worker: WorkerSpecification) {
        desk.add(worker)
    }

    /// Gives the worker at `address` nothing more, and forgets it when its last request has ended. False when there is
    /// none.
    @discardableResult
    public func remove(_ address: WorkerAddress) -> Bool {
        desk.remove(address)
    }

    /// Gives the worker at `address` nothing more, but keeps it in the list. False when there is none.
    @discardableResult
    public func drain(_ address: WorkerAddress) -> Bool {
        desk.drain(address)
    }

    /// What telemetry knows of `node` now; nil when it knows nothing fresh.
    public func observe(_ hardware: NodeHardware?, of node: NodeName) {
        desk.observe(hardware, of: node)
    }

    /// What is going on.
    public func snapshot() -> ProxySnapshot {
        desk.snapshot()
    }
}
