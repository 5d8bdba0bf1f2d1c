import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// A small HTTP server to which queue workers bring the answers of asynchronous calls:
/// POST /callbacks/SECRET/RUN/CALL/ATTEMPT.
///
/// A worker asks once and does not repeat, so whatever comes is answered at once; what belongs to a call that has its
/// answer is accepted like the first.
struct CallbackReceiver: Sendable {
    /// An answer that was brought.
    struct Delivery: Sendable {
        /// What only those know who were told where to bring the run's answers.
        let secret: String
        let attempt: CallAttempt
        let answer: FunctionAnswer
    }

    /// How much is taken on at once.
    struct Bounds: Sendable {
        /// The bytes of one answer.
        var answerBytes: Int
        /// The bytes of answers that are on their way, together.
        var bytes = 64 << 20
        /// Connections whose peer has said nothing more yet. Queue workers keep a few each.
        var connections = 256
        /// How long such a connection is kept, in nanoseconds: half as long as Go's own clients keep one.
        var silenceNanoseconds: UInt64 = 45_000_000_000
    }

    private let server: HTTPServer
    private let pool: BoundedSocketPool
    private let arriving: ArrivingBytes

    /// A receiver on `address`, which is not running yet. `deliver` says whether there is such a run.
    init(
        listeningOn address: CallbackAddress, bounds: Bounds,
        pause: @escaping @Sendable (UInt64) async throws -> Void, deliver: @escaping @Sendable (Delivery) -> Bool
    ) async throws(WorkflowError) {
        guard let socket = try? sockaddr_in.inet(ip4: address.host, port: address.port) else {
            throw WorkflowError(
                .invalid, "callbacks cannot be received on \(address.host): allowed is an IPv4 address of this machine")
        }
        pool = BoundedSocketPool(
            HTTPServer.defaultPool(), maximumWaiting: bounds.connections,
            silenceNanoseconds: bounds.silenceNanoseconds, pause: pause)
        server = HTTPServer(address: socket, pool: pool, logger: .disabled)
        let arriving = ArrivingBytes(limit: bounds.bytes)
        self.arriving = arriving
        await server.appendRoute("POST /callbacks/*") { request in
            guard let place = Place(path: request.path) else { return HTTPResponse(statusCode: .notFound) }
            let body: [UInt8]
            switch try await Self.body(of: request, limit: bounds.answerBytes, arriving) {
            case .whole(let bytes): body = bytes
            case .tooLarge: return HTTPResponse(statusCode: .payloadTooLarge)
            case .tooManyAtOnce: return HTTPResponse(statusCode: .serviceUnavailable)
            }
            let delivery = Delivery(
                secret: place.secret, attempt: place.attempt,
                answer: FunctionAnswer(headers: request.headers, body: body))
            return HTTPResponse(statusCode: deliver(delivery) ? .ok : .notFound)
        }
    }

    /// Serves until cancelled. Throws when the address cannot be listened on.
    func run() async throws { try await server.run() }

    /// The port that is listened on, once it is.
    func port() async throws -> UInt16 {
        // For as long as it takes: when listening fails, run() throws, and whoever waits here is cancelled.
        try await server.waitUntilListening(timeout: 86_400)
        guard case .ip4(_, let port) = await server.listeningAddress else {
            throw WorkflowError(.unreachable, "callbacks cannot be received: nothing is listened on")
        }
        return port
    }

    /// Connections whose peer has said nothing more yet.
    var waitingConnections: Int { pool.waiting }

    /// Bytes of answers that are on their way.
    var arrivingBytes: Int { arriving.total }

    private enum Body {
        case whole([UInt8])
        case tooLarge
        case tooManyAtOnce
    }

    private static func body(
        of request: HTTPRequest, limit: Int, _ arriving: ArrivingBytes
    ) async throws -> Body {
        var body: [UInt8] = []
        defer { arriving.remove(body.count) }
        for try await part in request.bodySequence {
            guard body.count + part.count <= limit else { return .tooLarge }
            guard arriving.add(part.count) else { return .tooManyAtOnce }
            body += part
        }
        return .whole(body)
    }

    /// Counts the bytes of answers that are on their way.
    private final class ArrivingBytes: Sendable {
        private let limit: Int
        private let count = Mutex(0)

        init(limit: Int) { self.limit = limit }

        var total: Int { count.withLock { $0 } }

        /// Whether there was room for so many more.
        func add(_ bytes: Int) -> Bool {
            count.withLock { count in
                guard count + bytes <= limit else { return false }
                count += bytes
                return true
            }
        }

        func remove(_ bytes: Int) { count.withLock { $0 -= bytes } }
    }

    /// What a path says.
    struct Place {
        let secret: String
        let attempt: CallAttempt

        init(secret: String, attempt: CallAttempt) {
            self.secret = secret
            self.attempt = attempt
        }

        init?(path: String) {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 6, parts[0].isEmpty, parts[1] == "callbacks", let call = Int(parts[4]),
                let attempt = Int(parts[5])
            else { return nil }
            secret = parts[2]
            self.attempt = CallAttempt(CallID(run: RunID(rawValue: parts[3]), number: call), attempt: attempt)
        }

        var path: String { "/callbacks/\(secret)/\(attempt.call.run)/\(attempt.call.number)/\(attempt.attempt)" }
    }
}

/// Where answers of asynchronous calls are brought.
public struct CallbackAddress: Hashable, Sendable {
    /// The IPv4 address to listen on: loopback, unless queue workers run elsewhere.
    public var host: String
    /// The port to listen on; 0 for any.
    public var port: UInt16
    /// How queue workers reach it, without a slash at the end: "http://10.0.0.5:8181"; nil where they run on this
    /// machine.
    public var advertisedURL: String?

    /// An address as described.
    public init(host: String = "127.0.0.1", port: UInt16 = 0, advertisedURL: String? = nil) {
        self.host = host
        self.port = port
        self.advertisedURL = advertisedURL
    }
}

extension FunctionAnswer {
    /// An answer as a queue worker brings it: X-Function-Status has the function's own status, or 503 when it could not
    /// be reached. A function that brings its answer itself sends no such header, and has succeeded.
    fileprivate init(headers: HTTPHeaders, body: [UInt8]) {
        self.init(
            status: headers[HTTPHeader("X-Function-Status")].flatMap { Int($0) } ?? 200, body: body,
            functionSeconds: headers[HTTPHeader("X-Duration-Seconds")].flatMap { Self.seconds($0) })
    }
}
