import Settings

/// The section `query`: where questions are answered.
public struct QueryConfiguration: Hashable, Sendable {
    /// The path of the local socket.
    public var socketPath: String
    /// Users who may give orders there beside root and the coordinator's own, by name or number.
    public var adminUsers: [String]
    /// Groups whose members may give orders there, by name or number; nil for the coordinator's own group. Whoever else
    /// reaches the socket may ask.
    public var adminGroups: [String]?
    /// The address for operators on other machines, and the keys that it needs; nil listens on the local socket alone.
    public var remote: Remote?

    /// Where operators on other machines ask, over CURVE.
    public struct Remote: Hashable, Sendable {
        /// The address to listen on, such as "tcp://0.0.0.0:5556".
        public var bind: String
        /// The file with the coordinator's own secret key.
        public var secretKeyPath: String
        /// The folder with the public keys of the operators, who may ask and give orders.
        public var allowedOperatorsFolder: String
        /// The folder with the public keys of those who may only ask; nil where there are none.
        public var allowedReadersFolder: String?
    }

    /// The path of the query socket unless told otherwise.
    public static let defaultSocketPath = "/run/reeve/coordinator.sock"

    init(_ section: SettingsSection) throws(SettingsError) {
        socketPath = try section.string("socket", default: Self.defaultSocketPath)
        adminUsers = try section.optionalStrings("adminUsers")
        adminGroups = section.keys.contains("adminGroups") ? try section.strings("adminGroups") : nil
        remote = try section.section("remote").map { section throws(SettingsError) in
            Remote(
                bind: try section.string("bind"), secretKeyPath: try section.string("secretKey"),
                allowedOperatorsFolder: try section.string("allowedOperators"),
                allowedReadersFolder: try section.optionalString("allowedReaders"))
        }
    }
}
