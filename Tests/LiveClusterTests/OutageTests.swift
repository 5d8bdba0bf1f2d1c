import Foundation
import TestSupport
import Testing

extension LiveClusterTests {
    @Suite("What cannot be used")
    struct OutageTests {
        private static func folder() throws -> String {
            try #require(ProcessInfo.processInfo.environment["REEVE_CLUSTER"])
        }

        /// Makes a key with a certificate by the cluster's own authority that is no longer good.
        private static func expiredCertificate(in folder: String) throws -> String {
            let keys = "\(try Self.folder())/keys"
            let script = """
                cd \(folder) && openssl ecparam -genkey -name prime256v1 -noout -out old.key && touch index && echo 01 >serial \\
                && openssl req -new -key old.key -subj /O=system:masters/CN=admin -out old.csr \\
                && printf '[ca]\\ndefault_ca=d\\n[d]\\nnew_certs_dir=.\\ndatabase=index\\nserial=serial\\ndefault_md=sha256\\npolicy=p\\n[p]\\norganizationName=optional\\ncommonName=optional\\n' >ca.cnf \\
                && openssl ca -batch -config ca.cnf -cert \(keys)/ca.crt -keyfile \(keys)/ca.key -in old.csr -out old.crt \\
                -startdate 20200101000000Z -enddate 20200201000000Z
                """
            let (code, text) = try shell(script)
            try #require(code == 0, "\(text)")
            return "{client-certificate: \(folder)/old.crt, client-key: \(folder)/old.key}"
        }

        private static func shell(_ script: String) throws -> (Int32, String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }

        private func kubeconfig(in folder: String, server: String, authority: String, user: String) throws -> String {
            let path = "\(folder)/config"
            try """
            {apiVersion: v1, kind: Config, current-context: c,
            clusters: [{name: k, cluster: {server: "\(server)", certificate-authority: \(authority)}}],
            users: [{name: u, user: \(user)}], contexts: [{name: c, context: {cluster: k, user: u}}]}
            """.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        private func otherAuthority(in folder: String) throws -> String {
            let (code, text) = try Self.shell(
                "cd \(folder) && openssl ecparam -genkey -name prime256v1 -noout -out other.key && "
                    + "openssl req -x509 -new -key other.key -subj /CN=other -days 30 -out other.crt")
            try #require(code == 0, "\(text)")
            return "\(folder)/other.crt"
        }

        enum Flaw: String, CaseIterable { case unreachable, authority, certificate }

        @Test(arguments: Flaw.allCases)
        func `a server that cannot be asked is told, the coordinator stays, and nothing is done`(_ flaw: Flaw) async throws {
            let keys = "\(try Self.folder())/keys"
            try await LiveBench.run { bench in
                let files = try TemporaryFolder()
                let good = (server: "https://127.0.0.1:16443", authority: "\(keys)/ca.crt", user: "{token: admin-token}")
                let config: String
                let words: [String]
                switch flaw {
                case .unreachable:
                    let server = "https://127.0.0.1:1"
                    config = try kubeconfig(in: files.path, server: server, authority: good.authority, user: good.user)
                    words = [server, "connect"]
                case .authority:
                    config = try kubeconfig(
                        in: files.path, server: good.server, authority: try otherAuthority(in: files.path), user: good.user)
                    words = [good.server, "certificate"]
                case .certificate:
                    let user = try Self.expiredCertificate(in: files.path)
                    config = try kubeconfig(in: files.path, server: good.server, authority: good.authority, user: user)
                    words = [good.server, "Unauthorized"]
                }
                let before = try await bench.essences()
                let coordinator = try bench.startCoordinator(guarded("act"), kubeconfig: config)
                try await eventually("it says what is wrong") {
                    guard let failure = try coordinator.status()?.placement?.lastFailure else { return false }
                    return words.allSatisfy { failure.localizedCaseInsensitiveContains($0) }
                }
                #expect(coordinator.program()?.hasEnded == false)
                #expect(try coordinator.status()?.leadership?.isLeading == false)
                let refusal = #expect(throws: LiveCoordinator.Refusal.self) { try coordinator.submit() }
                #expect(refusal?.description.contains("no coordinator leads") == true, "\(refusal as Any)")
                #expect(try await bench.essences() == before)
            }
        }

        /// A configuration that differs in one place.
        struct Wrong: Sendable, CustomTestStringConvertible {
            let testDescription: String
            var placement = ""
            var workflow: String?
            var kubeconfig: String?
            let words: [String]
        }

        static let wrongs = [
            Wrong(
                testDescription: "a function that is not there",
                workflow: "name: pair\nsteps: [{id: a, function: first}, {id: b, function: second}]",
                words: ["placement is about function second", "first, last"]),
            Wrong(
                testDescription: "a circle", workflow: "name: pair\nsteps: [{id: a, function: first, after: [a]}]",
                words: ["pair.yaml", "workflow pair goes round in a circle: a -> a"]),
            Wrong(
                testDescription: "a workflow that is not described", workflow: "name: other\nsteps: [{id: a, function: first}]",
                words: ["placement.workflow is pair", "allowed is other"]),
            Wrong(
                testDescription: "no kubeconfig", kubeconfig: "/nowhere/config",
                words: ["cluster.kubeconfig", "/nowhere/config"]),
            Wrong(
                testDescription: "a unit of a stranger", placement: "  units: {all: [first, third]}",
                words: ["function third", "pair's functions"]),
        ]

        @Test(arguments: wrongs)
        func `a configuration that cannot be used ends with exit code 2 and one sentence`(_ wrong: Wrong) async throws {
            try await LiveBench.run { bench in
                let installation = try Installation()
                let before = try await bench.essences()
                let configuration = try bench.configuration(
                    in: installation, placement: wrong.placement, kubeconfig: wrong.kubeconfig, workflow: wrong.workflow)
                let program = try installation.startCoordinator(extra: configuration)
                try await eventually("it ends") { program.hasEnded }
                #expect(program.finish().exitCode == 2)
                let last = program.standardError.split(separator: "\n").last ?? ""
                for word in wrong.words { #expect(last.contains(word), "\(word) in \(last)") }
                #expect(try await bench.essences() == before)
            }
        }

        @Test func `a workflow that names a function nobody deployed is refused at its submission`() async throws {
            try await LiveBench.run { bench in
                let coordinator = try bench.startCoordinator(guarded("act"))
                let extra = "name: lost\nsteps: [{id: a, function: first}, {id: b, after: [a], function: nobody}]"
                try extra.write(
                    to: coordinator.installation.path("workflows").appending(path: "lost.yaml"), atomically: true,
                    encoding: .utf8)
                coordinator.kill()
                try coordinator.start()
                try await coordinator.awaitOffice()
                let refusal = #expect(throws: LiveCoordinator.Refusal.self) { try coordinator.submit("lost") }
                for word in ["workflow lost, step b: function nobody is not deployed", "first"] {
                    #expect(refusal?.description.contains(word) == true, "\(word) in \(refusal as Any)")
                }
                let unknown = #expect(throws: LiveCoordinator.Refusal.self) { try coordinator.submit("none") }
                #expect(unknown?.description.contains("known are lost, pair") == true, "\(unknown as Any)")
                #expect(bench.gateway.seen("/function/").isEmpty, "nothing was begun")
                try await coordinator.serve()
            }
        }
    }
}
