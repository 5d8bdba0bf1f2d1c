public import RouterSimulation

/// What `reeve experiment olscheduler --json` writes: one object for each variant.
public struct OlschedulerResult: Sendable, Codable {
    /// Package-aware under one threshold.
    public struct ThresholdResult: Sendable, Equatable, Codable {
        /// The load threshold.
        public let threshold: Int
        /// What it gave.
        public let result: OlschedulerSummary
    }

    /// How requests came.
    public struct Load: Sendable, Equatable, Codable {
        /// "open" or "closed".
        public let kind: String
        /// Of an open load: how many requests.
        public let requests: Int?
        /// Of an open load: the time from one to the next.
        public let intervalMs: Double?
        /// Of a closed load: how many clients.
        public let clients: Int?
        /// Of a closed load: for how long they send.
        public let seconds: Double?

        init(_ load: RouterLoad) {
            switch load {
            case .open(let requests, let interval):
                kind = "open"
                (self.requests, intervalMs, clients, seconds) = (requests, interval, nil, nil)
            case .closed(let clients, let seconds):
                kind = "closed"
                (requests, intervalMs, self.clients, self.seconds) = (nil, nil, clients, seconds)
            }
        }
    }

    /// Always "olscheduler".
    public var experiment = "olscheduler"
    /// "A": all workers on one machine; "B": a core of its own for each.
    public let variant: RouterVariant
    /// Where the functions and packages are from.
    public let registry: String
    /// Which package has which install time.
    public let packageSeed: UInt64
    /// What part of the measured install times a package takes.
    public let installScale: Double
    /// How requests came.
    public let load: Load
    /// Whether addresses kept it from the router which workers share a machine.
    public let machinesHidden: Bool
    /// Package-aware's threshold among the results.
    public let threshold: Int
    /// The hash salts, the arrivals' seeds.
    public let salts: [String], seeds: [UInt64]
    /// By balancer.
    public let results: [String: OlschedulerSummary]
    /// Package-aware by threshold, ascending; empty when it did not run.
    public let sweep: [ThresholdResult]
    /// Seconds that it took.
    public let wallSeconds: Double
    /// Where it ran.
    public let machine: MachineDescription
    /// The project's version.
    public let version: String

    init(
        _ experiment: OlschedulerExperiment, results: [String: OlschedulerSummary], sweep: [ThresholdResult],
        wallSeconds: Double, version: String
    ) {
        variant = experiment.variant
        registry = experiment.source.name
        packageSeed = experiment.packageSeed
        installScale = experiment.source.installScale
        load = Load(experiment.load)
        machinesHidden = experiment.machinesHidden
        threshold = experiment.thresholds[0]
        salts = experiment.salts
        seeds = experiment.seeds
        self.results = results
        self.sweep = sweep
        self.wallSeconds = wallSeconds
        machine = .current
        self.version = version
    }
}
