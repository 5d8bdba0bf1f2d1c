public import Settings

/// What a coordinator is told at start, one member per section of the file. A section that is absent switches off what
/// it configures.
public struct CoordinatorConfiguration: Sendable {
    /// Where agents connect.
    public var telemetry: TelemetryConfiguration?
    /// How the cluster is reached.
    public var cluster: ClusterConfiguration?
    /// What is placed and by whom.
    public var placement: PlacementConfiguration?
    /// Where decisions are kept.
    public var store: StoreConfiguration?
    /// Where questions are answered.
    public var query: QueryConfiguration?
    /// One line per value in force, for the log at start.
    public var effectiveLines: [String]

    /// Reads a configuration from YAML text. Throws `SettingsError` for anything it does not know or cannot use.
    public init(yaml: String) throws(SettingsError) {
        let file = try SettingsSection.parse(yaml: yaml)
        telemetry = try file.section("telemetry").map { section throws(SettingsError) in try .init(section) }
        cluster = try file.section("cluster").map { section throws(SettingsError) in try .init(section) }
        placement = try file.section("placement").map { section throws(SettingsError) in try .init(section) }
        store = try file.section("store").map { section throws(SettingsError) in try .init(section) }
        query = try file.section("query").map { section throws(SettingsError) in try .init(section) }
        try file.finish()
        if placement != nil {
            for (name, isPresent) in [("telemetry", telemetry != nil), ("cluster", cluster != nil), ("store", store != nil)]
            where !isPresent {
                throw SettingsError("section placement needs section \(name): add it, or take placement out")
            }
        }
        effectiveLines = file.effectiveLines()
    }
}
