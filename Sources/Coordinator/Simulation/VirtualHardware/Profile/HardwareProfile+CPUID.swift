import Registers

extension HardwareProfile {
    /// What CPU `cpu` answers to CPUID: identity, clocks and counters. Sources of the layouts: `ProcessorCapabilities`.
    func cpuid(ofCPU cpu: Int) -> CPUIDTable {
        var table = CPUIDTable()
        table[0] = vendorLeaf(lastLeaf: isZen ? 0x10 : 0x20)
        table[1] = CPUIDRegisters(eax: identity, ecx: isGuest ? 1 << 31 : 0)
        if !isGuest { table[6] = CPUIDRegisters(ecx: 1) }
        if case .architectural(let shape) = shape(ofCPU: cpu) { table[0x0A] = Self.monitoringLeaf(shape) }
        let megahertz = UInt32(hardware.nominalHertz / 1_000_000)
        if !isZen, !isGuest {
            // The ratio times the crystal is the nominal clock, given once more in megahertz.
            table[0x15] = CPUIDRegisters(eax: 1, ebx: megahertz / 25, ecx: 25_000_000)
            table[0x16] = CPUIDRegisters(eax: megahertz, ebx: megahertz, ecx: 100)
        }
        if hardware.efficientCores > 0, !isGuest {
            table[7] = CPUIDRegisters(edx: 1 << 15)
            table[0x1A] = CPUIDRegisters(eax: hardware.isEfficient(cpu) ? 0x2000_0001 : 0x4000_0001)
        }
        if isGuest {
            // "KVMKVMKVM", and the rate of the time-stamp counter in kilohertz.
            table[0x4000_0000] = CPUIDRegisters(
                eax: 0x4000_0010, ebx: 0x4B4D_564B, ecx: 0x564B_4D56, edx: 0x0000_004D)
            table[0x4000_0010] = CPUIDRegisters(eax: megahertz * 1000)
        }
        table[0x8000_0000] = CPUIDRegisters(eax: isZen ? 0x8000_0028 : 0x8000_0008)
        table[0x8000_0007] = CPUIDRegisters(edx: 1 << 8)
        if case .zen(let shape) = shape(ofCPU: cpu) { addZenLeaves(shape, to: &table) }
        return table
    }

    private func vendorLeaf(lastLeaf: UInt32) -> CPUIDRegisters {
        let bytes = Array(hardware.signature.vendor.rawValue.utf8)
        let words = stride(from: 0, to: 12, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
        return CPUIDRegisters(eax: lastLeaf, ebx: words[0], ecx: words[2], edx: words[1])
    }

    /// Family, model and stepping with their extended parts.
    private var identity: UInt32 {
        let signature = hardware.signature
        let base = UInt32(min(signature.family, 0xF))
        let extended = UInt32(max(0, signature.family - 0xF))
        let model = UInt32(signature.model)
        return extended << 20 | (model >> 4 & 0xF) << 16 | base << 8 | (model & 0xF) << 4
            | UInt32(signature.stepping) & 0xF
    }

    /// Leaf 0AH: counters of 48 bits, seven architectural events, all of them there.
    private static func monitoringLeaf(_ shape: ArchitecturalShape) -> CPUIDRegisters {
        CPUIDRegisters(
            eax: UInt32(shape.version) | UInt32(shape.programmable) << 8 | 48 << 16 | 7 << 24,
            edx: UInt32(shape.fixed) | 48 << 5)
    }

    private func addZenLeaves(_ shape: ZenShape, to table: inout CPUIDTable) {
        var features: UInt32 = 1 << 23
        if memory == .fabric { features |= 1 << 24 }
        if !cacheCounters.isEmpty { features |= 1 << 28 }
        table[0x8000_0001] = CPUIDRegisters(ecx: features)
        guard shape.hasGlobalControl else { return }
        let channels = memory == .controllers ? hardware.populatedChannels(ofSocket: 0) : []
        table[0x8000_0022] = CPUIDRegisters(
            eax: 1,
            ebx: UInt32(ZenCoreEvent.counters) | UInt32(channels.count * Self.countersPerController) << 16,
            ecx: channels.reduce(0) { $0 | 1 << UInt32($1) })
    }
}
