/// A value for each worker, in the order of `Fleet.workers`. It is aligned before it is used, so that it follows
/// workers that come and go.
struct WorkerTable<Value: Sendable>: Sendable {
    private var ids: [WorkerID] = []
    private(set) var values: [Value] = []

    /// Brings the values into the order of `fleet`'s workers: those of workers that are gone go, and a worker that has
    /// none gets what `initial` says.
    mutating func align(to fleet: Fleet, initial: (Worker) -> Value) {
        let workers = fleet.workers
        if ids.count == workers.count, zip(ids, workers).allSatisfy({ $0 == $1.id }) { return }
        let known = Dictionary(uniqueKeysWithValues: zip(ids, values))
        values = workers.map { known[$0.id] ?? initial($0) }
        ids = workers.map(\.id)
    }

    /// The value of the worker at `index`.
    subscript(index: Int) -> Value {
        get { values[index] }
        set { values[index] = newValue }
    }
}
