/// Registers of Resource Director Technology's monitoring (Intel Software Developer's Manual volume 3, chapter 18).
/// Named so that they can be recognised; where resctrl is mounted the kernel owns them, and they are never written.
extension RegisterAddress {
    /// IA32_QM_EVTSEL: which monitoring identifier and event `resourceMonitoringCounter` shows: 1 occupancy, 2 total
    /// and 3 local bandwidth. Thread scope.
    public static let resourceMonitoringSelect = RegisterAddress(0xC8D)
    /// IA32_QM_CTR: the count; bit 63 says error, bit 62 unavailable.
    public static let resourceMonitoringCounter = RegisterAddress(0xC8E)
    /// IA32_PQR_ASSOC: the monitoring identifier that the CPU's work is counted under.
    public static let resourceAssociation = RegisterAddress(0xC8F)
}
