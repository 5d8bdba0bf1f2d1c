import Foundation
import Testing

/// The control plane that scripts/kubernetes/with-cluster.sh started beside this test run, for it alone.
struct TestCluster {
    /// The cluster; nil when the tests run by themselves.
    static let current: TestCluster? = {
        let environment = ProcessInfo.processInfo.environment
        guard let kubeconfig = environment["REEVE_KUBECONFIG"], let folder = environment["REEVE_CLUSTER"] else {
            return nil
        }
        return TestCluster(kubeconfig: kubeconfig, folder: folder)
    }()

    /// What to do to the control plane.
    enum Fault {
        /// Kill the API server and start another on the same etcd, with further flags; returns once it is ready.
        case restart(flags: [String] = [])
        /// Stop the API server with SIGSTOP: connections stay, nothing answers.
        case pause
        /// Let it go on.
        case resume
        /// Let etcd forget every version but the last, so that older ones answer 410.
        case compact
    }

    /// The administrator's kubeconfig.
    let kubeconfig: String
    private let folder: String

    /// Where its keys and certificates are.
    var keys: String { "\(folder)/keys" }
    /// Where its processes write what they have to say.
    var logs: String { "\(folder)/logs" }

    /// The kubeconfig of `user`: "coordinator" has the rights that a coordinator needs, "nobody" has none.
    func kubeconfig(of user: String) -> String { "\(folder)/\(user).kubeconfig" }

    /// Carries out `fault`.
    func inject(_ fault: Fault) throws {
        switch fault {
        case .restart(let flags): try run(["restart-api"] + flags)
        case .pause: try run(["pause-api"])
        case .resume: try run(["resume-api"])
        case .compact: try run(["compact"])
        }
    }

    /// Runs kubectl as administrator; returns what it prints.
    @discardableResult
    func kubectl(_ arguments: String...) throws -> String { try kubectl(arguments) }

    /// Runs kubectl as administrator, with `path` in front of PATH; returns what it prints.
    @discardableResult
    func kubectl(_ arguments: [String], path: String? = nil) throws -> String {
        let environment = path.map { ["PATH": Self.path(behind: $0)] } ?? [:]
        return try run("scripts/kubernetes/cluster.sh", ["kubectl"] + arguments, environment)
    }

    /// Runs one of the project's scripts as somebody for whom kubectl is an administrator's; returns what it prints.
    func output(ofScript script: String) throws -> String {
        try run(script, [], ["KUBECONFIG": kubeconfig, "PATH": Self.path(behind: "\(folder)/bin")])
    }

    private static func path(behind folder: String) -> String {
        "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    }

    /// The project's own folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        try run("scripts/kubernetes/cluster.sh", arguments, [:])
    }

    private func run(
        _ script: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> String {
        let process = Process()
        process.executableURL = Self.root.appending(path: script)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // A file, for a server that the script starts inherits what a pipe would wait for.
        let output = FileManager.default.temporaryDirectory.appending(path: "reeve-cluster-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failure(description: "\(script) \(arguments): \(text)") }
        return text
    }

    /// The script could not do what was asked.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests against the real control plane.
    static var needsCluster: Self {
        .enabled(if: TestCluster.current != nil, "needs a Kubernetes control plane: make test-kubernetes starts one")
    }
}
