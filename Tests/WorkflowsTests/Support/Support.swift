import Foundation
import HTTPClient
import Testing

/// Asks `condition` again and again until it holds; the test fails when it does not within five generous minutes. The
/// pause between questions only spares the processor: nothing is assumed to have happened in it.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(300)
    while try await !condition() {
        try #require(clock.now < deadline, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}

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

/// A folder of its own that goes with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
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
