#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The system calls themselves; those that a signal interrupts are repeated.
struct KernelFileCalls: FileCalls {
    func read(_ path: String) throws(FileCallFailure) -> [UInt8] {
        let descriptor = try retrying("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
        defer { _ = Self.close(descriptor) }
        var status = stat()
        _ = try retrying("fstat", path) { fstat(descriptor, &status) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = try retrying("read", path) {
                bytes.withUnsafeMutableBytes { Self.read(descriptor, $0, from: filled) }
            }
            // The file became shorter since fstat.
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    func create(_ path: String) throws(FileCallFailure) -> Int32 {
        try retrying("open", path) { open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ path: String) throws(FileCallFailure) -> Int {
        try retrying("write", path) { bytes.withUnsafeBytes { Self.write(descriptor, $0) } }
    }

    func synchronize(_ descriptor: Int32, _ path: String) throws(FileCallFailure) {
        _ = try retrying("fsync", path) { fsync(descriptor) }
    }

    func close(_ descriptor: Int32, _ path: String) throws(FileCallFailure) {
        // Linux has released the descriptor even when close reports EINTR, so it must not be repeated.
        if Self.close(descriptor) == -1, errno != EINTR {
            throw FileCallFailure(call: "close", path: path, errno: errno)
        }
    }

    func rename(_ path: String, to newPath: String) throws(FileCallFailure) {
        _ = try retrying("rename", path) { Self.rename(path, newPath) }
    }

    func remove(_ path: String) throws(FileCallFailure) {
        _ = try retrying("unlink", path) { unlink(path) }
    }

    func synchronizeFolder(_ path: String) throws(FileCallFailure) {
        let descriptor = try retrying("open", path) { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { _ = Self.close(descriptor) }
        _ = try retrying("fsync", path) { fsync(descriptor) }
    }

    private func retrying<Value: SignedInteger>(
        _ call: String, _ path: String, _ body: () -> Value
    ) throws(FileCallFailure) -> Value {
        while true {
            let result = body()
            if result != -1 { return result }
            if errno != EINTR { throw FileCallFailure(call: call, path: path, errno: errno) }
        }
    }
}

// The C functions whose names the methods above hide.
extension KernelFileCalls {
    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Musl.close(descriptor)
        #endif
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
        #if canImport(Glibc)
            return Glibc.read(descriptor, rest.baseAddress, rest.count)
        #else
            return Musl.read(descriptor, rest.baseAddress, rest.count)
        #endif
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func rename(_ path: String, _ newPath: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.rename(path, newPath)
        #else
            Musl.rename(path, newPath)
        #endif
    }
}
