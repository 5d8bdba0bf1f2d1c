import Foundation
import Synchronization

/// Writes what the loops' logs hand over, in a task of its own, because a disk may be slow and a loop must not wait.
/// What cannot be written as fast as it comes is lost, and counted.
final class AccessLogWriter: Sendable {
    private let handle: FileHandle
    private let pieces: AsyncStream<[UInt8]>
    private let input: AsyncStream<[UInt8]>.Continuation
    private let counters: ProxyCounters

    /// Pieces of 32 KiB that may wait for the disk.
    private static let mostPieces = 256

    /// Opens the file at `path` for appending. Throws `ProxyError`.
    init(_ path: String, counters: ProxyCounters) throws(ProxyError) {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw ProxyError("the access log \(path) cannot be written: allowed is a file in a folder that exists")
        }
        _ = try? handle.seekToEnd()
        self.handle = handle
        self.counters = counters
        (pieces, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostPieces))
    }

    func append(_ piece: [UInt8], lines: UInt64) {
        if case .enqueued = input.yield(piece) { return }
        counters.lostLogLines.add(lines, ordering: .relaxed)
    }

    /// Nothing more will come.
    func finish() { input.finish() }

    /// Writes until `finish`.
    func run() async {
        for await piece in pieces { try? handle.write(contentsOf: piece) }
        try? handle.close()
    }
}
