import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The bytes behind a set of virtual registers: a file mapped into memory, so that stepping the hardware costs no
/// system call and what an agent writes to the file is seen at once.
///
/// Aligned 64-bit and 32-bit stores are single on every CPU this runs on, so another process that preads eight bytes
/// of a register sees the old value or the new one.
final class RegisterMemory {
    /// A part of the file that holds registers: whole pages, mapped.
    private final class Window {
        let range: Range<Int>
        let base: UnsafeMutableRawPointer

        init(_ wanted: Range<Int>, of descriptor: Int32, path: String) throws(VirtualTreeError) {
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            let start = wanted.lowerBound / page * page
            let length = wanted.upperBound - start
            let zeros = [UInt8](repeating: 0, count: length)
            guard pwrite(descriptor, zeros, length, off_t(start)) == length else {
                throw VirtualTreeError(action: "write", path: path, number: errno)
            }
            let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(start))
            guard let mapped, mapped != MAP_FAILED else {
                throw VirtualTreeError(action: "map", path: path, number: errno)
            }
            range = start..<wanted.upperBound
            base = mapped
        }

        deinit { munmap(base, range.count) }
    }

    private let windows: [Window]

    /// Creates the file `path` with `byteCount` zero bytes and maps it.
    convenience init(path: String, byteCount: Int) throws(VirtualTreeError) {
        try self.init(path: path, byteCount: byteCount, windows: [0..<byteCount])
    }

    /// Creates the file `path`, `byteCount` bytes long and all zero, and maps the parts of it that `windows` touch; the
    /// rest stays a hole, which reads zero. The mapped bytes are written, so that the file system has room for them: a
    /// store into a hole on a full disk would end the process instead of failing a call. Writing rather than allocating
    /// them lets a file that soon goes away again go without a trace on the disk.
    init(path: String, byteCount: Int, windows wanted: [Range<Int>]) throws(VirtualTreeError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw VirtualTreeError(action: "create", path: path, number: errno) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw VirtualTreeError(action: "extend", path: path, number: errno)
        }
        windows = try wanted.map { range throws(VirtualTreeError) in try Window(range, of: descriptor, path: path) }
    }

    /// The 64-bit value of a model-specific register, at byte 8 n of the file.
    subscript(register: RegisterAddress) -> UInt64 {
        get { load(at: Int(register.rawValue) * 8) }
        set { store(newValue, at: Int(register.rawValue) * 8) }
    }

    /// The value at byte `offset`, which must be aligned and inside a mapped part.
    func load<Value: FixedWidthInteger>(at offset: Int) -> Value {
        place(of: offset, MemoryLayout<Value>.size).load(as: Value.self)
    }

    /// Sets the value at byte `offset`, which must be aligned and inside a mapped part.
    func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        place(of: offset, MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
    }

    private func place(of offset: Int, _ size: Int) -> UnsafeMutableRawPointer {
        for window in windows where window.range.contains(offset) && offset + size <= window.range.upperBound {
            return window.base + (offset - window.range.lowerBound)
        }
        preconditionFailure("offset \(offset) is outside the mapped parts of the file")
    }
}
