public import Foundation
import HTTPClient

extension ClusterAccess {
    /// Where a pod finds its service account.
    public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// How the cluster is reached, sought in this order: the kubeconfig `path`, or else the files that KUBECONFIG
    /// lists; the pod's service account, when this is a pod; .kube/config in the home folder. Throws `KubernetesError`
    /// naming what was tried.
    public static func find(
        kubeconfig path: String? = nil, context: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        serviceAccountFolder: String = ClusterAccess.serviceAccountFolder
    ) throws(KubernetesError) -> ClusterAccess {
        let listed = path ?? environment["KUBECONFIG"] ?? ""
        if !listed.isEmpty {
            // A path that is given by itself may have a colon in it.
            let paths = path.map { [$0] } ?? listed.split(separator: ":").map(String.init)
            return try Kubeconfig(paths: paths).access(context: context)
        }
        if context == nil, let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty {
            return try pod(
                host: host, port: environment["KUBERNETES_SERVICE_PORT"] ?? "443", folder: serviceAccountFolder)
        }
        let home = "\(environment["HOME"] ?? NSHomeDirectory())/.kube/config"
        guard FileManager.default.fileExists(atPath: home) else {
            throw KubernetesError(
                .configuration,
                "no cluster is configured: KUBECONFIG is not set, this is no pod (KUBERNETES_SERVICE_HOST is not set)"
                    + ", and "
                    + "there is no \(home)")
        }
        return try Kubeconfig(paths: [home]).access(context: context)
    }

    /// What a pod is given: the server from the environment, and a folder with token, ca.crt and namespace. Token and
    /// authorities are read anew as they rotate: the files are links that are swapped.
    private static func pod(host: String, port: String, folder: String) throws(KubernetesError) -> ClusterAccess {
        for name in ["token", "ca.crt"] where !FileManager.default.isReadableFile(atPath: "\(folder)/\(name)") {
            throw KubernetesError(.configuration, "this is a pod, but its service account has no \(folder)/\(name)")
        }
        let namespace = (try? String(contentsOfFile: "\(folder)/namespace", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return ClusterAccess(
            origin: "the pod's service account", server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            tls: TLSSettings(trust: .authorities(.file("\(folder)/ca.crt"))), proxy: .none,
            credentials: .tokenFile("\(folder)/token"), impersonation: nil,
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default")
    }
}
