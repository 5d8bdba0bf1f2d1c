import Foundation
import HTTPClient
import Workflows

/// A server that speaks S3 and checks signatures (moto's, which has botocore reckon them again), with a user of its own
/// and a bucket.
final class S3Server: Sendable {
    /// moto's program; nil when nobody has installed it: `make test-examples` does.
    static let program = ProcessInfo.processInfo.environment["REEVE_MOTO_SERVER"]
    static let bucket = "frames"

    let endpoint: String
    let key: AccessKey
    private let process: Process

    struct NotStarted: Error { var answer = "" }

    init(transport: HTTPTransport) async throws {
        let process = Process()
        process.executableURL = URL(filePath: S3Server.program ?? "")
        process.arguments = ["-H", "127.0.0.1", "-p", "0"]
        // The user is made by the first three requests; from then on every request is checked.
        process.environment = ProcessInfo.processInfo.environment.merging(["INITIAL_NO_AUTH_ACTION_COUNT": "3"]) { $1 }
        let output = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = output
        try process.run()
        self.process = process
        guard let endpoint = Self.address(in: output.fileHandleForReading) else {
            kill(process.processIdentifier, SIGKILL)
            throw NotStarted()
        }
        self.endpoint = endpoint
        do {
            key = try await Self.makeUser(endpoint, transport: transport)
            let answer = try await transport.send(
                HTTPRequest(
                    .put, url: "\(endpoint)/\(Self.bucket)", headers: ["x-amz-content-sha256": "UNSIGNED-PAYLOAD"],
                    credential: .accessKey(id: key.id, secret: key.secret, region: "us-east-1", service: "s3")))
            guard answer.status == 200 else { throw NotStarted(answer: "\(answer)") }
        } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
    }

    deinit { kill(process.processIdentifier, SIGKILL) }

    /// What follows "Running on" in what the server prints.
    private static func address(in output: FileHandle) -> String? {
        var text = ""
        while true {
            let more = output.availableData
            guard !more.isEmpty else { return nil }
            text += String(decoding: more, as: UTF8.self)
            guard let start = text.firstRange(of: "Running on ") else { continue }
            let rest = text[start.upperBound...]
            guard rest.contains("\n") else { continue }
            return String(rest.prefix { !$0.isWhitespace })
        }
    }

    private static func makeUser(_ endpoint: String, transport: HTTPTransport) async throws -> AccessKey {
        let policy =
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22"
            + "%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
        _ = try await ask("Action=CreateUser&UserName=reeve", endpoint, transport)
        let made = try await ask("Action=CreateAccessKey&UserName=reeve", endpoint, transport)
        _ = try await ask(
            "Action=PutUserPolicy&UserName=reeve&PolicyName=s3&PolicyDocument=\(policy)", endpoint, transport)
        guard let id = value("AccessKeyId", in: made), let secret = value("SecretAccessKey", in: made) else {
            throw NotStarted()
        }
        return AccessKey(id: id, secret: secret)
    }

    private static func ask(_ form: String, _ endpoint: String, _ transport: HTTPTransport) async throws -> String {
        let answer = try await transport.send(
            HTTPRequest(
                .post, url: endpoint, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                // Nobody's key, which tells the server which of its services is meant.
                credential: .accessKey(id: "nobody", secret: "none", region: "us-east-1", service: "iam"),
                body: Array("\(form)&Version=2010-05-08".utf8)))
        guard answer.status == 200 else { throw NotStarted(answer: "\(answer)") }
        return String(decoding: answer.body, as: UTF8.self)
    }

    private static func value(_ name: String, in xml: String) -> String? {
        guard let start = xml.firstRange(of: "<\(name)>"), let end = xml.firstRange(of: "</\(name)>") else { return nil }
        return String(xml[start.upperBound..<end.lowerBound])
    }
}
