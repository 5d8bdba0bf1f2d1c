import Foundation
import HTTPClient
import Testing

/// Runs `services` for as long as `body` lasts.
func withRunning<Result: Sendable>(
    _ services: [@Sendable () async throws -> Void], _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services {
            group.addTask {
                do { try await service() } catch { if !Task.isCancelled { throw error } }
            }
        }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        group.cancelAll()
        try await group.waitForAll()
        return try result.get()
    }
}

extension HTTPTransport {
    /// Brings `body` to `url` and does not look back, as a queue worker does; returns the status, if one came.
    @discardableResult
    func post(_ body: [UInt8], to url: String, headers: [String: String]) async -> Int? {
        var fields = HTTPHeaders()
        for (name, value) in headers { fields.add(name, value) }
        return try? await send(HTTPRequest(.post, url: url, headers: fields, body: body)).status
    }
}
