/// What a logical CPU says of itself that decides how its counters are used. Sources: Intel Software Developer's Manual
/// volume 2A, CPUID; AMD Architecture Programmer's Manual volume 3, appendix E; Linux,
/// Documentation/virt/kvm/x86/cpuid.rst for the leaves of hypervisors.
public struct ProcessorCapabilities: Hashable, Sendable {
    /// The kind of core within a hybrid processor (leaf 1AH).
    public enum CoreKind: Hashable, Sendable {
        /// The processor has one kind of core only.
        case uniform
        /// A performance core.
        case performance
        /// An efficient core.
        case efficient
    }

    /// Maker, family, model and stepping (leaves 0 and 1); nil for a maker not known here.
    public let signature: ProcessorSignature?
    /// Whether a hypervisor stands below (leaf 1).
    public let isGuest: Bool
    /// Whether MPERF and APERF count (leaf 6).
    public let hasPerformanceClocks: Bool
    /// Whether the time-stamp counter runs at one rate in every state (leaf 80000007H).
    public let hasInvariantTimeStamp: Bool
    /// Rate of the time-stamp counter in hertz: in a guest as the hypervisor tells (leaf 40000010H), because a guest that
    /// was moved runs at a scaled rate that leaves 15H and 16H do not show; otherwise from leaf 15H, then 16H. Nil where it
    /// has to be measured.
    public let timeStampHertz: UInt64?
    /// The kind of this CPU's core.
    public let coreKind: CoreKind
    /// Intel's counters (leaf 0AH); nil where there are none, as in a guest without virtual ones.
    public let architectural: ArchitecturalMonitoring?
    /// AMD's counters (leaves 80000001H and 80000022H); nil on other processors, and where there are none.
    public let zen: ZenMonitoring?

    /// Asks `cpuid`, leaf by leaf as far as it has them; throws its error.
    public init(cpuid: some CPUIDSource) throws(RegisterError) {
        let first = try cpuid.registers(leaf: 0, subleaf: 0)
        let last = first.eax
        let identity = try cpuid.registers(leaf: 1, subleaf: 0)
        signature = Self.signature(first, identity)
        isGuest = identity.ecx >> 31 & 1 == 1

        func basic(_ leaf: UInt32) throws(RegisterError) -> CPUIDRegisters {
            leaf <= last ? try cpuid.registers(leaf: leaf, subleaf: 0) : CPUIDRegisters()
        }
        hasPerformanceClocks = try basic(6).ecx & 1 == 1
        let structured = try basic(7)
        let hybrid = try basic(0x1A)
        coreKind = Self.coreKind(isHybrid: structured.edx >> 15 & 1 == 1, hybrid)
        architectural =
            signature?.vendor == .intel ? ArchitecturalMonitoring(leaf: try basic(0x0A)) : nil

        let lastExtended = try cpuid.registers(leaf: 0x8000_0000, subleaf: 0).eax
        func extended(_ leaf: UInt32) throws(RegisterError) -> CPUIDRegisters {
            leaf <= lastExtended ? try cpuid.registers(leaf: leaf, subleaf: 0) : CPUIDRegisters()
        }
        hasInvariantTimeStamp = try extended(0x8000_0007).edx >> 8 & 1 == 1
        let features = try extended(0x8000_0001)
        let monitoring = try extended(0x8000_0022)
        zen = signature?.vendor == .amd ? ZenMonitoring(features: features, leaf: monitoring) : nil

        let crystal = try basic(0x15)
        let frequencies = try basic(0x16)
        timeStampHertz =
            isGuest
            ? try Self.hypervisorKilohertz(cpuid).map { UInt64($0) * 1000 } : Self.hertz(crystal, frequencies)
    }

    private static func signature(_ first: CPUIDRegisters, _ identity: CPUIDRegisters) -> ProcessorSignature? {
        let bytes = [first.ebx, first.edx, first.ecx].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        guard let vendor = ProcessorVendor(rawValue: String(decoding: bytes, as: UTF8.self)) else { return nil }
        let eax = Int(identity.eax)
        let base = eax >> 8 & 0xF
        let family = base == 0xF ? base + (eax >> 20 & 0xFF) : base
        let model = base == 6 || base == 0xF ? eax >> 4 & 0xF | (eax >> 16 & 0xF) << 4 : eax >> 4 & 0xF
        return ProcessorSignature(vendor: vendor, family: family, model: model, stepping: eax & 0xF)
    }

    private static func coreKind(isHybrid: Bool, _ leaf: CPUIDRegisters) -> CoreKind {
        guard isHybrid else { return .uniform }
        switch leaf.eax >> 24 {
        case 0x20: return .efficient
        case 0x40: return .performance
        default: return .uniform
        }
    }

    private static func hypervisorKilohertz(_ cpuid: some CPUIDSource) throws(RegisterError) -> UInt32? {
        let last = try cpuid.registers(leaf: 0x4000_0000, subleaf: 0).eax
        guard last >= 0x4000_0010 else { return nil }
        let kilohertz = try cpuid.registers(leaf: 0x4000_0010, subleaf: 0).eax
        return kilohertz == 0 ? nil : kilohertz
    }

    /// The crystal's rate times a ratio where both are given, and the base clock in megahertz otherwise.
    private static func hertz(_ crystal: CPUIDRegisters, _ frequencies: CPUIDRegisters) -> UInt64? {
        if crystal.eax > 0, crystal.ebx > 0, crystal.ecx > 0 {
            return UInt64(crystal.ecx) * UInt64(crystal.ebx) / UInt64(crystal.eax)
        }
        let megahertz = UInt64(frequencies.eax & 0xFFFF)
        return megahertz == 0 ? nil : megahertz * 1_000_000
    }
}
