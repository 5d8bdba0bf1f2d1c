#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A system call on a file that failed.
struct FileCallFailure: Error, Hashable, Sendable {
    /// The C name of the call and the path it was for.
    let call, path: String
    /// The value of errno.
    let errno: Int32

    var isFull: Bool { errno == ENOSPC || errno == EDQUOT }
    var isAbsent: Bool { errno == ENOENT }
    var text: String { "\(call) of \(path) failed: \(String(cString: strerror(errno)))" }
}

/// The door to the kernel for checkpoint files: the real one, or one that fails on purpose.
protocol FileCalls {
    /// The whole content of a file (open, fstat, read).
    func read(_ path: String) throws(FileCallFailure) -> [UInt8]
    /// A new or emptied file for writing, readable by its owner alone (open).
    func create(_ path: String) throws(FileCallFailure) -> Int32
    /// Writes at least one of `bytes`, which are not empty, and returns how many (write).
    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ path: String) throws(FileCallFailure) -> Int
    /// Brings written content to the disk (fsync).
    func synchronize(_ descriptor: Int32, _ path: String) throws(FileCallFailure)
    /// Ends the use of a descriptor (close).
    func close(_ descriptor: Int32, _ path: String) throws(FileCallFailure)
    /// Gives a file another name in one step, replacing what had it (rename).
    func rename(_ path: String, to newPath: String) throws(FileCallFailure)
    /// Removes a name (unlink).
    func remove(_ path: String) throws(FileCallFailure)
    /// Brings a folder's names to the disk (open, fsync, close).
    func synchronizeFolder(_ path: String) throws(FileCallFailure)
}
