import Foundation
import HTTPClient
import TestSupport
import Testing

@testable import Kubernetes

@Suite("Finding the cluster")
struct KubeconfigTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to name: String = "config") throws -> String {
        try folder.write(text, to: name)
        return "\(folder.path)/\(name)"
    }

    private func config(cluster: String = "server: https://h:1", user: String = "{}", more: String = "") -> String {
        """
        apiVersion: v1
        kind: Config
        preferences: {}
        clusters: [{name: c, cluster: {\(cluster)}}]
        users: [{name: u, user: \(user)}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: ""}}]
        current-context: x
        \(more)
        """
    }

    private func access(_ text: String, context: String? = nil) throws -> ClusterAccess {
        try Kubeconfig(paths: [try write(text)]).access(context: context)
    }

    @Test func `files and data, relative to the file, with the namespace of the context`() throws {
        let found = try access(
            config(
                cluster:
                    "server: \"https://h:1/\", certificate-authority: pki/ca.crt, tls-server-name: api, proxy-url: \""
                        + "http://p:3\"",
                user: "{client-certificate-data: \(Data("CERT".utf8).base64EncodedString()), client-key: /abs/key}"))
        #expect(found.server == "https://h:1")
        #expect(found.tls.trust == .authorities(.file("\(folder.path)/pki/ca.crt")))
        #expect(found.tls.serverName == "api")
        #expect(found.tls.identity == .init(certificate: .data(Array("CERT".utf8)), key: .file("/abs/key")))
        #expect(found.proxy == .url("http://p:3"))
        #expect(found.namespace == "default")
        #expect(found.credentials == .none)
        #expect(found.origin == "context x of the kubeconfig \(folder.path)/config")
    }

    @Test(arguments: [
        ("{token: t}", CredentialSource.fixed(.bearer("t"))), ("{token: t, tokenFile: /f}", .tokenFile("/f")),
        ("{token: \"\", username: a, password: b}", .fixed(.basic(user: "a", password: "b"))), ("{}", .none),
    ])
    func `who asks is told apart`(user: String, expected: CredentialSource) throws {
        #expect(try access(config(user: user)).credentials == expected)
    }

    @Test func `a credential program is read with its arguments and variables`() throws {
        let found = try access(
            config(
                user:
                    "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./tool, args: [get, \"\"], env: ["
                        + "{name: A, value: b}], provideClusterInfo: true, installHint: ask around}, as: root, as-gro"
                        + "ups: [g1, g2]}"
            ))
        guard case .program(let program) = found.credentials else {
            Issue.record("no program in \(found)")
            return
        }
        #expect(program.command == "\(folder.path)/./tool")
        #expect(program.arguments == ["get", ""])
        #expect(program.environment == ["A": "b"])
        #expect(program.cluster == ["server": "https://h:1"])
        #expect(program.installHint == "ask around")
        #expect(found.impersonation?.user == "root")
        #expect(found.impersonation?.groups == ["g1", "g2"])
    }

    @Test func `of several files the first that names something wins, and missing ones are passed over`() throws {
        let first = try write(
            "clusters: [{name: c, cluster: {server: https://first}}]\ncontexts: [{name: x, context: {cluster: c, user:"
                + " u}}]\ncurrent-context: \"\"",
            to: "1")
        let second = try write(
            "clusters: [{name: c, cluster: {server: https://second}}, {name: d, cluster: {server: https://d}}]\nusers:"
                + " [{name: u, user: {tokenFile: t}}]\ncontexts: [{name: y, context: {cluster: d}}]\ncurrent-context:"
                + " x",
            to: "2")
        let environment = ["KUBECONFIG": "\(folder.path)/missing:\(first)::\(second)"]
        let found = try ClusterAccess.find(environment: environment)
        #expect(found.server == "https://first")
        #expect(found.credentials == .tokenFile("\(folder.path)/t"))
        #expect(try ClusterAccess.find(context: "y", environment: environment).server == "https://d")
    }

    @Test func `in a pod the service account is used, with an address of either kind`() throws {
        for (name, text) in [("token", "t"), ("ca.crt", "c"), ("namespace", "ns\n")] {
            try folder.write(text, to: name)
        }
        for (host, server) in [("10.0.0.1", "https://10.0.0.1:6443"), ("fd00::1", "https://[fd00::1]:6443")] {
            let found = try ClusterAccess.find(
                environment: [
                    "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "6443", "HOME": "/nonexistent",
                ],
                serviceAccountFolder: folder.path)
            #expect(found.server == server)
            #expect(found.credentials == .tokenFile("\(folder.path)/token"))
            #expect(found.tls.trust == .authorities(.file("\(folder.path)/ca.crt")))
            #expect(found.namespace == "ns")
        }
    }

    @Test(arguments: [
        ("clusters: {", nil as String?, "config cannot be read"), ("- 1", nil, "must be a mapping"),
        ("clusters: 1", nil, "clusters in the kubeconfig"),
        ("clusters: [{cluster: {}}]", nil, "has no name"), ("", nil, "no current-context"),
        ("current-context: z", nil, "context z is not in"),
        (
            "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x", nil,
            "names cluster \"c\": allowed is nothing"
        ),
        (
            "clusters: [{name: c, cluster: {}}]\ncontexts: [{name: x, context: {cluster: c, user: v}}]\ncurrent-cont"
                + "ext: x",
            nil, "names user \"v\""
        ),
        (
            "clusters: [{name: c, cluster: {server: \"h:1\"}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent"
                + "-context: x",
            nil, "server is \"h:1\""
        ),
        (
            "clusters: [{name: c, cluster: {server: https://h}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurre"
                + "nt-context: x",
            "y", "context y is not in"
        ),
    ])
    func `what is missing or wrong is named`(text: String, context: String?, words: String) throws {
        let error = #expect(throws: KubernetesError.self) { try access(text, context: context) }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(folder.path) == true)
    }

    @Test(arguments: [
        ("server: https://h, certificate-authority-data: \"%%\"", "{}", "certificate-authority-data is not base64"),
        ("server: https://h, insecure-skip-tls-verify: true, certificate-authority: ca", "{}", "exclude each other"),
        ("server: https://h", "{client-certificate: c}", "go together"),
        ("server: https://h", "{auth-provider: {name: gcp}}", "auth-provider"),
        ("server: https://h", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}}", "v1alpha1"),
        ("server: https://h", "{exec: {apiVersion: client.authentication.k8s.io/v1}}", "exec.command"),
    ])
    func `what cannot be used is named`(cluster: String, user: String, words: String) throws {
        let error = #expect(throws: KubernetesError.self) { try access(config(cluster: cluster, user: user)) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func `nothing configured at all says what was tried`() throws {
        let error = #expect(throws: KubernetesError.self) {
            try ClusterAccess.find(environment: ["HOME": "/nonexistent"])
        }
        #expect(error?.description.contains("/nonexistent/.kube/config") == true)
        let missing = #expect(throws: KubernetesError.self) {
            try ClusterAccess.find(environment: ["KUBECONFIG": "/nonexistent/a:/nonexistent/b"])
        }
        #expect(missing?.description == "there is no kubeconfig at /nonexistent/a, /nonexistent/b")
    }

    @Test func `no secret shows in what is printed`() throws {
        let found = try access(
            config(
                user:
                    "{token: SECRET, client-key-data: \(Data("SECRET".utf8).base64EncodedString()), client-certificate:"
                        + " c}"
            ))
        var dumped = ""
        dump(found, to: &dumped)
        for text in ["\(found)", String(reflecting: found), dumped] { #expect(!text.contains("SECRET")) }
    }
}
