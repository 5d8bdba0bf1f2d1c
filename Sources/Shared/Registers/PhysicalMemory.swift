import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Physical memory behind the kernel's mem device (mem(4)), or behind a regular file that stands in for it. Opened for
/// reading only, so that nothing can be written by mistake.
///
/// The device has to be mapped: reading it copies through the cache, which registers do not survive. A regular file is
/// read instead, because a mapping of one that is cut short would end the process.
public struct PhysicalMemory: Sendable {
    private let file: File
    private let isDevice: Bool

    /// Opens `path`; throws `RegisterError` when that fails.
    public init(path: String) throws(RegisterError) {
        // O_SYNC makes the kernel map the range uncached (Linux 6.12, arch/x86/mm/pat/memtype.c).
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_SYNC | O_CLOEXEC) }
        guard descriptor >= 0 else { throw RegisterError(operation: .open, path: path, failure: .errno(errno)) }
        file = File(descriptor: descriptor, path: path)
        isDevice = characterDeviceMajor(descriptor) != nil
    }

    /// The `byteCount` bytes from `address` on, both multiples of the page's 4096; throws `RegisterError` when the kernel
    /// does not map them.
    public func window(at address: UInt64, byteCount: Int) throws(RegisterError) -> any MemoryWindow {
        let name = "\(file.path) at 0x\(String(address, radix: 16, uppercase: true))"
        guard address <= UInt64(Int64.max) - UInt64(max(0, byteCount)) else {
            throw RegisterError(operation: .map, path: name, failure: .errno(EINVAL))
        }
        return isDevice
            ? try MappedWindow(file, address: off_t(address), byteCount: byteCount, name: name)
            : FileWindow(file, address: off_t(address), byteCount: byteCount, name: name)
    }

    fileprivate final class File: Sendable {
        let descriptor: Int32
        let path: String

        init(descriptor: Int32, path: String) {
            self.descriptor = descriptor
            self.path = path
        }

        deinit { close(descriptor) }
    }
}

private final class MappedWindow: MemoryWindow {
    // Mapped from `init` to `deinit`, never written, and read in whole aligned words only.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let byteCount: Int
    private let name: String

    init(_ file: PhysicalMemory.File, address: off_t, byteCount: Int, name: String) throws(RegisterError) {
        guard let mapped = mmap(nil, byteCount, PROT_READ, MAP_SHARED, file.descriptor, address), mapped != MAP_FAILED
        else { throw RegisterError(operation: .map, path: name, failure: .errno(errno)) }
        base = mapped
        self.byteCount = byteCount
        self.name = name
    }

    deinit { munmap(base, byteCount) }

    /// One load of eight bytes, which the compiler may neither split nor leave out, as an atomic one.
    func read(at offset: Int) throws(RegisterError) -> UInt64 {
        guard offset >= 0, offset % 8 == 0, offset <= byteCount - 8 else {
            throw RegisterError(operation: .read, path: name, failure: .shortTransfer)
        }
        return (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
    }
}

private final class FileWindow: MemoryWindow {
    private let file: PhysicalMemory.File
    private let address: off_t
    private let byteCount: Int
    private let name: String

    init(_ file: PhysicalMemory.File, address: off_t, byteCount: Int, name: String) {
        self.file = file
        self.address = address
        self.byteCount = byteCount
        self.name = name
    }

    func read(at offset: Int) throws(RegisterError) -> UInt64 {
        var value: UInt64 = 0
        guard offset >= 0, offset % 8 == 0, offset <= byteCount - 8 else {
            throw RegisterError(operation: .read, path: name, failure: .shortTransfer)
        }
        let count = retryingInterrupted { pread(file.descriptor, &value, 8, address + off_t(offset)) }
        guard count == 8 else {
            throw RegisterError(
                operation: .read, path: name, address: UInt32(offset),
                failure: count < 0 ? .errno(errno) : .shortTransfer)
        }
        return value
    }
}
