import Foundation

/// Who asks an S3 store: an access key with its secret. Its description never shows the secret.
public struct AccessKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's id.
    public let id: String
    /// The secret.
    public let secret: String

    /// A key as given.
    public init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// The id, without the secret.
    public var description: String { "access key \(id)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Nothing: `dump` would print the secret otherwise.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let idName = "aws_access_key_id"
    private static let secretName = "aws_secret_access_key"

    /// Reads the section `default` of a file as Amazon's tools have it (~/.aws/credentials). Throws
    /// `WorkflowError.invalid` when the file has no such key.
    public init(file path: String) throws(WorkflowError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw WorkflowError(
                .invalid, "the access key in \(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        var section = "default"
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
            } else if section == "default", !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") {
                let name = line[..<equals].trimmingCharacters(in: .whitespaces)
                values[name] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            }
        }
        guard let id = values[Self.idName], let secret = values[Self.secretName], !id.isEmpty, !secret.isEmpty else {
            throw WorkflowError(
                .invalid,
                "\(path) has no access key: section [default] must have \(Self.idName) and \(Self.secretName)")
        }
        self.init(id: id, secret: secret)
    }

    /// The key that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of `environment` give. Throws `WorkflowError.invalid`
    /// when one of them is missing.
    public init(environment: [String: String]) throws(WorkflowError) {
        guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw WorkflowError(
                .invalid,
                "there is no access key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set, or a file named")
        }
        self.init(id: id, secret: secret)
    }
}
