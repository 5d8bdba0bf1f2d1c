public import HTTPClient

/// An object store in a bucket of a store that speaks S3: MinIO, Ceph, Amazon's own.
///
/// Requests are signed (AWS Signature Version 4) except for the bodies themselves, which only TLS protects on their
/// way. What a store answers 429 or 5xx is asked again a few times, for every request here may be repeated.
public struct S3Store: ObjectStore {
    /// Where the bucket is and who asks.
    public struct Settings: Hashable, Sendable {
        /// The store's address, without a slash at the end: "http://minio.openfaas:9000".
        public var endpoint: String
        /// The bucket, which must be there.
        public var bucket: String
        /// The region that requests are signed for.
        public var region: String
        /// Who asks.
        public var key: AccessKey
        /// Whom TLS trusts.
        public var tls: TLSSettings
        /// The most bytes of an object that is read.
        public var maximumObjectBytes: Int
        /// Milliseconds for one request.
        public var timeoutMilliseconds: Int

        /// Settings as described; the region is S3's first, which stores that have none take.
        public init(
            endpoint: String, bucket: String, region: String = "us-east-1", key: AccessKey,
            tls: TLSSettings = TLSSettings(), maximumObjectBytes: Int = 64 << 20, timeoutMilliseconds: Int = 30_000
        ) {
            self.endpoint = endpoint
            self.bucket = bucket
            self.region = region
            self.key = key
            self.tls = tls
            self.maximumObjectBytes = maximumObjectBytes
            self.timeoutMilliseconds = timeoutMilliseconds
        }
    }

    /// How often a request is sent before its failure counts.
    private static let attempts = 4
    /// Nanoseconds before the first repetition; twice as long before each further one.
    private static let firstPauseNanoseconds: UInt64 = 100_000_000
    /// Pages of a list, each of a thousand names (S3's most): 100 000 calls a run, ten objects each.
    private static let maximumPages = 1_000

    private let settings: Settings
    private let transport: HTTPTransport
    private let pause: @Sendable (UInt64) async throws -> Void

    /// A store reached by `transport`; `pause` returns after as many nanoseconds.
    public init(
        settings: Settings, transport: HTTPTransport,
        pause: @escaping @Sendable (UInt64) async throws -> Void = { try await Task.sleep(nanoseconds: $0) }
    ) {
        self.settings = settings
        self.transport = transport
        self.pause = pause
    }

    /// Keeps `bytes` in an object of the bucket; S3 shows all of it or nothing.
    public func put(_ bytes: [UInt8], as name: ObjectName) async throws(WorkflowError) {
        let answer = try await send(.put, "/\(name)", body: bytes, what: "object \(name) cannot be kept")
        guard answer.status == 200 else { throw refusal(answer, "object \(name) cannot be kept") }
    }

    /// The object's bytes; nil when there is none.
    public func get(_ name: ObjectName) async throws(WorkflowError) -> [UInt8]? {
        let answer = try await send(.get, "/\(name)", what: "object \(name) cannot be read")
        switch (answer.status, S3Answer(answer.body).code) {
        case (200, _): return answer.body
        case (404, "NoSuchKey"): return nil
        default: throw refusal(answer, "object \(name) cannot be read")
        }
    }

    /// Removes the objects whose names begin with the run's, a thousand at a time.
    public func removeAll(of run: RunID) async throws(WorkflowError) {
        // A run's id is a name too, or there could be nothing of it.
        _ = try ObjectName(run: run, path: "all")
        let what = "the objects of run \(run) cannot be removed"
        for _ in 0..<Self.maximumPages {
            // From the beginning each time: what a page named is gone.
            let answer = try await send(.get, "?list-type=2&max-keys=1000&prefix=\(run)%2F", what: what)
            guard answer.status == 200 else { throw refusal(answer, what) }
            let page = S3Answer(answer.body)
            for key in page.keys { try await remove(key, what: what) }
            if !page.isTruncated { return }
        }
        throw WorkflowError(.refused, "\(what): there are always more in bucket \(settings.bucket)")
    }

    private func remove(_ key: String, what: String) async throws(WorkflowError) {
        let answer = try await send(.delete, "/\(key)", what: what)
        guard [200, 204, 404].contains(answer.status) else { throw refusal(answer, what) }
    }

    private func send(
        _ method: HTTPRequest.Method, _ place: String, body: [UInt8]? = nil, what: String
    ) async throws(WorkflowError) -> HTTPResponse {
        var headers: HTTPHeaders = ["x-amz-content-sha256": "UNSIGNED-PAYLOAD"]
        if body != nil { headers["Content-Type"] = "application/octet-stream" }
        let request = HTTPRequest(
            method, url: "\(settings.endpoint)/\(settings.bucket)\(place)", headers: headers,
            credential: .accessKey(
                id: settings.key.id, secret: settings.key.secret, region: settings.region, service: "s3"),
            body: body, timeouts: HTTPRequest.Timeouts(totalMilliseconds: settings.timeoutMilliseconds),
            maximumResponseBytes: settings.maximumObjectBytes, tls: settings.tls)
        var wait = Self.firstPauseNanoseconds
        var attempt = 1
        while true {
            let answer: HTTPResponse
            do throws(HTTPError) {
                answer = try await transport.send(request)
            } catch {
                throw WorkflowError(.unreachable, "\(what): \(error)")
            }
            let isPassing = answer.status == 429 || answer.status >= 500
            guard isPassing, attempt < Self.attempts, (try? await pause(wait)) != nil else { return answer }
            wait *= 2
            attempt += 1
        }
    }

    private func refusal(_ answer: HTTPResponse, _ what: String) -> WorkflowError {
        let said = S3Answer(answer.body)
        let reason = [said.code, said.message].compactMap(\.self).joined(separator: ", ")
        return WorkflowError(
            answer.status >= 500 ? .unreachable : .refused,
            "\(what) in bucket \(settings.bucket) at \(settings.endpoint): it answered \(answer.status)"
                + (reason.isEmpty ? "" : ", \(reason)"))
    }
}
