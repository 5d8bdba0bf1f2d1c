#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A logical CPU behind the kernel's cpuid device, or behind a regular file that stands in for it. Any user may read
/// the device.
///
/// The device takes the lower half of the file offset as the leaf and the upper half as the sub-leaf, and answers 16
/// bytes: EAX, EBX, ECX, EDX. In a regular file the answers of neighbouring leaves would overlap; there the answer lies
/// at byte 16 times the leaf plus 2^36 times the sub-leaf. Such a file is sparse: it looks large and takes few blocks.
public final class FileCPUID: CPUIDSource, Sendable {
    private let descriptor: Int32
    private let path: String
    private let isDevice: Bool

    /// The driver's major number (Linux, Documentation/admin-guide/devices.txt).
    private static let driverMajor: UInt64 = 203

    /// Opens `path`; throws `RegisterError` when that fails.
    public init(path: String) throws(RegisterError) {
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw RegisterError(operation: .open, path: path, failure: .errno(errno)) }
        self.descriptor = descriptor
        self.path = path
        isDevice = characterDeviceMajor(descriptor) == Self.driverMajor
    }

    deinit { close(descriptor) }

    /// Where a regular file holds the answer for `leaf` and `subleaf`.
    public static func fileOffset(leaf: UInt32, subleaf: UInt32) -> Int64 {
        Int64(leaf) * 16 + (Int64(subleaf) << 36)
    }

    /// Reads by pread(2); a question behind the end of a regular file answers zero, as CPUs do.
    public func registers(leaf: UInt32, subleaf: UInt32) throws(RegisterError) -> CPUIDRegisters {
        let offset = isDevice ? Int64(leaf) | Int64(subleaf) << 32 : Self.fileOffset(leaf: leaf, subleaf: subleaf)
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        let count = retryingInterrupted { pread(descriptor, &words, 16, off_t(offset)) }
        if count == 0, !isDevice { return CPUIDRegisters() }
        guard count == 16 else {
            throw RegisterError(
                operation: .read, path: path, address: leaf, failure: count < 0 ? .errno(errno) : .shortTransfer)
        }
        return CPUIDRegisters(eax: words.0, ebx: words.1, ecx: words.2, edx: words.3)
    }
}
