/// The performance monitor of one memory channel in PCI configuration space, as on Haswell, Broadwell, Skylake and
/// Cascade Lake servers: 32-bit controls, 64-bit registers that count 48 bits (Intel, "Xeon Processor Scalable Memory
/// Family Uncore Performance Monitoring Reference Manual", PCI PMON registers; Linux 6.12,
/// arch/x86/events/intel/uncore_snbep.c).
public enum MemoryControllerPMON {
    /// PCI vendor number of Intel.
    public static let vendor: UInt16 = 0x8086
    /// Offset of the box control.
    public static let boxControl: UInt32 = 0xF4
    /// Bit of the box control that resets the counter controls.
    public static let resetControls: UInt32 = 1 << 0
    /// Bit of the box control that resets the counters.
    public static let resetCounters: UInt32 = 1 << 1
    /// Bit of the box control that stops the counters while freezing is enabled.
    public static let freeze: UInt32 = 1 << 8
    /// Bit of the box control that lets `freeze` act.
    public static let freezeEnable: UInt32 = 1 << 16
    /// Bit of a counter control that switches the counter on.
    public static let counterEnable: UInt32 = 1 << 22
    /// Programmable counters of a box.
    public static let counters = 4
    /// Bytes that one CAS command moves: a cache line.
    public static let bytesPerBurst = 64

    /// Offset of the control of counter 0 to 3.
    public static func control(_ index: Int) -> UInt32 { 0xD8 + 4 * UInt32(index) }

    /// Offset of the low word of counter 0 to 3.
    public static func counter(_ index: Int) -> UInt32 { 0xA0 + 8 * UInt32(index) }

    /// Event and unit mask of CAS commands that read (CAS_COUNT.RD, 04/03).
    public static let readEvent: UInt32 = 0x0304
    /// Event and unit mask of CAS commands that write (CAS_COUNT.WR, 04/0C).
    public static let writeEvent: UInt32 = 0x0C04

    /// The control value that counts `event`.
    public static func encoding(_ event: UInt32) -> UInt32 { event | counterEnable }

    /// One memory channel's place: PCI device number and where on its bus it usually stands.
    public struct ChannelDevice: Hashable, Sendable {
        /// PCI device identifier.
        public let identifier: UInt16
        /// PCI device number on the socket's uncore bus, in decimal as Linux' tables give it.
        public let device: Int
        /// PCI function number.
        public let function: Int
    }

    /// The channels of one socket; empty where the counters are not in configuration space or the layout is unknown.
    public static func channels(of generation: ProcessorGeneration) -> [ChannelDevice] {
        func haswell(_ identifiers: [UInt16]) -> [ChannelDevice] {
            zip(identifiers, [(20, 0), (20, 1), (21, 0), (21, 1), (23, 0), (23, 1), (24, 0), (24, 1)]).map {
                ChannelDevice(identifier: $0, device: $1.0, function: $1.1)
            }
        }
        switch generation {
        case .haswellServer:
            return haswell([0x2FB0, 0x2FB1, 0x2FB4, 0x2FB5, 0x2FD0, 0x2FD1, 0x2FD4, 0x2FD5])
        case .broadwellServer:
            return haswell([0x6FB0, 0x6FB1, 0x6FB4, 0x6FB5, 0x6FD0, 0x6FD1, 0x6FD4, 0x6FD5])
        case .skylakeServer, .cascadeLake, .cooperLake:
            return [
                (0x2042, 10, 2), (0x2046, 10, 6), (0x204A, 11, 2), (0x2042, 12, 2), (0x2046, 12, 6), (0x204A, 13, 2),
            ]
            .map { ChannelDevice(identifier: $0.0, device: $0.1, function: $0.2) }
        default:
            return []
        }
    }

    /// What the box control holds while the box counts: Skylake and Cascade Lake servers want bit 17 set as well.
    public static func running(_ generation: ProcessorGeneration) -> UInt32 {
        switch generation {
        case .skylakeServer, .cascadeLake, .cooperLake: 0x3_0000
        default: freezeEnable
        }
    }
}
