import FlyingFox
import FlyingSocks
import Foundation
import HTTPClient
import Synchronization
import Testing

@testable import Workflows

/// Behaves towards a client as the gateway and queue worker of OpenFaaS do (the free editions from 2022 on, run against
/// Kubernetes 1.20 and 1.36): paths, status codes, headers and texts. Faults are asked for per function.
final class ContractGateway: Sendable {
    /// How a function behaves, and whether it can be reached.
    enum Behaviour: Sendable {
        /// Its watchdog answers with what this makes of the body.
        case answers(@Sendable (_ body: [UInt8], _ call: Int) async -> (status: Int, body: String))
        /// It answers by itself, without a watchdog that says how long it took.
        case answersPlainly(status: Int, body: String)
        /// It is deployed without a ready pod.
        case noReadyPod
        /// Its pod does not take connections.
        case podUnreachable
        /// The provider is away.
        case providerAway
        /// It never answers.
        case silent
    }

    /// What becomes of callbacks.
    enum Callbacks: Sendable {
        case once, twice, never
    }

    /// A request that came in.
    struct Seen: Sendable {
        let method: String
        let path: String
        let query: [String: String]
        let headers: [String: String]
        let body: [UInt8]
    }

    struct State {
        var functions: [String: Behaviour] = [:]
        var seen: [Seen] = []
        var calls: [String: Int] = [:]
        var callbacks = Callbacks.once
        /// Without NATS the route for asynchronous calls does not exist.
        var hasQueue = true
        /// With Prometheus unreachable the list of 2022 is empty.
        var listIsEmpty = false
        /// What PUT answers while the API server refuses every change: 200.
        var refusesUpdates = false
        /// The status that every call under /system answers, instead of its own.
        var systemStatus: Int?
        /// The body of a 200 to whoever asks about functions, instead of the true one.
        var description: String?
        /// What POST and PUT of functions answer, instead of doing it.
        var deployment: (status: Int, body: String)?
        /// The status that the queue answers, instead of taking a call.
        var queueStatus: Int?
        /// Nothing but calls of functions is answered.
        var isSilent = false
        var queue: [@Sendable () async -> Void] = []
    }

    static let password = HTTPCredential.basic(user: "admin", password: "secret")
    /// NATS takes 1 MiB, the body in base64.
    static let queueLimit = 750_000

    private let state = Mutex(State())
    let transport: HTTPTransport
    private let server: HTTPServer
    private let queued: AsyncStream<@Sendable () async -> Void>
    private let queue: AsyncStream<@Sendable () async -> Void>.Continuation

