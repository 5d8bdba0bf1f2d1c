import Foundation
import HTTPClient
import Kubernetes

/// Measures, on the real control plane that scripts/kubernetes/with-cluster.sh starts, how long it takes from a
/// decision to the server's answer to the PATCH, from a change on the server to the snapshot, and what a process costs
/// that holds 5 000 nodes and 20 000 pods while 100 of them change a second. Ends with status 1 above a limit.
@main
struct KubernetesBenchmark {
    /// The namespace of functions on the cluster of the tests.
    static let namespace = "openfaas-fn"
    static let latencyLimitMilliseconds = 20.0

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        // The benchmark starts its own binary: a word that it does not know must never make it start more.
        switch arguments.first {
        case nil: break
        case Holder.argument? where arguments.count == 1: return try await Holder.hold()
        default: throw BenchmarkError(description: "\(arguments.joined(separator: " ")): there are no arguments")
        }
        var isMet = try await DecisionBenchmark.run()
        isMet = try await LargeClusterBenchmark.run() && isMet
        if !isMet { exit(1) }
    }

    /// The kubeconfig of `user`, "admin" or "coordinator".
    static func kubeconfig(of user: String) throws -> String {
        guard let folder = ProcessInfo.processInfo.environment["REEVE_CLUSTER"] else {
            throw BenchmarkError(
                description: "REEVE_CLUSTER is not set: scripts/kubernetes/with-cluster.sh runs this beside a cluster")
        }
        return "\(folder)/\(user).kubeconfig"
    }

    /// Has the control plane do what scripts/kubernetes/cluster.sh calls `command`.
    static func cluster(_ command: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/kubernetes/cluster.sh")
        process.arguments = [command]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError(description: "cluster.sh \(command) ended with status \(process.terminationStatus)")
        }
    }

    /// Runs `body` with a client for `user`, whose transport ends with it.
    @discardableResult
    static func withClient<Success: Sendable>(
        of user: String, settings: ClientSettings = ClientSettings(),
        _ body: @Sendable @escaping (KubernetesClient) async throws -> Success
    ) async throws -> Success {
        let transport = HTTPTransport()
        let access = try ClusterAccess.find(kubeconfig: try kubeconfig(of: user))
        let client = KubernetesClient(access: access, transport: transport, settings: settings)
        return try await withThrowingTaskGroup(of: Success?.self) { group in
            group.addTask {
                try await transport.run()
                return nil
            }
            group.addTask { try await body(client) }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            throw BenchmarkError(description: "the HTTP client ended early")
        }
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
}
