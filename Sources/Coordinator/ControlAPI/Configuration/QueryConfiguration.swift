import Settings

/// The section `query`: where questions are answered.
public struct QueryConfiguration: Hashable, Sendable {
    /// The path of the local socket.
    public var socketPath: String
    /// The address for operators on other machines, and the keys that it needs; nil listens on the local socket alone.
    public var remote: Remote?

    /// Where operators on other machines ask, over CURVE.
    public struct Remote: Hashable, Sendable {
        /// The address to listen on, such as "tcp://0.0.0.0:5556".
        public var bind: String
        /// The file with the coordinator's own secret key.
        public var secretKeyPath: String
        /// The folder with the public keys of the operators that may ask.
        public var allowedOperatorsFolder: String
    }

    /// The path of the query socket unless told otherwise.
    public static let defaultSocketPath = "/run/reeve/coordinator.sock"

    init(_ section: SettingsSection) throws(SettingsError) {
        socketPath = try section.string("socket", default: Self.defaultSocketPath)
        remote = try section.section("remote").map { section throws(SettingsError) in
            Remote(
                bind: try section.string("bind"), secretKeyPath: try section.string("secretKey"),
                allowedOperatorsFolder: try section.string("allowedOperators"))
        }
    }
}
