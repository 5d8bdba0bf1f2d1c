/// What the CPUID instruction answers for one leaf.
public struct CPUIDRegisters: Hashable, Sendable {
    /// The four registers.
    public var eax, ebx, ecx, edx: UInt32

    /// The given registers; those not given are 0, as for a leaf that does not exist.
    public init(eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0) {
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}

/// Asks one logical CPU what it is. `FileCPUID` asks the kernel's device, `CPUIDTable` holds answers ready.
public protocol CPUIDSource {
    /// The answer for `leaf` and `subleaf`; throws `RegisterError` when the CPU cannot be asked.
    func registers(leaf: UInt32, subleaf: UInt32) throws(RegisterError) -> CPUIDRegisters
}

/// Answers of a CPU that are held ready; a leaf that is not among them answers zero.
public struct CPUIDTable: CPUIDSource, Hashable, Sendable {
    /// Which question an answer belongs to.
    public struct Key: Hashable, Sendable {
        /// Leaf (EAX) and sub-leaf (ECX).
        public let leaf, subleaf: UInt32
    }

    /// The answers.
    public private(set) var answers: [Key: CPUIDRegisters] = [:]

    /// No answers.
    public init() {}

    /// The answer for `leaf` and `subleaf`.
    public subscript(leaf: UInt32, subleaf: UInt32 = 0) -> CPUIDRegisters {
        get { answers[Key(leaf: leaf, subleaf: subleaf)] ?? CPUIDRegisters() }
        set { answers[Key(leaf: leaf, subleaf: subleaf)] = newValue }
    }

    /// The answer for `leaf` and `subleaf`.
    public func registers(leaf: UInt32, subleaf: UInt32) throws(RegisterError) -> CPUIDRegisters { self[leaf, subleaf] }
}
