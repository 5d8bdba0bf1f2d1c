import ControlAPI
import Harvesting
import Topology

/// What is lent and borrowed on each node.
enum HarvestFamilies {
    private typealias Sample = MetricFamily.Sample<Double>

    static func families(of board: HarvestBoard) -> [MetricFamily] {
        let nodes = board.nodes.sorted { $0.key < $1.key }
        func by(_ value: (HarvestBoard.View) -> Double) -> [Sample] {
            nodes.map { Sample(labels: [("node", $0.key.rawValue)], value: value($0.value)) }
        }
        func cores(_ amount: @escaping (HarvestedContainer) -> Resources) -> [Sample] {
            by { Double($0.containers.reduce(0) { $0 + amount($1).millicores }) / 1_000 }
        }
        func bytes(_ amount: @escaping (HarvestedContainer) -> Resources) -> [Sample] {
            by { Double($0.containers.reduce(0) { $0 + amount($1).mebibytes }) * 1_048_576 }
        }
        return [
            .gauge("reeve_harvest_lent_cpu_cores", "CPU that is put up for lending.", by: cores(\.lent)),
            .gauge("reeve_harvest_borrowed_cpu_cores", "CPU that is borrowed.", by: cores(\.borrowed)),
            .gauge("reeve_harvest_lent_memory_bytes", "Memory that is put up for lending.", by: bytes(\.lent)),
            .gauge("reeve_harvest_borrowed_memory_bytes", "Memory that is borrowed.", by: bytes(\.borrowed)),
            .gauge(
                "reeve_harvest_loans", "Loans in force, by resource.",
                by: nodes.flatMap { node in
                    ["cpu", "memory"].map { resource in
                        Sample(
                            labels: [("node", node.key.rawValue), ("resource", resource)],
                            value: Double(node.value.loans.count { $0.loan.resource.rawValue == resource }))
                    }
                }),
            .gauge("reeve_harvest_containers", "Containers that take part.", by: by { Double($0.containers.count) }),
            .gauge(
                "reeve_harvest_left_alone_containers", "Of these, how many are left alone.",
                by: by { Double($0.containers.count { $0.leftAlone != nil }) }),
            .gauge("reeve_harvest_active", "Whether anything is harvested on the node.", by: by { $0.remark == nil ? 1 : 0 }),
        ]
    }
}
