import Foundation
import TestSupport
import Testing

/// The operator's command, in the folder that the tests themselves were built into.
private enum OperatorCommand {
    static let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "reeve").path
    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }
}

extension ClusterTests {
    /// `kubectl reeve`, as the package installs it: a link to the operator's command in PATH.
    @Suite("The plugin for kubectl", .enabled(if: OperatorCommand.isBuilt, "the operator's command is not built"))
    struct PluginTests {
        private let cluster: TestCluster
        private let folder: TemporaryFolder

        init() throws {
            cluster = try #require(TestCluster.current)
            folder = try TemporaryFolder()
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/kubectl-reeve", withDestinationPath: OperatorCommand.path)
        }

        private func kubectl(_ arguments: String...) throws -> String {
            try cluster.kubectl(arguments, path: folder.path)
        }

        @Test func `kubectl finds it and hands everything on`() throws {
            #expect(try kubectl("plugin", "list").contains("\(folder.path)/kubectl-reeve"))
            let version = try kubectl("reeve", "--version")
            #expect(version.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\S*\n/) != nil, "\(version)")
            #expect(try kubectl("reeve", "--help").contains("USAGE: reeve"))
            let failure = #expect(throws: TestCluster.Failure.self) {
                try kubectl("reeve", "status", "--socket", "\(folder.path)/none.sock")
            }
            #expect(failure?.description.contains("none.sock") == true, "\(failure as Any)")
        }
    }
}
