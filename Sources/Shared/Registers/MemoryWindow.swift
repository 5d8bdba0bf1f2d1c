/// A stretch of physical memory in which a device keeps registers, to be read only. `PhysicalMemory` opens real ones.
public protocol MemoryWindow: AnyObject, Sendable {
    /// The 64 bits at byte `offset`, a multiple of 8; throws `RegisterError` when they cannot be read.
    func read(at offset: Int) throws(RegisterError) -> UInt64
}
