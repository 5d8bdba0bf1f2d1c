import Glibc

@testable import Learning

/// The kernel's file calls with one that fails, or with everything failing from one call on, as after a crash.
final class FaultyFileCalls: FileCalls {
    private let kernel = KernelFileCalls()
    private let failing: Int
    private let forever: Bool
    private let failure: Int32
    /// The most bytes that one write takes.
    private let writeLimit: Int
    private(set) var calls = 0
    private(set) var failed = false

    init(failing: Int, forever: Bool = false, failure: Int32 = EIO, writeLimit: Int = .max) {
        self.failing = failing
        self.forever = forever
        self.failure = failure
        self.writeLimit = writeLimit
    }

    private func pass(_ call: String, _ path: String) throws(FileCallFailure) {
        calls += 1
        if calls == failing || (forever && calls > failing) {
            failed = true
            throw FileCallFailure(call: call, path: path, errno: failure)
        }
    }

    func read(_ path: String) throws(FileCallFailure) -> [UInt8] {
        try pass("read", path)
        return try kernel.read(path)
    }

    func create(_ path: String) throws(FileCallFailure) -> Int32 {
        try pass("open", path)
        return try kernel.create(path)
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ path: String) throws(FileCallFailure) -> Int {
        try pass("write", path)
        return try kernel.write(descriptor, bytes.prefix(writeLimit), path)
    }

    func synchronize(_ descriptor: Int32, _ path: String) throws(FileCallFailure) {
        try pass("fsync", path)
        try kernel.synchronize(descriptor, path)
    }

    func close(_ descriptor: Int32, _ path: String) throws(FileCallFailure) {
        // The descriptor is released whatever is reported, so that the test leaks none.
        try kernel.close(descriptor, path)
        try pass("close", path)
    }

    func rename(_ path: String, to newPath: String) throws(FileCallFailure) {
        try pass("rename", path)
        try kernel.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(FileCallFailure) {
        try pass("unlink", path)
        try kernel.remove(path)
    }

    func synchronizeFolder(_ path: String) throws(FileCallFailure) {
        try pass("fsync", path)
        try kernel.synchronizeFolder(path)
    }
}
