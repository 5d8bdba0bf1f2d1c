public import Proxy
public import Routing
public import Settings

/// What operators may tell a running proxy. One order is carried out at a time.
public actor RoutingAdmin {
    /// The proxy.
    public nonisolated let control: ProxyControl
    private let read: @Sendable () throws(SettingsError) -> CoordinatorConfiguration
    /// The lines of the configuration that is in force, by key, those of what a reload takes in left out.
    private let lasting: [String: String]
    /// The balancer in force.
    public private(set) var balancer: String

    /// Orders for the proxy behind `control`, which runs what `configuration` says; `read` reads it anew.
    public init(
        control: ProxyControl, configuration: CoordinatorConfiguration,
        read: @escaping @Sendable () throws(SettingsError) -> CoordinatorConfiguration
    ) {
        self.control = control
        self.read = read
        lasting = Self.lasting(configuration)
        balancer = configuration.routing?.balancer.name ?? ""
    }

    /// Reads workers, registry and balancer anew and puts them in place of what was, as one, without dropping a
    /// connection. Workers that were added by an order and are not in the file go; those that were removed by one and
    /// are in it come back; one that drains goes on draining. Throws `SettingsError` for a
    /// file that cannot be used, and then nothing has changed.
    public func reload() throws(SettingsError) -> RouteReloadAnswer {
        let configuration = try read()
        guard let routing = configuration.routing else {
            throw SettingsError("the configuration has no section routing any more: a restart takes it out")
        }
        let (plan, remarks) = try named("routing.registry") { try routing.plan() }
        let before = members
        control.apply(plan)
        let after = members
        balancer = plan.balancer.name
        return RouteReloadAnswer(
            added: after.keys.filter { before[$0] == nil }.sorted(),
            removed: before.keys.filter { after[$0] == nil }.sorted(),
            changed: after.filter { entry in before[entry.key].map { $0 != entry.value } ?? false }.keys.sorted(),
            workers: plan.workers.count, functions: plan.registry.functions.count, balancer: plan.balancer.name,
            remarks: remarks + waiting(in: configuration))
    }

    /// The workers of the list by their addresses.
    private var members: [String: WorkerSpecification] {
        Dictionary(
            control.snapshot().workers.filter(\.isMember).map { ($0.specification.address.text, $0.specification) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Adds a worker, or changes the one at its address; one that drains takes requests again.
    public func add(_ worker: WorkerSpecification) { control.add(worker) }

    /// Gives the worker at `address` nothing more, and forgets it when its last request has ended. False when there is
    /// none.
    public func remove(_ address: WorkerAddress) -> Bool { control.remove(address) }

    /// Gives the worker at `address` nothing more, but keeps it in the list. False when there is none.
    public func drain(_ address: WorkerAddress) -> Bool { control.drain(address) }

    /// What stands otherwise in the file than it is in force, and is taken in at start only.
    private func waiting(in configuration: CoordinatorConfiguration) -> [String] {
        let now = Self.lasting(configuration)
        let keys = Set(lasting.keys).union(now.keys).filter { lasting[$0] != now[$0] }.sorted()
        return keys.map { "\($0) has changed, which takes a restart" }
    }

    /// The values in force by key, without what a reload takes in.
    private static func lasting(_ configuration: CoordinatorConfiguration) -> [String: String] {
        var values: [String: String] = [:]
        for line in configuration.effectiveLines {
            let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let isReloadable = RoutingConfiguration.reloadable.contains { name in
                let key = "routing.\(name)"
                return parts[0] == key || parts[0].hasPrefix("\(key).") || parts[0].hasPrefix("\(key)[")
            }
            if !isReloadable { values[parts[0]] = parts.count == 2 ? parts[1] : "" }
        }
        return values
    }
}

extension ProxySnapshot.Worker {
    /// Whether it is one of the list's workers, in whatever health.
    var isMember: Bool {
        if case .removed = state { false } else { true }
    }
}
