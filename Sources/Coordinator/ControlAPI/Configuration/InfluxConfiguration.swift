import HTTPClient
public import Influx
import Settings

/// The section `influx`: where points are written, and which.
public struct InfluxConfiguration: Sendable {
    /// What the writer needs.
    public var settings: InfluxWriter.Settings
    /// How fine the nodes' metrics are written.
    public var metricsScope: HTTPConfiguration.Scope

    init(_ section: SettingsSection) throws(SettingsError) {
        let millisecond: UInt64 = 1_000_000
        let place = try Self.place(section)
        var destination = InfluxDestination(
            url: try section.webAddress("url"), place: place, credential: try Self.credential(section, for: place))
        if let path = try section.optionalString("authorities") {
            destination.tls = TLSSettings(trust: .authorities(.file(path)))
        }
        destination.timeoutMilliseconds = Int(try section.milliseconds("timeout", in: 100...600_000, default: 10_000))
        let units = TimestampPrecision.allCases.map(\.rawValue)
        let unit = try section.choice("precision", of: units, default: TimestampPrecision.milliseconds.rawValue)
        settings = InfluxWriter.Settings(
            destination: destination, precision: TimestampPrecision(rawValue: unit) ?? .milliseconds,
            intervalNanoseconds: try section.nanoseconds(
                "interval", in: 100 * millisecond...3_600_000 * millisecond, default: 10_000 * millisecond))
        settings.limits.bytes = try section.bytes("queue", in: 64 << 10...16 << 30, default: settings.limits.bytes)
        settings.limits.batchLines = try section.integer("batch", in: 1...100_000, default: settings.limits.batchLines)
        settings.pause.longest = try section.nanoseconds(
            "longestPause", in: 1_000 * millisecond...3_600_000 * millisecond, default: settings.pause.longest)
        let scopes = HTTPConfiguration.Scope.allCases.map(\.rawValue)
        let scope = try section.choice("metrics", of: scopes, default: HTTPConfiguration.Scope.system.rawValue)
        metricsScope = HTTPConfiguration.Scope(rawValue: scope) ?? .system
    }

    /// A database of version 1, or a bucket of version 2, and never both.
    private static func place(_ section: SettingsSection) throws(SettingsError) -> InfluxDestination.Place {
        let database = try section.optionalString("database")
        let bucket = try section.optionalString("bucket")
        switch (database, bucket) {
        case (let database?, nil):
            return .database(database, retentionPolicy: try section.optionalString("retentionPolicy"))
        case (nil, let bucket?): return .bucket(bucket, organization: try section.string("organization"))
        default:
            throw SettingsError(
                "\(section.path) has \(database == nil ? "neither database nor bucket" : "both database and bucket"): "
                    + "allowed is database for InfluxDB 1.x, or bucket with organization for 2.x")
        }
    }

    private static func credential(
        _ section: SettingsSection, for place: InfluxDestination.Place
    ) throws(SettingsError) -> InfluxDestination.Credential {
        switch place {
        case .database: try section.optionalString("credentials").map { .password(path: $0) } ?? .none
        case .bucket: .token(path: try section.string("token"))
        }
    }
}
