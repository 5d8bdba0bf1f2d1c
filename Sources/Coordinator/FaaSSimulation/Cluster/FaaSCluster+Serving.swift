public import Harvesting

extension FaaSCluster {
    /// Serves all calls of `stream` with what `manager` decides, until the last one has ended; `sink` gets every
    /// record.
    @inlinable
    public mutating func serve<Manager: ResourceManager, Sink: InvocationSink>(
        _ stream: inout WorkloadStream, manager: inout Manager, sink: inout Sink
    ) {
        while let call = stream.next() {
            finish(until: call.arrivalSeconds, &manager, &sink)
            accept(call, manager.decide(request(for: call), load))
        }
        finish(until: .infinity, &manager, &sink)
    }

    /// Tells `manager` and `sink` of everything that ends not later than `limit`.
    @inlinable
    mutating func finish<Manager: ResourceManager, Sink: InvocationSink>(
        until limit: Double, _ manager: inout Manager, _ sink: inout Sink
    ) {
        while true {
            switch step(until: limit) {
            case .idle: return
            case .reclaimed, .adjusted: continue
            case .finished(let record):
                manager.finished(record.finished)
                sink.record(record)
            }
        }
    }
}
