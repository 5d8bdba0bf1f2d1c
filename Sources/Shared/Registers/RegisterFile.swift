/// Access to the model-specific registers of one logical CPU.
///
/// The door to the kernel: `FileRegisters` is the real one, `MemoryRegisters` lets a test script every fault.
public protocol RegisterFile: AnyObject, Sendable {
    /// What errors call the file.
    var name: String { get }
    /// The register's 64 bits; throws `RegisterError` when it cannot be read.
    func read(_ register: RegisterAddress) throws(RegisterError) -> UInt64
    /// Sets the register's 64 bits; throws `RegisterError` when it cannot be written.
    func write(_ value: UInt64, to register: RegisterAddress) throws(RegisterError)
}
