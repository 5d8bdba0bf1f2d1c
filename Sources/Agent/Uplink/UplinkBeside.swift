public import Topology

/// What an uplink carries beside the stream of samples: reports up, and orders about leases down. It is that of the first
/// node, which is the machine itself.
public struct UplinkBeside: Sendable {
    /// The socket that carries it.
    static let socket = 0

    /// What is to be told.
    public let reports: UplinkReports
    /// Takes an order; false when it cannot be carried out.
    public let onLease: @Sendable (LeaseOrder) -> Bool

    /// Tells `reports` and passes orders on to `onLease`; without arguments, there is nothing to tell and nobody to order.
    public init(
        reports: UplinkReports = UplinkReports(), onLease: @escaping @Sendable (LeaseOrder) -> Bool = { _ in false }
    ) {
        self.reports = reports
        self.onLease = onLease
    }
}
