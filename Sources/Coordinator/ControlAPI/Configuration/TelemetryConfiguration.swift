import Settings
public import Telemetry
import Wire

/// The section `telemetry`: where agents connect, and what is made of what they send.
public struct TelemetryConfiguration: Sendable {
    /// The address to listen on, such as "tcp://0.0.0.0:5555".
    public var bind: String
    /// The file with the coordinator's own secret key.
    public var secretKeyPath: String
    /// The folder with the public keys of the agents that may connect.
    public var allowedAgentsFolder: String
    /// The time limits.
    public var settings: TelemetrySettings

    init(_ section: SettingsSection) throws(SettingsError) {
        let standard = TelemetrySettings()
        bind = try section.string("bind")
        secretKeyPath = try section.string("secretKey")
        allowedAgentsFolder = try section.string("allowedAgents")
        settings = TelemetrySettings(
            windowNanoseconds: try section.nanoseconds(
                "window", in: 1_000_000...60_000_000_000, default: standard.windowNanoseconds),
            unknownAfterNanoseconds: try section.nanoseconds(
                "unknownAfter", in: 10_000_000...3_600_000_000_000, default: standard.unknownAfterNanoseconds),
            intervalMilliseconds: try section.optionalMilliseconds("interval", in: WireLimits.intervalMilliseconds))
    }
}
