import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the body of a request, within limits.
struct RequestBodyReader: Sendable {
    /// Bytes of an unwanted body that are read before the connection is closed: a client that is still sending would
    /// otherwise lose the answer along with the connection (RFC 9112, section 9.6).
    private static let discardedBytes = 256 << 10

    /// How far a body has been read.
    enum Progress: Sendable {
        /// To its end, or there is none.
        case done
        /// Not at all.
        case untouched
        /// Its beginning; the rest is not wanted.
        case broken
    }

    let limits: RequestLimits

    /// Whether `fields` say that a body follows.
    static func isAnnounced(by fields: HTTPFields) -> Bool {
        fields[.transferEncoding] != nil || (fields[.contentLength].map { $0 != "0" } ?? false)
    }

    /// The body of `request`; a client that waits for leave to send it gets that. `progress` says how far it has been
    /// read, also when it throws: a body can be begun only once. Throws `Problem` when it is too long or
    /// no JSON by its type; the connection is closed when it does not come in time.
    func read(
        _ request: Request, for route: Route, _ writer: borrowing ResponseWriter, on channel: any Channel,
        progress: inout Progress
    ) async throws(Problem) -> [UInt8] {
        if route.body != nil { try check(request.headers[.contentType]) }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes { throw tooLarge }
        let deadline = deadline(on: channel)
        defer { deadline.cancel() }
        progress = .broken
        do {
            if request.headers[.expect]?.lowercased() == "100-continue" {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            if let bytes = try await collect(request.body) {
                progress = .done
                return bytes
            }
        } catch {
            throw .badRequest("the body has not come")
        }
        throw tooLarge
    }

    /// Reads a body that nobody wants, for a while.
    func discard(_ request: Request, on channel: any Channel) async {
        let deadline = deadline(on: channel)
        defer { deadline.cancel() }
        var count = 0
        // A client that goes away meanwhile has nothing to lose.
        do {
            for try await buffer in request.body {
                count += buffer.readableBytes
                if count > Self.discardedBytes { return }
            }
        } catch {}
    }

    /// The bytes of `body`; nil when there are too many, some of which have been passed over then.
    private func collect(_ body: RequestBody) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var passedOver = 0
        for try await buffer in body {
            if passedOver == 0, bytes.count + buffer.readableBytes <= limits.bodyBytes {
                bytes += buffer.readableBytesView
            } else {
                passedOver += buffer.readableBytes
                if passedOver > Self.discardedBytes { break }
            }
        }
        return passedOver == 0 ? bytes : nil
    }

    private func deadline(on channel: any Channel) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: .nanoseconds(limits.bodyNanoseconds)) { channel.close(promise: nil) }
    }

    private func check(_ type: String?) throws(Problem) {
        let name = type?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard name == "application/json" else {
            throw Problem(.notJSON, "the body is \(type?.prefix(100) ?? "of no type"): allowed is application/json")
        }
    }

    private var tooLarge: Problem { Problem(.tooLarge, "the body is too long: allowed are \(limits.bodyBytes) bytes") }
}
