public import Settings
public import Telemetry

/// What a coordinator is told at start. A section that is absent switches off what it configures.
public struct CoordinatorConfiguration: Sendable {
    /// Where agents connect.
    public struct Telemetry: Sendable {
        /// The address to listen on, such as "tcp://0.0.0.0:5555".
        public var bind: String
        /// The file with the coordinator's own secret key.
        public var secretKeyPath: String
        /// The folder with the public keys of the agents that may connect.
        public var allowedAgentsFolder: String
        /// The time limits.
        public var settings: TelemetrySettings
    }

    /// Where questions are answered.
    public struct Query: Sendable {
        /// The path of the local socket.
        public var socketPath: String
    }

    /// What the `telemetry` section says.
    public var telemetry: Telemetry?
    /// What the `query` section says.
    public var query: Query?
    /// One line per value in force, for the log at start.
    public var effectiveLines: [String]

    /// The path of the query socket unless told otherwise.
    public static let defaultSocketPath = "/run/reeve/coordinator.sock"

    /// Reads a configuration from YAML text. Throws `SettingsError` for anything it does not know or cannot use.
    public init(yaml: String) throws(SettingsError) {
        let file = try SettingsSection.parse(yaml: yaml)
        telemetry = try file.section("telemetry").map { section throws(SettingsError) in try Telemetry(section) }
        query = try file.section("query").map { section throws(SettingsError) in
            Query(socketPath: try section.string("socket", default: Self.defaultSocketPath))
        }
        try file.finish()
        effectiveLines = file.effectiveLines()
    }
}

extension CoordinatorConfiguration.Telemetry {
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        let standard = TelemetrySettings()
        bind = try section.string("bind")
        secretKeyPath = try section.string("secretKey")
        allowedAgentsFolder = try section.string("allowedAgents")
        settings = TelemetrySettings(
            windowNanoseconds: try section.nanoseconds(
                "window", in: 1_000_000...60_000_000_000, default: standard.windowNanoseconds),
            unknownAfterNanoseconds: try section.nanoseconds(
                "unknownAfter", in: 10_000_000...3_600_000_000_000, default: standard.unknownAfterNanoseconds))
    }
}
