import Foundation
import HTTPClient
import Settings

/// Makes a cluster's access out of the two entries of a kubeconfig that a context names.
struct AccessReader {
    let origin: String
    let cluster: Kubeconfig.Entry
    let user: Kubeconfig.Entry?

    func access(namespace: String) throws(KubernetesError) -> ClusterAccess {
        let server = cluster.value["server"]?.text ?? ""
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw failure("server is \"\(server)\": it must be a URL that begins with https:// or http://")
        }
        var tls = TLSSettings(serverName: cluster.value["tls-server-name"]?.text)
        if let authorities = try pem(in: cluster, "certificate-authority") { tls.trust = .authorities(authorities) }
        if cluster.value["insecure-skip-tls-verify"]?.text == "true" {
            guard tls.trust == .system else {
                throw failure("insecure-skip-tls-verify and a certificate-authority exclude each other")
            }
            tls.trust = .anybody
        }
        tls.identity = try identity()
        let proxy = cluster.value["proxy-url"]?.text
        return ClusterAccess(
            origin: origin, server: server.hasSuffix("/") ? String(server.dropLast()) : server, tls: tls,
            proxy: proxy.map { .url($0) } ?? .environment, credentials: try credentials(server: server),
            impersonation: impersonation(), namespace: namespace)
    }

    private func identity() throws(KubernetesError) -> TLSSettings.Identity? {
        guard let user else { return nil }
        let certificate = try pem(in: user, "client-certificate")
        let key = try pem(in: user, "client-key")
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return TLSSettings.Identity(certificate: certificate, key: key)
        default: throw failure("client-certificate and client-key go together, and one of them is missing")
        }
    }

    /// What stands under `key`-data in base64, or else in the file that `key` names.
    private func pem(in entry: Kubeconfig.Entry, _ key: String) throws(KubernetesError) -> TLSSettings.PEM? {
        if let text = text(entry, "\(key)-data") {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw failure("\(key)-data is not base64")
            }
            return .data(Array(data))
        }
        return text(entry, key).map { .file(path($0, in: entry)) }
    }

    private func text(_ entry: Kubeconfig.Entry, _ key: String) -> String? {
        entry.value[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func path(_ path: String, in entry: Kubeconfig.Entry) -> String {
        path.hasPrefix("/") ? path : "\(entry.folder)/\(path)"
    }

    private func credentials(server: String) throws(KubernetesError) -> CredentialSource {
        guard let user else { return .none }
        if let file = text(user, "tokenFile") { return .tokenFile(path(file, in: user)) }
        if let token = text(user, "token") { return .fixed(.bearer(token)) }
        if let name = text(user, "username") {
            return .fixed(.basic(user: name, password: text(user, "password") ?? ""))
        }
        if let exec = user.value["exec"] { return .program(try program(exec, in: user, server: server)) }
        guard user.value["auth-provider"] == nil else {
            throw failure("auth-provider is not supported: use exec, which took its place")
        }
        return .none
    }

    private func program(
        _ exec: YAMLNode, in entry: Kubeconfig.Entry, server: String
    ) throws(KubernetesError) -> CredentialProgram {
        let version = exec["apiVersion"]?.text ?? ""
        let allowed = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
        guard allowed.contains(version) else {
            throw failure("exec.apiVersion is \"\(version)\": allowed is \(allowed.joined(separator: ", "))")
        }
        guard let command = exec["command"]?.text, !command.isEmpty else { throw failure("exec.command is missing") }
        var environment: [String: String] = [:]
        for variable in exec["env"]?.elements ?? [] {
            guard let name = variable["name"]?.text, !name.isEmpty else {
                throw failure("an entry of exec.env has no name")
            }
            environment[name] = variable["value"]?.text ?? ""
        }
        // A command with a slash in it is a path from the kubeconfig's folder, one without is sought in PATH.
        return CredentialProgram(
            apiVersion: version, command: command.contains("/") ? path(command, in: entry) : command,
            arguments: (exec["args"]?.elements ?? []).map { $0.text ?? "" }, environment: environment,
            cluster: exec["provideClusterInfo"]?.text == "true" ? try clusterInfo(server: server) : nil,
            installHint: exec["installHint"]?.text)
    }

    /// The cluster as ExecCredential's spec.cluster has it.
    private func clusterInfo(server: String) throws(KubernetesError) -> JSONValue {
        var info: JSONValue = ["server": .string(server)]
        info["tls-server-name"] = text(cluster, "tls-server-name").map { .string($0) }
        info["proxy-url"] = text(cluster, "proxy-url").map { .string($0) }
        if cluster.value["insecure-skip-tls-verify"]?.text == "true" { info["insecure-skip-tls-verify"] = true }
        if let data = text(cluster, "certificate-authority-data") {
            info["certificate-authority-data"] = .string(data)
        } else if let file = text(cluster, "certificate-authority") {
            guard let bytes = FileManager.default.contents(atPath: path(file, in: cluster)) else {
                throw failure("certificate-authority \(path(file, in: cluster)) cannot be read")
            }
            info["certificate-authority-data"] = .string(bytes.base64EncodedString())
        }
        return info
    }

    private func impersonation() -> ClusterAccess.Impersonation? {
        guard let user, let name = text(user, "as") else { return nil }
        return ClusterAccess.Impersonation(
            user: name, groups: (user.value["as-groups"]?.elements ?? []).compactMap(\.text))
    }

    private func failure(_ problem: String) -> KubernetesError {
        KubernetesError(.configuration, "\(origin): \(problem)")
    }
}
