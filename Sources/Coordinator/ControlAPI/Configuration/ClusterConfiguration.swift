import Settings

/// The section `cluster`: how the cluster is reached.
public enum ClusterConfiguration: Hashable, Sendable {
    /// A simulated cluster behind a local socket, such as `reeve demo` hosts.
    case simulated(endpoint: String)

    init(_ section: SettingsSection) throws(SettingsError) {
        _ = try section.choice("kind", of: ["simulated"])
        self = .simulated(endpoint: try section.string("endpoint"))
    }
}
