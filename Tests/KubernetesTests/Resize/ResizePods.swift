import FlyingFox
import FlyingSocks
import Foundation
import HTTPClient
import Kubernetes
import Synchronization
import TestSupport

/// An API server with pods that can be resized in place, and the kubelets behind it, as those of 1.33 and later answer. What
/// is wanted and what a container really has are two things, between which a kubelet stands that obeys or does not.
final class ResizePods: Sendable {
    typealias JSONValue = Kubernetes.JSONValue

    /// What the node of a pod makes of a resize.
    enum Kubelet: Sendable {
        /// It has done so when the pod is read next.
        case obeys
        /// It waits for room.
        case defers
        /// It never can.
        case cannot
    }

    struct State: Sendable {
        var pods: [String: JSONValue] = [:]
        var kubelet = Kubelet.obeys
        /// What the server refuses resizes with.
        var refusal: (code: Int, reason: String, message: String)?
        var hasResize = true
        /// "PATCH p/resize" and the like, in order; reads are not among them.
        var writes: [String] = []
        var version: Int64 = 1
    }

    private let server: HTTPServer
    private let guarded = Mutex(State())

    init() async throws {
        server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), timeout: 600, logger: .disabled)
        await server.appendRoute("*") { [unowned self] in try await self.answer($0) }
    }

    var state: State { guarded.withLock { $0 } }

    func change(_ body: (inout sending State) -> Void) { guarded.withLock { body(&$0) } }

    /// Adds a running pod with one container "c" of these requests and limits, whose id is `id`.
    func add(_ name: String, id: String, requests: JSONValue, limits: JSONValue) {
        let resources: JSONValue = ["requests": requests, "limits": limits]
        change { state in
            state.pods[name] = [
                "metadata": [
                    "name": .string(name), "namespace": "fn", "uid": .string("uid-\(name)"), "resourceVersion": "1",
                    "generation": 1,
                ],
                "spec": ["containers": [["name": "c", "resources": resources]]],
                "status": [
                    "phase": "Running", "observedGeneration": 1, "conditions": [],
                    "containerStatuses": [
                        ["name": "c", "containerID": .string("containerd://\(id)"), "resources": resources]
                    ],
                ],
            ]
        }
    }

    /// The limit of CPU that is wanted of a pod, the one that its container really has, and what marks it.
    struct Look: Hashable {
        var wanted: String?
        var actual: String?
        var note: String?
        var label: String?

        /// As its user has it.
        static func unmarked(_ cpu: String) -> Look { Look(wanted: cpu, actual: cpu) }
    }

    func look(at name: String) -> Look {
        let pod = state.pods[name]
        let wanted = pod?[path: ["spec", "containers"]]?.elements?.first
        let actual = pod?[path: ["status", "containerStatuses"]]?.elements?.first
        return Look(
            wanted: wanted?[path: ["resources", "limits", "cpu"]]?.text,
            actual: actual?[path: ["resources", "limits", "cpu"]]?.text,
            note: pod?[path: ["metadata", "annotations", ManagedNames.foundLimitsAnnotation]]?.text,
            label: pod?[path: ["metadata", "labels", ManagedNames.resizedLabel]]?.text)
    }

    /// Serves for as long as `body` runs, which is told a client.
    func serve(_ body: (KubernetesClient) async throws -> Void) async throws {
        let transport = HTTPTransport()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            group.addTask { try await self.server.run() }
            let result: Result<Void, any Error>
            do {
                let folder = try TemporaryFolder()
                try await server.waitUntilListening(timeout: 300)
                guard case .ip4(_, let port) = await server.listeningAddress else { throw SocketError.unsupportedAddress }
                try folder.write(
                    """
                    clusters: [{name: c, cluster: {server: "http://127.0.0.1:\(port)"}}]
                    contexts: [{name: x, context: {cluster: c}}]
                    current-context: x
                    """, to: "config")
                let access = try ClusterAccess.find(kubeconfig: "\(folder.path)/config")
                let settings = ClientSettings(burst: 1_000, requestsPerSecond: 1_000)
                result = .success(
                    try await body(KubernetesClient(access: access, transport: transport, settings: settings)))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            // Both end by being cancelled, which the server calls an error.
            while await group.nextResult() != nil {}
            try result.get()
        }
    }

    private func answer(_ request: FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse {
        let data = try await request.bodyData
        let body = data.isEmpty ? nil : try JSONDecoder().decode(JSONValue.self, from: data)
        let path = request.path.split(separator: "/").map(String.init)
        return try guarded.withLock { try Self.answer(request.method.rawValue, path, body, &$0) }
    }

    private static func answer(
        _ method: String, _ path: [String], _ body: JSONValue?, _ state: inout sending State
    ) throws -> FlyingFox.HTTPResponse {
        if path == ["api", "v1"] {
            let names = ["pods", "pods/eviction"] + (state.hasResize ? ["pods/resize"] : [])
            return try json(200, ["resources": .array(names.map { ["name": .string($0)] })])
        }
        if method == "GET", path.last == "pods" {
            // Whoever asks selects by the label.
            let marked = state.pods.values.filter { $0[path: ["metadata", "labels", ManagedNames.resizedLabel]] != nil }
            return try json(200, ["metadata": [:], "items": .array(Array(marked))])
        }
        guard path.count >= 6, path[4] == "pods", let pod = state.pods[path[5]] else {
            return try refuse(404, "NotFound", "the server could not find the requested resource")
        }
        let name = path[5]
        switch (method, path.dropFirst(6).first) {
        case ("GET", nil):
            state.pods[name] = settled(pod, state.kubelet)
            return try json(200, state.pods[name] ?? .null)
        case ("PATCH", nil):
            state.writes.append("note \(name)")
            return try note(pod, name, body ?? .null, &state)
        case ("PATCH", "resize") where state.hasResize:
            state.writes.append("resize \(name)")
            if let (code, reason, message) = state.refusal { return try refuse(code, reason, message) }
            return try resize(pod, name, body ?? .null, &state)
        default: return try refuse(404, "NotFound", "the server could not find the requested resource")
        }
    }

    private static func note(
        _ pod: JSONValue, _ name: String, _ patch: JSONValue, _ state: inout sending State
    ) throws -> FlyingFox.HTTPResponse {
        var pod = pod
        if let version = patch[path: ["metadata", "resourceVersion"]],
            version != pod[path: ["metadata", "resourceVersion"]]
        {
            return try refuse(409, "Conflict", "the object has been modified")
        }
        for part in ["labels", "annotations"] {
            for (key, value) in patch[path: ["metadata", part]]?.fields ?? [:] {
                pod[path: ["metadata", part, key]] = value == .null ? nil : value
            }
        }
        return try store(pod, name, &state)
    }

    private static func resize(
        _ pod: JSONValue, _ name: String, _ patch: JSONValue, _ state: inout sending State
    ) throws -> FlyingFox.HTTPResponse {
        var pod = pod
        guard var container = pod[path: ["spec", "containers"]]?.elements?.first,
            let wanted = patch[path: ["spec", "containers"]]?.elements?.first?["resources"]
        else { return try refuse(422, "Invalid", "no container") }
        for part in ["requests", "limits"] {
            for (kind, amount) in wanted[part]?.fields ?? [:] { container[path: ["resources", part, kind]] = amount }
        }
        pod[path: ["spec", "containers"]] = [container]
        let generation = pod[path: ["metadata", "generation"]]?.whole ?? 0
        pod[path: ["metadata", "generation"]] = .integer(generation + 1)
        return try store(pod, name, &state)
    }

    private static func store(
        _ pod: JSONValue, _ name: String, _ state: inout sending State
    ) throws -> FlyingFox.HTTPResponse {
        var pod = pod
        state.version += 1
        pod[path: ["metadata", "resourceVersion"]] = .string("\(state.version)")
        state.pods[name] = pod
        return try json(200, pod)
    }

    /// The pod after its kubelet has looked at it.
    private static func settled(_ pod: JSONValue, _ kubelet: Kubelet) -> JSONValue {
        var pod = pod
        guard let wanted = pod[path: ["spec", "containers"]]?.elements?.first?["resources"],
            var status = pod[path: ["status", "containerStatuses"]]?.elements?.first
        else { return pod }
        pod[path: ["status", "observedGeneration"]] = pod[path: ["metadata", "generation"]]
        pod[path: ["status", "conditions"]] = []
        guard status["resources"] != wanted else { return pod }
        func pending(_ reason: String) -> JSONValue {
            [["type": "PodResizePending", "status": "True", "reason": .string(reason), "message": "node has 4 CPUs"]]
        }
        switch kubelet {
        case .obeys:
            status["resources"] = wanted
            pod[path: ["status", "containerStatuses"]] = [status]
        case .defers: pod[path: ["status", "conditions"]] = pending("Deferred")
        case .cannot: pod[path: ["status", "conditions"]] = pending("Infeasible")
        }
        return pod
    }

    private static func refuse(_ code: Int, _ reason: String, _ message: String) throws -> FlyingFox.HTTPResponse {
        try json(
            code,
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .integer(Int64(code)),
                "reason": .string(reason), "message": .string(message),
            ])
    }

    private static func json(_ code: Int, _ value: JSONValue) throws -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(code, phrase: "-"), headers: [.contentType: "application/json"],
            body: try JSONEncoder().encode(value))
    }
}
