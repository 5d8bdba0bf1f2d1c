/// Memory counters of Ice Lake servers, mapped into physical memory (Intel, "3rd Gen Xeon Scalable Processors, Codename
/// Ice Lake, Uncore Performance Monitoring"; Linux 6.12, arch/x86/events/intel/uncore_snbep.c).
///
/// The socket's UBOX device says in PCI configuration space where: a base, and for each memory controller its distance.
/// The free-running counters there need no programming, so there is nobody to fight with over them.
public enum MappedMemoryPMON {
    /// PCI device identifier of the UBOX that holds the addresses.
    public static let locator: UInt16 = 0x3451
    /// Device and function number of the UBOX on the socket's bus.
    public static let locatorPlace = (device: 0, function: 1)
    /// Configuration offset of the base address.
    public static let baseOffset: UInt32 = 0xD0
    /// Memory controllers of a socket.
    public static let controllers = 4
    /// Channels of a controller.
    public static let channelsPerController = 2
    /// Bytes that one count of a free-running counter stands for: a cache line.
    public static let bytesPerCount = 64
    /// Distance from a controller to its free-running counter of bursts read. 48 bits, as the following.
    public static let freeRunningReads: UInt64 = 0x2290
    /// Distance to the free-running counter of bursts written.
    public static let freeRunningWrites: UInt64 = 0x2298
    /// Distance to the free-running counter of bursts read from persistent memory.
    public static let freeRunningPersistentReads: UInt64 = 0x22A0
    /// Distance to the free-running counter of bursts written to persistent memory.
    public static let freeRunningPersistentWrites: UInt64 = 0x22A8
    /// Distance to the free-running counter of memory clocks.
    public static let freeRunningClocks: UInt64 = 0x22B0
    /// Bytes after a controller's address that hold all that is named here.
    public static let controllerBytes: UInt64 = 0x22800 + 0x4000 * 3

    /// Configuration offset of the distance of `controller`.
    public static func controllerOffset(_ controller: Int) -> UInt32 { 0xD8 + 4 * UInt32(controller) }

    /// Physical address of a controller, from the words at `baseOffset` and at its `controllerOffset`; nil where
    /// firmware left the base empty.
    public static func controllerAddress(base: UInt32, distance: UInt32) -> UInt64? {
        let start = UInt64(base & 0x1FFF_FFFF) << 23
        return start == 0 ? nil : start + (UInt64(distance & 0x7FF) << 12)
    }

    /// Distance from a controller to the programmable monitor of `channel`.
    public static func channelBox(_ channel: Int) -> UInt64 { 0x22800 + 0x4000 * UInt64(channel) }

    /// Distance from a channel's monitor to its counter 0 to 3.
    public static func counter(_ index: Int) -> UInt64 { 0x08 + 8 * UInt64(index) }

    /// Distance from a channel's monitor to the control of counter 0 to 3.
    public static func control(_ index: Int) -> UInt64 { 0x40 + 4 * UInt64(index) }

    /// Event and unit mask of commands that read (CAS_COUNT.RD, 04/0F).
    public static let readEvent: UInt32 = 0x0F04
    /// Event and unit mask of commands that write (CAS_COUNT.WR, 04/30).
    public static let writeEvent: UInt32 = 0x3004
}
