public import Foundation
public import HTTPClient
public import Measures
import Synchronization

/// Speaks with one cluster's API server.
///
/// Requests are held back to the rate that the settings allow; what fails in passing is sent again when that does no
/// harm, no sooner than the server wants. Every method throws `KubernetesError`, with the code `cancelled` when the
/// task is.
public final class KubernetesClient: Sendable {
    /// How the server is reached, and as whom.
    public let access: ClusterAccess
    let settings: ClientSettings
    private let transport: HTTPTransport
    private let keeper: CredentialKeeper
    private let time: any TimeSource
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let objection: @Sendable () -> String?
    private let state: Mutex<State>

    private struct State {
        var bucket: TokenBucket
        var random: SeededRandom
        var features: ServerFeatures?
    }

    /// The longest that a request waits for its turn under the rate limit, in nanoseconds; beyond it fails as
    /// overloaded.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000

    /// A client that sends through `transport`, which must be running. `time` and `pause` are what waits are measured
    /// by and done with, `wallClock` what credentials expire by, and `seed` what waits are spread with. `objection` is
    /// asked right before each time that anything but a question is sent: a reason, part of a sentence, withholds it.
    public init(
        access: ClusterAccess, transport: HTTPTransport, settings: ClientSettings = ClientSettings(),
        time: any TimeSource = SystemTime(), wallClock: @escaping @Sendable () -> Date = { Date() },
        seed: UInt64 = .random(in: 0 ... .max),
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        },
        objection: @escaping @Sendable () -> String? = { nil }
    ) {
        self.access = access
        self.transport = transport
        self.settings = settings
        self.time = time
        self.pause = pause
        self.objection = objection
        keeper = CredentialKeeper(source: access.credentials, time: time, wallClock: wallClock)
        state = Mutex(
            State(
                bucket: TokenBucket(
                    capacity: settings.burst, tokensPerSecond: settings.requestsPerSecond, now: time.now),
                random: SeededRandom(seed: seed)))
    }

    /// Carries `call` out; returns the answer, whose status is 200 to 299.
    func perform(_ call: APICall) async throws(KubernetesError) -> HTTPResponse {
        var tried = 0
        while true {
            tried += 1
            let error: KubernetesError
            switch await attempt(call) {
            case .success(let answer): return answer
            case .failure(let failure): error = failure
            }
            guard let wait = waitAfter(error, tried: tried, isRepeatable: call.isRepeatable) else { throw error }
            try await rest(wait, before: call)
        }
    }

    /// Carries `call` out as a stream, of which only the head is awaited; it is not sent again. `deadlineMilliseconds`
    /// bounds the whole stream.
    func stream(_ call: APICall, deadlineMilliseconds: Int) async throws(KubernetesError) -> HTTPStream {
        let shown = try await keeper.current()
        do {
            return try await open(call, showing: shown, deadlineMilliseconds: deadlineMilliseconds)
        } catch {
            guard error.code == .unauthorized, await keeper.reject(shown) else { throw error }
        }
        return try await open(call, showing: try await keeper.current(), deadlineMilliseconds: deadlineMilliseconds)
    }

    private func open(
        _ call: APICall, showing shown: ShownCredential, deadlineMilliseconds: Int
    ) async throws(KubernetesError) -> HTTPStream {
        try await admit(call)
        var request = call.request(to: access, showing: shown, settings: settings)
        request.timeouts.headMilliseconds = settings.requestMilliseconds
        request.timeouts.totalMilliseconds = deadlineMilliseconds
        request.maximumResponseBytes = nil
        let opened: Result<HTTPStream, KubernetesError> = await streamed(request, call, showing: shown)
        return try opened.get()
    }

    private func streamed(
        _ request: HTTPRequest, _ call: APICall, showing shown: ShownCredential
    ) async -> Result<HTTPStream, KubernetesError> {
        do throws(HTTPError) {
            let stream = try await transport.stream(request)
            guard stream.head.status >= 300 else { return .success(stream) }
            let answer = HTTPResponse(
                status: stream.head.status, headers: stream.head.headers, body: try await Self.start(of: stream))
            return .failure(refusal(answer, of: call, showing: shown))
        } catch {
            return .failure(KubernetesError(error))
        }
    }

    /// The most bytes of a refusal that are read.
    private static let maximumRefusalBytes = 1 << 20

    private static func start(of stream: HTTPStream) async throws(HTTPError) -> [UInt8] {
        var body: [UInt8] = []
        let pieces = stream.makeAsyncIterator()
        while body.count < maximumRefusalBytes, let piece = try await pieces.next() { body += piece }
        stream.cancel()
        return body
    }

    /// Sends `call` once, or twice when the server did not know who asks and there may be a better credential.
    private func attempt(_ call: APICall) async -> Result<HTTPResponse, KubernetesError> {
        do throws(KubernetesError) {
            try await admit(call)
            let shown = try await keeper.current()
            let first = await send(call, showing: shown)
            guard case .failure(let error) = first, error.code == .unauthorized, await keeper.reject(shown) else {
                return first
            }
            return await send(call, showing: try await keeper.current())
        } catch {
            return .failure(error)
        }
    }

    private func send(_ call: APICall, showing shown: ShownCredential) async -> Result<HTTPResponse, KubernetesError> {
        if call.method != .get, let objection = objection() {
            return .failure(KubernetesError(.withheld, "\(subject(of: call)) was not sent: \(objection)"))
        }
        do throws(HTTPError) {
            let answer = try await transport.send(call.request(to: access, showing: shown, settings: settings))
            guard (200..<300).contains(answer.status) else {
                return .failure(refusal(answer, of: call, showing: shown))
            }
            return .success(answer)
        } catch {
            return .failure(KubernetesError(error))
        }
    }

    /// What the server refused. It does not say as whom it was asked when it does not know who asks, so that is added.
    private func refusal(_ answer: HTTPResponse, of call: APICall, showing shown: ShownCredential) -> KubernetesError {
        let error = KubernetesError(answer, about: subject(of: call))
        guard error.code == .unauthorized else { return error }
        return error.adding("; \(access.origin) showed \(shown.words(beside: access.tls))")
    }

    private func subject(of call: APICall) -> String { "\(call.method.rawValue) \(access.server)\(call.path)" }

    /// Waits for a place under the rate limit.
    private func admit(_ call: APICall) async throws(KubernetesError) {
        let now = time.now
        let wait = state.withLock { $0.bucket.take(at: now, patienceNanoseconds: Self.patienceNanoseconds) }
        guard let wait else {
            throw KubernetesError(
                .closed,
                "\(subject(of: call)) was not sent: \(settings.requestsPerSecond) a second leave it no turn"
            )
        }
        if wait > 0 { try await rest(wait, before: call) }
    }

    private func waitAfter(_ error: KubernetesError, tried: Int, isRepeatable: Bool) -> UInt64? {
        state.withLock { state in
            settings.retry.wait(after: error, tried: tried, isRepeatable: isRepeatable, random: &state.random)
        }
    }

    private func rest(_ nanoseconds: UInt64, before call: APICall) async throws(KubernetesError) {
        do {
            try await pause(nanoseconds)
        } catch {
            throw KubernetesError(.cancelled, "\(subject(of: call)): the request was cancelled")
        }
    }

    /// What the server says it can do; asked once.
    func features() async throws(KubernetesError) -> ServerFeatures {
        if let known = state.withLock({ $0.features }) { return known }
        let features: ServerFeatures = try await read(APICall(method: .get, path: "/api/v1", isRepeatable: true))
        state.withLock { $0.features = features }
        return features
    }

    /// The versions of groups that the server has now, as `ResourceKind.apiVersion` has them. That a version is among
    /// them does not say that it has a certain kind.
    func servedVersions() async throws(KubernetesError) -> Set<String> {
        let groups: ServedGroups = try await read(APICall(method: .get, path: "/apis", isRepeatable: true))
        return groups.versions
    }
}
