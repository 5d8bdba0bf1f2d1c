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
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Creates the file `path` with `byteCount` zero bytes and maps it. The bytes are allocated rather than left as a
    /// hole: a store into a hole on a full disk would end the process instead of failing a call.
    init(path: String, byteCount: Int) throws(VirtualTreeError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw VirtualTreeError(action: "create", path: path, number: errno) }
        defer { close(descriptor) }
        let refusal = posix_fallocate(descriptor, 0, off_t(byteCount))
        guard refusal == 0 else { throw VirtualTreeError(action: "allocate", path: path, number: refusal) }
        guard let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
        else { throw VirtualTreeError(action: "map", path: path, number: errno) }
        base = mapped
        self.byteCount = byteCount
    }

    deinit { munmap(base, byteCount) }

    /// The 64-bit value of a model-specific register, at byte 8 n of the file.
    subscript(register: RegisterAddress) -> UInt64 {
        get { load(at: Int(register.rawValue) * 8) }
        set { store(newValue, at: Int(register.rawValue) * 8) }
    }

    /// The value at byte `offset`, which must be aligned and inside the file.
    func load<Value: FixedWidthInteger>(at offset: Int) -> Value {
        precondition(
            offset >= 0 && offset + MemoryLayout<Value>.size <= byteCount, "offset \(offset) is outside the file")
        return base.load(fromByteOffset: offset, as: Value.self)
    }

    /// Sets the value at byte `offset`, which must be aligned and inside the file.
    func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        precondition(
            offset >= 0 && offset + MemoryLayout<Value>.size <= byteCount, "offset \(offset) is outside the file")
        base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }
}
