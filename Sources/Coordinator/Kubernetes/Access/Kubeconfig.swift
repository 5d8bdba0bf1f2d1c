import Foundation
import HTTPClient
import Settings

/// A kubeconfig: clusters, users and contexts by name, put together from one file or several.
public struct Kubeconfig: Sendable {
    /// An entry with the folder that its relative paths start from and the file it stands in.
    struct Entry: Sendable {
        let value: YAMLNode
        let file: String

        var folder: String { URL(fileURLWithPath: file).deletingLastPathComponent().path }
    }

    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    private(set) var contexts: [String: Entry] = [:]
    private(set) var currentContext: String?
    private(set) var files: [String] = []

    /// Reads `paths` in their order. As kubectl has it, the first file that names an entry, or a current context, wins;
    /// files that do not exist are passed over, unless none of them does. Throws `KubernetesError` naming the file.
    public init(paths: [String]) throws(KubernetesError) {
        for path in paths where FileManager.default.fileExists(atPath: path) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw KubernetesError(.configuration, "the kubeconfig \(path) cannot be read as text")
            }
            try add(text, file: path)
        }
        guard !files.isEmpty else {
            throw KubernetesError(.configuration, "there is no kubeconfig at \(paths.joined(separator: ", "))")
        }
    }

    /// Adds what `text`, the content of `file`, names for the first time.
    private mutating func add(_ text: String, file: String) throws(KubernetesError) {
        let root: YAMLNode
        do throws(SettingsError) {
            root = try YAMLNode.parse(text) ?? .mapping([])
        } catch {
            throw KubernetesError(.configuration, "the kubeconfig \(file) cannot be read: \(error)")
        }
        guard root.pairs != nil || root.isNull else {
            throw KubernetesError(
                .configuration, "the kubeconfig \(file) must be a mapping with clusters, users and contexts")
        }
        files.append(file)
        try Self.add(&clusters, root["clusters"], inner: "cluster", list: "clusters", file: file)
        try Self.add(&users, root["users"], inner: "user", list: "users", file: file)
        try Self.add(&contexts, root["contexts"], inner: "context", list: "contexts", file: file)
        if currentContext == nil, let name = root["current-context"]?.text, !name.isEmpty { currentContext = name }
    }

    private static func add(
        _ entries: inout [String: Entry], _ node: YAMLNode?, inner: String, list: String, file: String
    ) throws(KubernetesError) {
        guard let node else { return }
        guard let elements = node.elements else {
            throw KubernetesError(.configuration, "\(list) in the kubeconfig \(file) must be a list")
        }
        for element in elements {
            guard let name = element["name"]?.text else {
                throw KubernetesError(.configuration, "an entry of \(list) in the kubeconfig \(file) has no name")
            }
            if entries[name] == nil { entries[name] = Entry(value: element[inner] ?? .mapping([]), file: file) }
        }
    }

    /// How the cluster of `context`, by default the current one, is reached. Throws `KubernetesError` naming what is
    /// missing.
    public func access(context wanted: String? = nil) throws(KubernetesError) -> ClusterAccess {
        let where_ = "the kubeconfig \(files.joined(separator: ", "))"
        guard let name = wanted ?? currentContext else {
            throw KubernetesError(
                .configuration, "\(where_) has no current-context: one of \(Self.names(contexts)) must be named")
        }
        guard let context = contexts[name] else {
            throw KubernetesError(
                .configuration, "context \(name) is not in \(where_): allowed is \(Self.names(contexts))")
        }
        let clusterName = context.value["cluster"]?.text ?? ""
        guard let cluster = clusters[clusterName] else {
            throw KubernetesError(
                .configuration,
                "context \(name) of \(where_) names cluster \"\(clusterName)\": allowed is \(Self.names(clusters))")
        }
        var user: Entry?
        if let userName = context.value["user"]?.text, !userName.isEmpty {
            user = users[userName]
            guard user != nil else {
                throw KubernetesError(
                    .configuration,
                    "context \(name) of \(where_) names user \"\(userName)\": allowed is \(Self.names(users))")
            }
        }
        let namespace = context.value["namespace"]?.text
        return try AccessReader(origin: "context \(name) of \(where_)", cluster: cluster, user: user)
            .access(namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default")
    }

    private static func names(_ entries: [String: Entry]) -> String {
        entries.isEmpty ? "nothing, for there is none" : entries.keys.sorted().joined(separator: ", ")
    }
}
