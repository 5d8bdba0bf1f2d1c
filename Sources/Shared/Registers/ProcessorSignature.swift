/// Who made a processor (CPUID leaf 0; `vendor_id` of /proc/cpuinfo).
public enum ProcessorVendor: String, Hashable, Sendable {
    /// Intel.
    case intel = "GenuineIntel"
    /// AMD.
    case amd = "AuthenticAMD"
}

/// What a processor says it is (CPUID leaves 0 and 1; `vendor_id`, `cpu family`, `model` and `stepping` of
/// /proc/cpuinfo).
public struct ProcessorSignature: Hashable, Sendable {
    /// The maker: the numbers mean nothing without it.
    public let vendor: ProcessorVendor
    /// Family, model and stepping as decimal /proc/cpuinfo shows them.
    public let family, model, stepping: Int

    /// The processor so described.
    public init(vendor: ProcessorVendor = .intel, family: Int, model: Int, stepping: Int) {
        self.vendor = vendor
        self.family = family
        self.model = model
        self.stepping = stepping
    }

    /// The generation that the numbers stand for; nil when it is not one whose registers are known here.
    public var generation: ProcessorGeneration? {
        switch (vendor, family) {
        case (.intel, 6): intelGeneration
        case (.amd, 0x17...0x1A): zenGeneration
        default: nil
        }
    }

    /// Numbers: Linux 6.12, arch/x86/include/asm/intel-family.h; steppings of model 55H: SKX to 4, CLX 5 to 7, CPX
    /// above.
    private var intelGeneration: ProcessorGeneration? {
        switch model {
        case 0x3F: .haswellServer
        case 0x4F, 0x56: .broadwellServer
        case 0x55:
            switch stepping {
            case ...4: .skylakeServer
            case 5...7: .cascadeLake
            default: .cooperLake
            }
        case 0x6A, 0x6C: .iceLakeServer
        case 0x8F: .sapphireRapids
        case 0xCF: .emeraldRapids
        case 0xAD, 0xAE: .graniteRapids
        case 0xAF: .sierraForest
        case 0xB6: .grandRidge
        case 0x57, 0x85: .knightsLanding
        case 0x4E, 0x5E, 0x8E, 0x9E, 0xA5, 0xA6: .skylakeClient
        case 0x7D, 0x7E, 0x8C, 0x8D, 0xA7: .iceLakeClient
        case 0x97, 0x9A: .alderLake
        case 0xB7, 0xBA, 0xBF: .raptorLake
        case 0xAA, 0xAC: .meteorLake
        case 0xB5, 0xC5, 0xC6: .arrowLake
        case 0xBD: .lunarLake
        case 0xCC: .pantherLake
        default: nil
        }
    }

    /// Model ranges: Linux 6.12, arch/x86/kernel/cpu/amd.c, bsp_init_amd.
    private var zenGeneration: ProcessorGeneration? {
        switch (family, model) {
        case (0x17, 0x00...0x2F), (0x17, 0x50...0x5F): .zen1
        case (0x17, 0x30...0x4F), (0x17, 0x60...0x7F), (0x17, 0x90...0x91), (0x17, 0xA0...0xAF): .zen2
        case (0x19, 0x00...0x0F), (0x19, 0x20...0x5F): .zen3
        case (0x19, 0x10...0x1F), (0x19, 0x60...0xAF): .zen4
        case (0x1A, 0x00...0x2F), (0x1A, 0x40...0x4F), (0x1A, 0x60...0x7F): .zen5
        default: nil
        }
    }
}
