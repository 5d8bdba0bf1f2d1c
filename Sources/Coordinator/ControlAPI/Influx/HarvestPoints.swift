import Harvesting
import Influx
import Measures
import Topology

/// What is lent and borrowed, one point for each node.
enum HarvestPoints {
    /// Of the nodes that were looked at after `instant`.
    static func points(
        of board: HarvestBoard, after instant: MonotonicInstant, _ clock: InfluxClock
    ) -> [InfluxPoint] {
        board.nodes.sorted { $0.key < $1.key }.filter { instant < $0.value.takenAt }.map { node, view in
            let containers = view.containers
            func cores(_ amount: (HarvestedContainer) -> Resources) -> InfluxPoint.Value {
                .float(Double(containers.reduce(0) { $0 + amount($1).millicores }) / 1_000)
            }
            func bytes(_ amount: (HarvestedContainer) -> Resources) -> InfluxPoint.Value {
                .integer(Int64(containers.reduce(0) { $0 + amount($1).mebibytes }) << 20)
            }
            func loans(_ resource: String) -> InfluxPoint.Value {
                .count(view.loans.count { $0.loan.resource.rawValue == resource })
            }
            return InfluxPoint(
                "reeve_harvest", tags: [("node", node.rawValue)],
                fields: [
                    ("lent_cpu_cores", cores(\.lent)), ("borrowed_cpu_cores", cores(\.borrowed)),
                    ("lent_memory_bytes", bytes(\.lent)), ("borrowed_memory_bytes", bytes(\.borrowed)),
                    ("cpu_loans", loans("cpu")), ("memory_loans", loans("memory")),
                    ("containers", .count(containers.count)),
                    ("left_alone_containers", .count(containers.count { $0.leftAlone != nil })),
                    ("is_active", .boolean(view.remark == nil)),
                ], unixNanoseconds: clock.unixNanoseconds(at: view.takenAt))
        }
    }
}
