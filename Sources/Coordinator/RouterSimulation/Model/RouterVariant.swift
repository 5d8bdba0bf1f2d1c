/// What the workers' cores are shared with.
public enum RouterVariant: String, Sendable, Hashable, CaseIterable, Codable {
    /// All workers on one machine of four cores, as in the thesis.
    case sharedHost = "A"
    /// Each worker with one core of its own, as on today's clusters.
    case privateCores = "B"

    /// The thesis' number of workers.
    public static let workers = 5

    /// The cores of each machine; worker i runs on machine `machine(of: i)`.
    var machines: [Double] {
        switch self {
        case .sharedHost: [4]
        case .privateCores: Array(repeating: 1, count: Self.workers)
        }
    }

    func machine(of worker: Int) -> Int {
        switch self {
        case .sharedHost: 0
        case .privateCores: worker
        }
    }

    /// The address of worker `index`: ports of one host where they share a machine, as in the thesis' configuration,
    /// and hosts of their own where they do not, or where it is `hidden` that they do.
    func address(of index: Int, hidden: Bool) -> String {
        self == .sharedHost && !hidden ? "10.0.0.1:\(8081 + index)" : "10.0.0.\(1 + index):8080"
    }
}
