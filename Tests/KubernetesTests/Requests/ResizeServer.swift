import FlyingFox
import FlyingSocks
import Foundation
import HTTPClient
import Kubernetes
import Synchronization

/// Answers as an API server of 1.33 and later does to whoever changes the resources of a running pod (facts seen on a
/// server of 1.36): pods/resize is named in the discovery of the core group and takes strategic merge patches, what a
/// container has is in the pod's status, and what cannot be is refused in three ways. The servers that can be had for
/// tests on a real control plane are older.
final class ResizeServer: Sendable {
    /// FlyingFox has one of that name, too.
    typealias JSONValue = Kubernetes.JSONValue

    /// A request that came in.
    struct Seen: Hashable, Sendable {
        let method: String
        let path: String
        let contentType: String?
        let body: JSONValue?
    }

    private let server: HTTPServer
    private let log = Mutex<[Seen]>([])

    init() async throws {
        server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), timeout: 600, logger: .disabled)
        await server.appendRoute("*") { [unowned self] in try await self.answer($0) }
    }

    func run() async throws { try await server.run() }

    func url() async throws -> String {
        try await server.waitUntilListening(timeout: 300)
        guard case .ip4(_, let port) = await server.listeningAddress else { throw SocketError.unsupportedAddress }
        return "http://127.0.0.1:\(port)"
    }

    /// What came in, in order.
    var seen: [Seen] { log.withLock { $0 } }

    private func answer(_ request: FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse {
        let data = try await request.bodyData
        let body = data.isEmpty ? nil : try JSONDecoder().decode(JSONValue.self, from: data)
        let type = request.headers[HTTPHeader("Content-Type")]
        let seen = Seen(method: request.method.rawValue, path: request.path, contentType: type, body: body)
        log.withLock { $0.append(seen) }
        switch (seen.method, seen.path) {
        case ("GET", "/api/v1"): return try json(200, Self.discovery)
        case ("PATCH", "/api/v1/namespaces/fn/pods/p/resize"):
            guard type == "application/strategic-merge-patch+json" else {
                return try status(415, "UnsupportedMediaType", "the body of the request was in an unknown format")
            }
            return try resize(body ?? .null)
        default: return try status(404, "NotFound", "the server could not find the requested resource")
        }
    }

    private func resize(_ patch: JSONValue) throws -> FlyingFox.HTTPResponse {
        let container = patch[path: ["spec", "containers"]]?.elements?.first
        let requests = container?[path: ["resources", "requests"]]
        let limits = container?[path: ["resources", "limits"]]
        if requests?["cpu"] == "64" {
            return try status(
                403, "Forbidden", "pods \"p\" is forbidden: node has not enough cpu",
                causes: [["reason": "NodeCapacity", "message": "64 is more than 4"]])
        }
        if requests == nil {
            return try status(
                422, "Invalid", "Pod \"p\" is invalid",
                causes: [
                    [
                        "reason": "FieldValueInvalid", "field": "spec",
                        "message": "Pod QOS Class may not change as a result of resizing",
                    ]
                ])
        }
        let wanted: JSONValue = ["requests": requests ?? .null, "limits": limits ?? .null]
        let before: JSONValue = ["requests": ["cpu": "250m"], "limits": ["cpu": "500m"]]
        return try json(
            200,
            [
                "metadata": ["name": "p", "namespace": "fn", "uid": "u", "resourceVersion": "8", "generation": 2],
                "spec": ["nodeName": "w01", "containers": [["name": "c", "resources": wanted]]],
                "status": [
                    "phase": "Running",
                    "conditions": [["type": "PodResizePending", "status": "True", "reason": "Deferred"]],
                    // What the kubelet has granted comes later.
                    "containerStatuses": [
                        [
                            "name": "c", "restartCount": 0, "resources": before,
                            "allocatedResources": ["cpu": "250m"],
                        ]
                    ],
                ],
            ])
    }

    private static let discovery: JSONValue = [
        "kind": "APIResourceList", "groupVersion": "v1",
        "resources": [
            ["name": "pods", "namespaced": true, "kind": "Pod", "verbs": ["get", "list", "watch"]],
            ["name": "pods/eviction", "group": "policy", "version": "v1", "kind": "Eviction", "verbs": ["create"]],
            ["name": "pods/resize", "namespaced": true, "kind": "Pod", "verbs": ["get", "patch", "update"]],
        ],
    ]

    private func status(
        _ code: Int, _ reason: String, _ message: String, causes: JSONValue = []
    ) throws -> FlyingFox.HTTPResponse {
        try json(
            code,
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .integer(Int64(code)),
                "reason": .string(reason), "message": .string(message), "details": ["causes": causes],
            ])
    }

    private func json(_ code: Int, _ value: JSONValue) throws -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(code, phrase: "-"), headers: [.contentType: "application/json"],
            body: try JSONEncoder().encode(value))
    }
}
