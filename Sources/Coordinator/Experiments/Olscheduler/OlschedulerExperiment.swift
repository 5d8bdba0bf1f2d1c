public import Foundation
public import Measures
public import RouterSimulation
public import Routing

/// The olscheduler thesis' experiment on a model of its workers, in process and in virtual time, with our router.
public struct OlschedulerExperiment: Sendable {
    /// The thesis' load thresholds.
    public static let thesisThresholds = [5, 10, 50, 100, 150, 200, 250, 300]
    /// The threshold that the thesis found best.
    public static let thesisThreshold = 100
    /// With our generated registry, so much of the measured install times makes round robin as slow as the thesis
    /// measured; with the original registry it is `originalInstallScale`. Everything else follows from it.
    public static let generatedInstallScale = 0.55
    /// The same for the original registry.
    public static let originalInstallScale = 0.7
    /// Decides which package has which of the measured install times.
    public static let packageSeed: UInt64 = 3
    /// Decides the generated registry.
    public static let registrySeed: UInt64 = 1

    /// The functions and packages, and where they are from in words.
    public struct Source: Sendable {
        /// The lists.
        public let registry: PackageRegistry
        /// Such as "generated from seed 1".
        public let name: String
        /// What part of the measured times installing takes.
        public let installScale: Double

        /// The registry that belongs to `seed`.
        public static func generated(seed: UInt64, installScale: Double? = nil) -> Self {
            Self(
                registry: GeneratedRegistry.registry(seed: seed), name: "generated from seed \(seed)",
                installScale: installScale ?? generatedInstallScale)
        }

        /// A registry file as the olscheduler reads it, called `name`. Throws `RoutingError` for what is none.
        public static func file(_ data: Data, name: String, installScale: Double? = nil) throws(RoutingError) -> Self {
            Self(
                registry: try PackageRegistry.read(olschedulerJSON: data).registry, name: name,
                installScale: installScale ?? originalInstallScale)
        }
    }

    /// Whose cores the workers run on.
    public let variant: RouterVariant
    /// Who chooses.
    public let balancers: [BalancerEntry]
    /// The thresholds of package-aware; the first is the one that stands among the results.
    public let thresholds: [Int]
    /// How often homes are dealt out, for those that hash with a salt.
    public let salts: [String]
    /// The seeds of the arrivals.
    public let seeds: [UInt64]
    /// Functions, packages and what they cost.
    public let source: Source
    /// Decides which package has which of the measured install times.
    public let packageSeed: UInt64
    /// How requests come.
    public let load: RouterLoad
    /// Whether workers that share a machine have addresses that do not show it.
    public let machinesHidden: Bool

    /// An experiment as described, with at least one of each. Throws `RoutingError` otherwise.
    public init(
        variant: RouterVariant, balancers: [BalancerEntry] = BalancerEntry.all,
        thresholds: [Int] = [OlschedulerExperiment.thesisThreshold], salts: [String] = OlschedulerExperiment.salts(5),
        seeds: [UInt64] = Array(1...9), source: Source = .generated(seed: OlschedulerExperiment.registrySeed),
        packageSeed: UInt64 = OlschedulerExperiment.packageSeed, load: RouterLoad = .thesis,
        machinesHidden: Bool = false
    ) throws(RoutingError) {
        guard !balancers.isEmpty, !thresholds.isEmpty, !salts.isEmpty, !seeds.isEmpty else {
            throw RoutingError("an experiment needs at least one balancer, threshold, salt and seed")
        }
        guard !source.registry.functions.isEmpty else {
            throw RoutingError("the registry \(source.name) has no functions: an experiment needs at least one")
        }
        self.variant = variant
        self.balancers = balancers
        self.thresholds = thresholds
        self.salts = salts
        self.seeds = seeds
        self.source = source
        self.packageSeed = packageSeed
        self.load = load
        self.machinesHidden = machinesHidden
    }

    /// `count` salts: the thesis' own, which is none, and "1", "2" and so on.
    public static func salts(_ count: Int) -> [String] {
        (0..<max(count, 0)).map { $0 == 0 ? "" : "\($0)" }
    }

    /// Runs every balancer; `version` stands in the result, `time` measures how long it takes, and `progress` is told
    /// which comes next and what share is done. Throws `RoutingError` when a setting is not possible.
    public func run(
        version: String, time: any TimeSource = SystemTime(), progress: (String, Double) -> Void = { _, _ in }
    ) throws(RoutingError) -> OlschedulerResult {
        let started = time.now
        let model = RouterModel(
            variant: variant, registry: source.registry,
            installMilliseconds: InstallCosts.drawn(
                count: source.registry.names.count, seed: packageSeed, scale: source.installScale),
            machinesHidden: machinesHidden)
        let package = balancers.first { $0.name == PackageAware.name }
        let steps = balancers.count + (package == nil ? 0 : thresholds.count - 1)
        var done = 0
        var results: [String: OlschedulerSummary] = [:]
        for balancer in balancers {
            progress(balancer.name, Double(done) / Double(steps))
            results[balancer.name] = try summary(of: balancer, threshold: thresholds[0], model)
            done += 1
        }
        var sweep: [OlschedulerResult.ThresholdResult] = []
        if let package, let first = results[package.name] {
            sweep.append(.init(threshold: thresholds[0], result: first))
            for threshold in thresholds.dropFirst() {
                progress("\(package.name) up to \(threshold)", Double(done) / Double(steps))
                sweep.append(.init(threshold: threshold, result: try summary(of: package, threshold: threshold, model)))
                done += 1
            }
        }
        return OlschedulerResult(
            self, results: results, sweep: sweep.sorted { $0.threshold < $1.threshold },
            wallSeconds: time.now.seconds(since: started), version: version)
    }

    private func summary(
        of balancer: BalancerEntry, threshold: Int, _ model: RouterModel
    ) throws(RoutingError) -> OlschedulerSummary {
        var runs: [RouterRun] = []
        for salt in balancer.usesSalt ? salts : [""] {
            for seed in seeds {
                let settings = try BalancerSettings(seed: seed, hashSalt: salt, loadThreshold: threshold)
                runs.append(try model.run(load, balancer: balancer.make(settings), seed: seed))
            }
        }
        return OlschedulerSummary(runs, registry: source.registry)
    }
}
