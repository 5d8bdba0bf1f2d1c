#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
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
        // Under a service manager the standard output is a socket, which cannot be opened by its path. With O_APPEND whoever
        // rotates the file may cut it.
        let descriptor =
            path == "/dev/stdout" ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ProxyError(
                "the access log \(path) cannot be written, \(reason): allowed is a file in a folder that exists")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
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
