import Settings

/// The section `cluster`: how the cluster is reached.
public enum ClusterConfiguration: Hashable, Sendable {
    /// A simulated cluster behind a local socket, such as `reeve demo` hosts.
    case simulated(endpoint: String)
    /// A Kubernetes cluster by its API.
    case kubernetes(KubernetesConfiguration)

    init(_ section: SettingsSection) throws(SettingsError) {
        switch try section.choice("kind", of: ["kubernetes", "simulated"]) {
        case "kubernetes": self = .kubernetes(try KubernetesConfiguration(section))
        default: self = .simulated(endpoint: try section.string("endpoint"))
        }
    }
}
