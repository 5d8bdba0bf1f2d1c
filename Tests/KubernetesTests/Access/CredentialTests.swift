import Foundation
import HTTPClient
import Measures
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

@Suite("Who asks", .timeLimit(.minutes(10)))
struct CredentialTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    init() throws { folder = try TemporaryFolder() }

    private func keeper(_ source: CredentialSource) -> CredentialKeeper {
        CredentialKeeper(source: source, time: time, wallClock: { Date(timeIntervalSince1970: 0) })
    }

    /// A program that notes each run and then does what `script` says.
    private func program(_ script: String) throws -> CredentialProgram {
        let path = "\(folder.path)/program"
        try folder.write("#!/bin/sh\necho run >>\(folder.path)/runs\n\(script)\n", to: "program")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return CredentialProgram(
            apiVersion: "client.authentication.k8s.io/v1", command: path, arguments: ["first"],
            environment: ["EXTRA": "SECRET"],
            cluster: ["server": "https://h"], installHint: "install it")
    }

    private var runs: Int {
        ((try? String(contentsOfFile: "\(folder.path)/runs", encoding: .utf8)) ?? "").split(separator: "\n").count
    }

    private func printing(_ status: String) -> String {
        "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":\(status)}'"
    }

    @Test func `a token file is read again once a minute, and at once when the server does not know the token`()
        async throws
    {
        try folder.write("one\n", to: "token")
        let keeper = keeper(.tokenFile("\(folder.path)/token"))
        let first = try await keeper.current()
        #expect(first.credential == .bearer("one"))
        try folder.write("two", to: "token")
        time.advance(byNanoseconds: 59_999_999_999)
        #expect(try await keeper.current().credential == .bearer("one"))
        time.advance(byNanoseconds: 1)
        let second = try await keeper.current()
        #expect(second.credential == .bearer("two"))
        try folder.write("three", to: "token")
        #expect(await keeper.reject(second))
        #expect(try await keeper.current().credential == .bearer("three"))
        #expect(await keeper.reject(second), "a late complaint about an old one does not drop the new one")
        try folder.write("four", to: "token")
        #expect(try await keeper.current().credential == .bearer("three"))
    }

    @Test func `while the file is being swapped the last token is used, and without one it is an error`() async throws {
        try folder.write("one", to: "token")
        let path = "\(folder.path)/token"
        let keeper = keeper(.tokenFile(path))
        _ = try await keeper.current()
        try FileManager.default.removeItem(atPath: path)
        time.advance(byNanoseconds: 60_000_000_000)
        #expect(try await keeper.current().credential == .bearer("one"))
        let fresh = self.keeper(.tokenFile(path))
        let error = await #expect(throws: KubernetesError.self) { try await fresh.current() }
        #expect(error?.description == "the token file \(path) cannot be read")
    }

    @Test func `a program is run once until its credential expires, however many ask`() async throws {
        let source = CredentialSource.program(
            try program(printing("{\"token\":\"t1\",\"expirationTimestamp\":\"1970-01-01T01:00:00Z\"}")))
        let keeper = keeper(source)
        let seen = try await withThrowingTaskGroup(of: HTTPCredential?.self) { group in
            for _ in 0..<8 { group.addTask { try await keeper.current().credential } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seen == Array(repeating: .bearer("t1"), count: 8))
        #expect(runs == 1)
    }

    @Test func `an expired credential is asked for anew, shortly before its time`() async throws {
        let clock = SettableClock()
        let keeper = CredentialKeeper(
            source: .program(
                try program(printing("{\"token\":\"t1\",\"expirationTimestamp\":\"1970-01-01T01:00:00Z\"}"))),
            time: time,
            wallClock: { clock.now })
        _ = try await keeper.current()
        clock.set(3_589)
        _ = try await keeper.current()
        #expect(runs == 1)
        clock.set(3_590)
        let shown = try await keeper.current()
        #expect(runs == 2)
        #expect(await keeper.reject(shown))
        clock.set(0)
        _ = try await keeper.current()
        #expect(runs == 3, "and when the server does not know it")
    }

    @Test func `a program is told what it must know, and may show a certificate`() async throws {
        let keeper = keeper(
            .program(
                try program(
                    "echo \"$1 $EXTRA $KUBERNETES_EXEC_INFO\" >\(folder.path)/told\n"
                        + printing("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}"))))
        let shown = try await keeper.current()
        #expect(shown.identity == .init(certificate: .data([0x43]), key: .data([0x4b])))
        #expect(shown.credential == nil)
        let told = try String(contentsOfFile: "\(folder.path)/told", encoding: .utf8)
        #expect(told.hasPrefix("first SECRET {"))
        #expect(told.contains("\"cluster\":{\"server\":\"https://h\"}") && told.contains("\"interactive\":false"))
    }

    @Test(arguments: [
        ("exit 3", "ended with status 3"), ("echo SECRET", "printed no ExecCredential"),
        ("exit 127", "ended with status 127"),
        ("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":\"ExecCredential\"}'", "v1beta1"),
        ("yes SECRET", "more than 1048576 bytes"),
    ])
    func `a program that fails is named, its secrets are not`(script: String, words: String) async throws {
        let keeper = keeper(.program(try program(script)))
        let error = await #expect(throws: KubernetesError.self) { try await keeper.current() }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("SECRET") == false)
    }

    @Test func `a program that is not there is named, with what helps`() async throws {
        let missing = CredentialProgram(
            apiVersion: "client.authentication.k8s.io/v1", command: "\(folder.path)/none", arguments: [],
            environment: [:], cluster: nil,
            installHint: "install it")
        let error = await #expect(throws: KubernetesError.self) { try await keeper(.program(missing)).current() }
        #expect(error?.description == "the credential program \(folder.path)/none is not installed: install it")
    }

    @Test(arguments: [
        ("{}", "neither a token"), ("{\"clientKeyData\":\"SECRET\"}", "key without its certificate"),
        ("{\"token\":\"SECRET\",\"expirationTimestamp\":\"soon\"}", "expirationTimestamp"),
    ])
    func `what a program must not print is named`(status: String, words: String) async throws {
        let keeper = keeper(.program(try program(printing(status))))
        let error = await #expect(throws: KubernetesError.self) { try await keeper.current() }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("SECRET") == false)
    }
}

/// A wall clock that stands where it is put, in seconds since 1970.
private final class SettableClock: Sendable {
    private let seconds = Atomic(0)
    var now: Date { Date(timeIntervalSince1970: Double(seconds.load(ordering: .sequentiallyConsistent))) }
    func set(_ value: Int) { seconds.store(value, ordering: .sequentiallyConsistent) }
}
