public import Settings

/// What a coordinator is told at start, one member per section of the file. A section that is absent switches off what
/// it configures.
public struct CoordinatorConfiguration: Sendable {
    /// Where agents connect.
    public var telemetry: TelemetryConfiguration?
    /// How the cluster is reached.
    public var cluster: ClusterConfiguration?
    /// Which workflows can be run, and through which gateway.
    public var workflows: WorkflowsConfiguration?
    /// What is placed and by whom.
    public var placement: PlacementConfiguration?
    /// Whose idle resources are lent to whom.
    public var harvesting: HarvestingConfiguration?
    /// The proxy that takes invocations to workers.
    public var routing: RoutingConfiguration?
    /// Where decisions are kept.
    public var store: StoreConfiguration?
    /// Where points are written for InfluxDB.
    public var influx: InfluxConfiguration?
    /// Where questions are answered.
    public var query: QueryConfiguration?
    /// Where health, metrics and the API are served.
    public var http: HTTPConfiguration?
    /// One line per value in force, for the log at start.
    public var effectiveLines: [String]

    /// Reads a configuration from YAML text. Throws `SettingsError` for anything it does not know or cannot use.
    public init(yaml: String) throws(SettingsError) {
        let file = try SettingsSection.parse(yaml: yaml)
        telemetry = try file.section("telemetry").map { section throws(SettingsError) in try .init(section) }
        cluster = try file.section("cluster").map { section throws(SettingsError) in try .init(section) }
        workflows = try file.section("workflows").map { section throws(SettingsError) in try .init(section) }
        // What serves somebody is never changed without a guard.
        let isLive = if case .kubernetes = cluster { true } else { false }
        placement = try file.section("placement").map { section throws(SettingsError) in
            try .init(section, isGuarded: isLive)
        }
        harvesting = try file.section("harvesting").map { section throws(SettingsError) in try .init(section) }
        routing = try file.section("routing").map { section throws(SettingsError) in try .init(section) }
        store = try file.section("store").map { section throws(SettingsError) in try .init(section) }
        influx = try file.section("influx").map { section throws(SettingsError) in try .init(section) }
        query = try file.section("query").map { section throws(SettingsError) in try .init(section) }
        http = try file.section("http").map { section throws(SettingsError) in try .init(section) }
        try file.finish()
        effectiveLines = file.effectiveLines()
        try check()
    }

    /// Sections that need one another, or exclude one another.
    private func check() throws(SettingsError) {
        if case .simulated = cluster, workflows != nil {
            throw SettingsError(
                "section workflows is for functions behind a gateway, and a simulated cluster runs its workflow itself: "
                    + "allowed is cluster.kind kubernetes, or no section workflows")
        }
        if harvesting != nil, telemetry == nil {
            throw SettingsError("section harvesting needs section telemetry: add it, or take harvesting out")
        }
        if harvesting?.resizesPods == true {
            guard case .kubernetes = cluster else {
                throw SettingsError("harvesting.podResize needs section cluster of kind kubernetes: add it, or take podResize out")
            }
        }
        guard placement != nil else { return }
        var needed = [("telemetry", telemetry != nil), ("cluster", cluster != nil), ("store", store != nil)]
        if case .kubernetes = cluster { needed.append(("workflows", workflows != nil)) }
        for (name, isPresent) in needed where !isPresent {
            throw SettingsError("section placement needs section \(name): add it, or take placement out")
        }
    }
}
