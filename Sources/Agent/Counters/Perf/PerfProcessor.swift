import Registers

/// What decides which events of a processor's cores measure what.
enum PerfProcessor: Hashable, Sendable {
    /// An Intel processor, with its generation where events beyond the architectural ones are known for it.
    case intel(ProcessorGeneration?)
    /// An AMD processor of the given Zen generation, nil for one that is not known here.
    case amd(zen: Int?)
    /// Any other, of Arm for one: only events that the kernel defines alike everywhere can be used.
    case other

    /// The processor of this CPUID vendor, family and model. Zen generations: Linux 6.12, arch/x86/kernel/cpu/amd.c,
    /// bsp_init_amd.
    init(vendor: String, family: Int, model: Int, stepping: Int) {
        switch vendor {
        case "GenuineIntel":
            self = .intel(ProcessorSignature(family: family, model: model, stepping: stepping).generation)
        case "AuthenticAMD": self = .amd(zen: Self.zen(family: family, model: model))
        default: self = .other
        }
    }

    private static func zen(family: Int, model: Int) -> Int? {
        switch (family, model) {
        case (0x17, 0x00...0x2F), (0x17, 0x50...0x5F): 1
        case (0x17, 0x30...0x4F), (0x17, 0x60...0x7F), (0x17, 0x90...0x91), (0x17, 0xA0...0xAF): 2
        case (0x19, 0x00...0x0F), (0x19, 0x20...0x5F): 3
        case (0x19, 0x10...0x1F), (0x19, 0x60...0xAF): 4
        case (0x1A, 0x00...0x2F), (0x1A, 0x40...0x4F), (0x1A, 0x60...0x7F): 5
        default: nil
        }
    }
}
