import CPread

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A PCI device's configuration space behind its `config` file in sysfs. Without CAP_SYS_ADMIN only the first 64 bytes
/// can be read; what lies behind them then throws `.shortTransfer`.
public final class FileConfigurationSpace: ConfigurationSpace {
    private let descriptor: Int32
    private let path: String

    /// Opens `path` for reading, and for writing where `writable`; throws `RegisterError` when that fails.
    public init(path: String, writable: Bool = true) throws(RegisterError) {
        descriptor = retryingInterrupted { open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC) }
        self.path = path
        guard descriptor >= 0 else { throw RegisterError(operation: .open, path: path, failure: .errno(errno)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads by pread(2).
    public func read(at offset: UInt32) throws(RegisterError) -> UInt32 {
        var value: UInt32 = 0
        let count = retryingInterrupted { reeve_pread(descriptor, &value, 4, Int64(offset)) }
        guard count == 4 else { throw error(.read, offset, count) }
        return value
    }

    /// Writes by pwrite(2).
    public func write(_ value: UInt32, at offset: UInt32) throws(RegisterError) {
        var value = value
        let count = retryingInterrupted { pwrite(descriptor, &value, 4, off_t(offset)) }
        guard count == 4 else { throw error(.write, offset, count) }
    }

    private func error(_ operation: RegisterError.Operation, _ offset: UInt32, _ count: Int) -> RegisterError {
        RegisterError(
            operation: operation, path: path, address: offset, failure: count < 0 ? .errno(errno) : .shortTransfer)
    }
}
