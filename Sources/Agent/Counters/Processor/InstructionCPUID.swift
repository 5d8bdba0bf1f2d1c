import CLinux
import Registers

/// The CPUID instruction on the CPU that happens to run this thread: right for what all CPUs of a machine share, and for
/// kinds of cores only by chance.
struct InstructionCPUID: CPUIDSource {
    /// Nil where the processor has no such instruction.
    init?() {
        var words: [UInt32] = [0, 0, 0, 0]
        guard reeve_cpuid(0, 0, &words) == 0 else { return nil }
    }

    /// A leaf that does not exist answers zero.
    func registers(leaf: UInt32, subleaf: UInt32) -> CPUIDRegisters {
        var words: [UInt32] = [0, 0, 0, 0]
        guard reeve_cpuid(leaf, subleaf, &words) == 0 else { return CPUIDRegisters() }
        return CPUIDRegisters(eax: words[0], ebx: words[1], ecx: words[2], edx: words[3])
    }
}
