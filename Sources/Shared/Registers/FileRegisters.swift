import CPread

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Registers behind the kernel's msr device, or behind a regular file that stands in for it.
///
/// The device takes the file offset as a register number, so eight-byte values of neighbouring registers do not
/// overlap; in a regular file they would. There, register n lies at byte 8 n. What is opened decides which it is:
/// a character device with the msr driver's major number 202 (Linux, Documentation/admin-guide/devices.txt), or not.
///
/// Beside a regular file may lie a file of the same name with `.faults` behind it, which makes accesses fail as
/// `RegisterFault` describes. It is looked for once, when the registers are opened, and never beside a device.
public final class FileRegisters: RegisterFile {
    private let descriptor: Int32
    private let path: String
    private let bytesPerAddress: Int64
    private let faults: RegisterFaultFile?

    /// Opens `path` for reading, and for writing when `writable`; throws `RegisterError` when that fails.
    public init(path: String, writable: Bool) throws(RegisterError) {
        let descriptor = retryingInterrupted { open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw RegisterError(operation: .open, path: path, failure: .errno(errno))
        }
        let isDevice = characterDeviceMajor(descriptor) == Self.driverMajor
        let faults = isDevice ? nil : RegisterFaultFile(path: path + ".faults")
        if let number = faults?.strike(nil, .open), number != 0 {
            close(descriptor)
            throw RegisterError(operation: .open, path: path, failure: .errno(number))
        }
        self.descriptor = descriptor
        self.path = path
        self.faults = faults
        bytesPerAddress = isDevice ? 1 : 8
    }

    deinit { close(descriptor) }

    /// The path.
    public var name: String { path }

    /// Reads by pread(2); a read behind the end of the file throws `.shortTransfer`.
    public func read(_ register: RegisterAddress) throws(RegisterError) -> UInt64 {
        if let faults { try strike(faults, .read, register) }
        var value: UInt64 = 0
        let count = retryingInterrupted { reeve_pread(descriptor, &value, 8, Int64(register.rawValue) * bytesPerAddress) }
        guard count == 8 else { throw error(.read, register, count) }
        return value
    }

    /// Writes by pwrite(2).
    public func write(_ value: UInt64, to register: RegisterAddress) throws(RegisterError) {
        if let faults { try strike(faults, .write, register) }
        var value = value
        let count = retryingInterrupted { pwrite(descriptor, &value, 8, off_t(register.rawValue) * off_t(bytesPerAddress)) }
        guard count == 8 else { throw error(.write, register, count) }
    }

    private func strike(
        _ faults: RegisterFaultFile, _ operation: RegisterError.Operation, _ register: RegisterAddress
    ) throws(RegisterError) {
        let number = faults.strike(register, operation == .read ? .read : .write)
        guard number != 0 else { return }
        throw RegisterError(operation: operation, path: path, address: register.rawValue, failure: .errno(number))
    }

    private func error(_ operation: RegisterError.Operation, _ register: RegisterAddress, _ count: Int) -> RegisterError
    {
        RegisterError(
            operation: operation, path: path, address: register.rawValue,
            failure: count < 0 ? .errno(errno) : .shortTransfer)
    }

    private static let driverMajor: UInt64 = 202
}

/// The major number of the character device behind `descriptor` (the split that glibc's gnu_dev_major makes); nil when
/// it is another kind of file or closed.
func characterDeviceMajor(_ descriptor: Int32) -> UInt64? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
    let device = UInt64(status.st_rdev)
    return (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
}

/// Repeats a system call for as long as signals interrupt it.
func retryingInterrupted<Result: FixedWidthInteger & SignedNumeric>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result == -1, errno == EINTR { continue }
        return result
    }
}
