/// Access to the configuration space of one PCI device, in naturally aligned 32-bit words.
public protocol ConfigurationSpace: AnyObject, Sendable {
    /// The word at byte `offset`; throws `RegisterError` when it cannot be read.
    func read(at offset: UInt32) throws(RegisterError) -> UInt32
    /// Sets the word at byte `offset`; throws `RegisterError` when it cannot be written.
    func write(_ value: UInt32, at offset: UInt32) throws(RegisterError)
}

extension ConfigurationSpace {
    /// The 64-bit counter at byte `offset` without stopping it: high word, low word, high word again, repeated while
    /// the high word changed in between. A counter whose high word keeps changing throws `.unsteady`: at four billion
    /// counts for each change, no real one does.
    public func readCounter(at offset: UInt32) throws(RegisterError) -> UInt64 {
        var high = try read(at: offset + 4)
        for _ in 0..<4 {
            let low = try read(at: offset)
            let again = try read(at: offset + 4)
            if again == high { return UInt64(high) << 32 | UInt64(low) }
            high = again
        }
        throw RegisterError(operation: .read, path: "configuration space", address: offset, failure: .unsteady)
    }
}
