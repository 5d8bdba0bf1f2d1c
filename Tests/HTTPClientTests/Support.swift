import Foundation
import HTTPClient
import Testing

/// Runs a transport for as long as `body` lasts.
func withTransport(
    _ settings: HTTPTransport.Settings = .init(), _ body: (HTTPTransport) async throws -> Void
) async throws {
    let transport = HTTPTransport(settings: settings)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await transport.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(transport)) } catch { result = .failure(error) }
        group.cancelAll()
        try await group.waitForAll()
        try result.get()
    }
}

/// What `body` fails with.
func failure(_ body: () async throws(HTTPError) -> some Any) async -> HTTPError? {
    do throws(HTTPError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// Runs a program to its end; throws what it wrote when it fails.
func run(_ program: String, _ arguments: [String], in folder: String) throws {
    struct Failure: Error { let output: String }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(output: String(decoding: text, as: UTF8.self)) }
}

/// Whether a program stands in one of PATH's folders or where Debian puts servers.
func isInstalled(_ program: String) -> Bool {
    let folders =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}
