import Foundation
import Testing

/// What one user asked of the API server since this value was made, as the server's own audit log has it.
struct AuditLog {
    /// One request that was answered.
    struct Request: Hashable {
        /// "get", "list", "watch", "create", "update", "patch" or "delete".
        let verb: String
        /// "deployments.apps/scale", "pods"; a path for what is no resource.
        let subject: String
        /// The answer's status.
        let status: Int
    }

    private let path: String
    private let user: String
    private let start: Int

    /// What `user` asks from now on.
    init(_ cluster: TestCluster, of user: String) throws {
        path = "\(cluster.logs)/audit"
        self.user = user
        start = try Data(contentsOf: URL(filePath: path)).count
    }

    /// The requests so far; a watch stands in it once it is over, or twice when it has begun too.
    func requests() throws -> [Request] {
        let lines = try Data(contentsOf: URL(filePath: path)).dropFirst(start).split(separator: UInt8(ascii: "\n"))
        return try lines.map { try JSONDecoder().decode(Event.self, from: $0) }.filter { $0.user.username == user }
            .map(\.request)
    }

    private struct Event: Decodable {
        struct User: Decodable {
            let username: String?
        }
        struct Object: Decodable {
            let resource: String?
            let apiGroup: String?
            let subresource: String?
        }
        struct Status: Decodable {
            let code: Int?
        }
        let user: User
        let verb: String
        let requestURI: String
        let objectRef: Object?
        let responseStatus: Status?

        var request: Request {
            let resource = objectRef?.resource.map { resource in
                resource + (objectRef?.apiGroup.map { ".\($0)" } ?? "")
                    + (objectRef?.subresource.map { "/\($0)" } ?? "")
            }
            return Request(verb: verb, subject: resource ?? requestURI, status: responseStatus?.code ?? 0)
        }
    }
}
