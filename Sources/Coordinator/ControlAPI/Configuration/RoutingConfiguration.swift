public import Proxy
public import Routing
import Settings
import Topology

/// The section `routing`: the proxy that takes invocations to workers.
public struct RoutingConfiguration: Sendable {
    /// What stays as it is while the proxy runs.
    public var settings: ProxySettings
    /// The workers in their order.
    public var workers: [WorkerSpecification]
    /// Where it stands which packages functions need; later ones replace entries of earlier ones.
    public var registry: [RegistrySource]
    /// Who chooses the worker.
    public var balancer: BalancerEntry
    /// What that one is set to.
    public var balancing: BalancerSettings

    /// The keys that a reload takes in, with all that is below them; what else has changed waits for a restart.
    static let reloadable = ["workers", "registry", "balancer", "balancing"]

    init(_ section: SettingsSection) throws(SettingsError) {
        settings = try ProxySettings(section)
        workers = []
        for entry in try section.sectionList("workers") {
            let worker = try WorkerSpecification(entry)
            guard !workers.contains(where: { $0.address == worker.address }) else {
                throw SettingsError(
                    "\(entry.path).url is \(worker.address), which stands in the list before: allowed is once")
            }
            workers.append(worker)
        }
        registry = []
        for entry in try section.sectionList("registry") { registry.append(try RegistrySource(entry)) }
        let name = try section.choice("balancer", of: BalancerEntry.all.map(\.name), default: "cost-aware")
        balancer = try named(section.name(of: "balancer")) { try BalancerEntry.named(name) }
        balancing = try BalancerSettings(try section.sectionOrStandard("balancing"))
    }

    /// What the section asks for, with the registry read from its files, and what its readers remarked. Throws
    /// `RoutingError` naming the file that cannot be used.
    public func plan() throws(RoutingError) -> (plan: RoutingPlan, remarks: [String]) {
        let reading = try RegistryReading(of: registry)
        let plan = RoutingPlan(
            workers: workers, registry: reading.registry, balancer: balancer, balancerSettings: balancing)
        return (plan, reading.remarks)
    }
}

extension WorkerSpecification {
    /// One entry of the list `routing.workers`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        let url = try section.string("url")
        let kinds = WorkerKind.allCases.map(\.rawValue)
        let kind = WorkerKind(rawValue: try section.choice("kind", of: kinds, default: WorkerKind.any.rawValue)) ?? .any
        let weight = try section.integer("weight", in: 0...WorkerSpecification.greatestWeight, default: 1)
        let capacity = try section.optionalInteger("capacity", in: 1...1_000_000)
        let cores = try section.optionalDecimal("cores", in: 0.1...4_096)
        let node = try section.optionalString("node").map { NodeName($0) }
        self = try named(section.name(of: "url")) {
            try WorkerSpecification(
                address: try WorkerAddress(url), kind: kind, weight: weight, capacity: capacity, cores: cores,
                node: node)
        }
    }
}

extension RegistrySource {
    /// One entry of the list `routing.registry`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        switch (try section.optionalString("olscheduler"), try section.optionalString("functions")) {
        case (let path?, nil): self = .olscheduler(path: path)
        case (nil, let folder?): self = .functions(folder: folder)
        default: throw SettingsError("\(section.path) must have one of the keys olscheduler and functions")
        }
    }
}

extension BalancerSettings {
    /// The section `routing.balancing`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        let seed = try section.integer("seed", in: 0...Int.max, default: 1)
        let salt = try section.optionalString("hashSalt") ?? ""
        let threshold = try section.integer("loadThreshold", in: 0...1_000_000, default: 100)
        let bound = try section.share("boundedLoad", in: 1.0001...100, default: 1.25)
        var cost = CostSettings()
        let millisecond: UInt64 = 1_000_000
        let hour = 3_600_000 * millisecond
        let costs = try section.sectionOrStandard("cost")
        cost.installMilliseconds =
            Double(
                try costs.nanoseconds(
                    "install", in: millisecond...hour, default: UInt64(cost.installMilliseconds) * millisecond)) / 1e6
        cost.serviceMilliseconds =
            Double(
                try costs.nanoseconds(
                    "service", in: millisecond...hour, default: UInt64(cost.serviceMilliseconds) * millisecond)) / 1e6
        cost.cores = try costs.decimal("cores", in: 0.1...4_096, default: cost.cores)
        cost.learningRate = try costs.share("learningRate", in: 0.01...1, default: cost.learningRate)
        cost.greatestSlowdown = try costs.decimal("greatestSlowdown", in: 1...100, default: cost.greatestSlowdown)
        cost.leastShareOfMachine = try costs.share("leastShare", in: 0.01...1, default: cost.leastShareOfMachine)
        self = try named(section.path) {
            try BalancerSettings(
                seed: UInt64(seed), hashSalt: salt, loadThreshold: threshold, boundedLoadFactor: bound, cost: cost)
        }
    }
}

/// Passes on what `body` throws as a `SettingsError` that begins with the configuration's key.
func named<Result>(_ key: String, _ body: () throws -> Result) throws(SettingsError) -> Result {
    do {
        return try body()
    } catch {
        throw SettingsError("\(key): \(error)")
    }
}