    init(transport: HTTPTransport) async throws {
        self.transport = transport
        server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), timeout: 600, logger: .disabled)
        (queued, queue) = AsyncStream.makeStream()
        await server.appendRoute("*") { [unowned self] in try await self.answer($0) }
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.server.run() }
            group.addTask {
                await withDiscardingTaskGroup { workers in
                    for await work in self.queued { workers.addTask { await work() } }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    func url() async throws -> String {
        try await server.waitUntilListening(timeout: 300)
        guard case .ip4(_, let port) = await server.listeningAddress else { throw Missing() }
        return "http://127.0.0.1:\(port)"
    }

    struct Missing: Error {}

    func deploy(_ name: String, _ behaviour: Behaviour) {
        state.withLock { $0.functions[name] = behaviour }
    }

    /// Makes it behave otherwise.
    func change(_ change: @Sendable (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    /// The requests to paths that begin with `prefix`, in order.
    func seen(_ prefix: String) -> [Seen] {
        state.withLock { $0.seen.filter { $0.path.hasPrefix(prefix) } }
    }

    private func answer(_ request: FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse {
        let seen = Seen(
            method: request.method.rawValue, path: request.path,
            query: Dictionary(request.query.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
            headers: Dictionary(
                request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            body: Array(try await request.bodyData))
        let isSilent = state.withLock { state in
            state.seen.append(seen)
            return state.isSilent
        }
        if isSilent, !seen.path.hasPrefix("/function/") { try await Task.sleep(for: .seconds(1_000_000)) }
        let parts = seen.path.split(separator: "/").map(String.init)
        switch (seen.method, parts.first, parts.count) {
        case ("GET", "healthz", 1):
            return state.withLock { $0.systemStatus }.map { self.status($0) } ?? self.status(200)
        case (_, "function", 2): return await call(name(parts[1]), seen)
        case (_, "async-function", 2): return enqueue(name(parts[1]), seen)
        case (_, "system", 2), (_, "system", 3): return system(parts, seen)
        default: return status(404)
        }
    }

    private func name(_ address: String) -> String { String(address.prefix { $0 != "." }) }

    private func status(_ code: Int, _ text: String = "", _ headers: [String: String] = [:]) -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(code, phrase: "-"),
            headers: FlyingFox.HTTPHeaders(
                Dictionary(headers.map { (HTTPHeader($0.key), $0.value) }, uniquingKeysWith: { $1 })),
            body: Data(text.utf8))
    }

    // The path of a call.

    private func call(_ name: String, _ seen: Seen) async -> FlyingFox.HTTPResponse {
        guard let behaviour = state.withLock({ $0.functions[name] }) else {
            return status(404, "error finding function \(name).openfaas-fn: deployments.apps \"\(name)\" not found")
        }
        switch behaviour {
        case .noReadyPod: return status(503, "No endpoints available for: \(name).")
        case .podUnreachable: return status(500, "Can't reach service for: \(name).")
        case .providerAway: return status(502)
        case .answersPlainly(let code, let text): return status(code, text)
        case .silent:
            try? await Task.sleep(for: .seconds(1_000_000))
            return status(500)
        case .answers(let make):
            let call = state.withLock { state in
                state.calls[name, default: 0] += 1
                return state.calls[name, default: 0]
            }
            let (code, text) = await make(seen.body, call)
            var headers = ["X-Duration-Seconds": "0.250000", "X-Start-Time": "1700000000000000000"]
            if seen.headers["x-call-id"] == nil { headers["X-Call-Id"] = UUID().uuidString }
            return status(code, text, headers)
        }
    }

    private func enqueue(_ name: String, _ seen: Seen) -> FlyingFox.HTTPResponse {
        if let code = state.withLock({ $0.queueStatus }) { return status(code) }
        let (hasQueue, isKnown, callbacks) = state.withLock { ($0.hasQueue, $0.functions[name] != nil, $0.callbacks) }
        guard hasQueue else { return status(404) }
        guard seen.method == "POST" else { return status(405) }
        guard isKnown else { return status(500, "error with function name") }
        guard seen.body.count <= Self.queueLimit else { return status(500, "nats: maximum payload exceeded") }
        queue.yield { [unowned self] in
            let answer = await self.call(name, seen)
            guard let callback = seen.headers["x-callback-url"], callbacks != .never else { return }
            for _ in 0..<(callbacks == .twice ? 2 : 1) { await self.bring(answer, of: name, to: callback, seen) }
        }
        return status(202, "", seen.headers["x-call-id"] == nil ? ["X-Call-Id": UUID().uuidString] : [:])
    }

    private func bring(_ answer: FlyingFox.HTTPResponse, of name: String, to callback: String, _ seen: Seen) async {
        let body = (try? await answer.bodyData) ?? Data()
        // A function that cannot be reached is a 503 to the worker.
        let isOwn = answer.headers[HTTPHeader("X-Duration-Seconds")] != nil
        await transport.post(
            Array(body), to: callback,
            headers: [
                "X-Call-Id": seen.headers["x-call-id"] ?? "", "X-Duration-Seconds": "0.260000", "X-Function-Name": name,
                "X-Function-Status": "\(isOwn ? answer.statusCode.code : 503)",
            ])
    }

    // What is asked about functions.

    private func system(_ parts: [String], _ seen: Seen) -> FlyingFox.HTTPResponse {
        guard seen.headers["authorization"] == "Basic YWRtaW46c2VjcmV0" else {
            return status(401, "invalid credentials", ["Www-Authenticate": "Basic realm=\"Restricted\""])
        }
        if let code = state.withLock({ $0.systemStatus }) { return status(code) }
        if seen.method == "GET", let text = state.withLock({ $0.description }) { return status(200, text) }
        if seen.method != "GET", let answer = state.withLock({ $0.deployment }) {
            return status(answer.status, answer.body)
        }
        switch (seen.method, parts[1], parts.count) {
        case ("GET", "functions", 2): return list()
        case ("GET", "function", 3): return describe(parts[2])
        case ("POST", "functions", 2), ("PUT", "functions", 2): return deploy(seen)
        default: return status(404)
        }
    }

    /// Numbers that are zero are left out.
    private func object(_ name: String, _ behaviour: Behaviour) -> [String: Any] {
        var object: [String: Any] = [
            "name": name, "image": "\(name):1", "namespace": "openfaas-fn", "createdAt": "2024-01-01T00:00:00Z",
        ]
        if case .noReadyPod = behaviour { return object }
        object["replicas"] = 1
        object["availableReplicas"] = 1
        object["invocationCount"] = 12
        return object
    }

    private func json(_ value: Any) -> FlyingFox.HTTPResponse {
        guard let data = try? JSONSerialization.data(withJSONObject: value) else { return status(500) }
        return status(200, String(decoding: data, as: UTF8.self), ["Content-Type": "application/json"])
    }

    private func list() -> FlyingFox.HTTPResponse {
        let (isEmpty, functions) = state.withLock { ($0.listIsEmpty, $0.functions) }
        guard !isEmpty || functions.isEmpty else { return status(200) }
        return json(functions.sorted { $0.key < $1.key }.map { object($0.key, $0.value) })
    }

    private func describe(_ name: String) -> FlyingFox.HTTPResponse {
        guard let behaviour = state.withLock({ $0.functions[name] }) else { return status(404) }
        return json(object(name, behaviour))
    }

    private func deploy(_ seen: Seen) -> FlyingFox.HTTPResponse {
        let object = (try? JSONSerialization.jsonObject(with: Data(seen.body))) as? [String: Any] ?? [:]
        guard let image = object["image"] as? String, !image.isEmpty else {
            return status(400, "validation failed: image: is required")
        }
        guard let name = object["service"] as? String, StepID(validating: name) != nil else {
            return status(
                400, "validation failed: service: (\(object["service"] ?? "")) is invalid, must be a valid DNS entry")
        }
        return state.withLock { state in
            switch (seen.method, state.functions[name]) {
            case ("POST", .some):
                return status(500, "unable create Deployment: deployments.apps \"\(name)\" already exists")
            case ("PUT", nil): return status(404, "unable to find service")
            case ("PUT", .some) where state.refusesUpdates: return status(200)
            default:
                state.functions[name] = .answers { body, _ in (200, String(decoding: body, as: UTF8.self)) }
                return status(202)
            }
        }
    }
}

/// A gateway, and a client of it that asks on behalf of the administrator.
struct GatewayRig {
    let contract: ContractGateway
    let gateway: OpenFaaSGateway
    let transport: HTTPTransport
    let url: String

    static func with<Result: Sendable>(
        namespace: String? = nil, credential: HTTPCredential? = ContractGateway.password,
        timeoutMilliseconds: Int = 300_000, maximumAnswerBytes: Int = 8 << 20,
        _ body: (GatewayRig) async throws -> Result
    ) async throws -> Result {
        let transport = HTTPTransport()
        let contract = try await ContractGateway(transport: transport)
        return try await withRunning([{ try await transport.run() }, { try await contract.run() }]) {
            let url = try await contract.url()
            let settings = OpenFaaSGateway.Settings(
                url: url, namespace: namespace, credential: credential, maximumAnswerBytes: maximumAnswerBytes,
                timeoutMilliseconds: timeoutMilliseconds)
            return try await body(
                GatewayRig(
                    contract: contract, gateway: OpenFaaSGateway(settings: settings, transport: transport),
                    transport: transport, url: url))
        }
    }
}
