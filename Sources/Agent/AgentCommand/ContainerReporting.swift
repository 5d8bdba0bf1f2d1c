import Containers
import Measures
import Synchronization
import Topology
import Uplink
import Wire

/// Brings the news of the watch on containers onto the wire.
final class ContainerReporting: Sendable {
    private let node: NodeName
    private let reports: UplinkReports
    private let lastNumber = Atomic<UInt64>(0)

    /// Reports for `node` by way of `reports`.
    init(node: NodeName, reports: UplinkReports) {
        self.node = node
        self.reports = reports
    }

    /// Has `news` told in place of older news of its kind.
    func publish(_ news: ContainerNews) {
        switch news {
        case .usage(let snapshot): tell(snapshot)
        case .leases(let leases): tell(leases)
        }
    }

    private func tell(_ snapshot: ContainerSnapshot) {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        reports.put("containers") { [node] incarnation, now in
            ContainerReport.inParts(
                node: node, incarnation: incarnation, number: number,
                ageNanoseconds: now.nanoseconds(since: snapshot.takenAt),
                intervalNanoseconds: snapshot.intervalNanoseconds, unsampled: UInt64(max(0, snapshot.unsampled)),
                containers: snapshot.containers
            ).map { .containers($0) }
        }
    }

    private func tell(_ leases: LeaseNews) {
        reports.put("leases") { [node] incarnation, now in
            let passed = now.nanoseconds(since: leases.takenAt)
            let held = leases.held.map { lease in
                var lease = lease
                lease.remainingNanoseconds -= min(lease.remainingNanoseconds, passed)
                return lease
            }
            let events = leases.events.map { event in
                LeaseReport.Event(
                    number: event.number, ageNanoseconds: now.nanoseconds(since: event.happenedAt), event: event.event)
            }
            // The watch keeps no more leases and events than a report may have.
            guard let report = try? LeaseReport(
                node: node, incarnation: incarnation, isEnabled: leases.isEnabled, held: held, events: events)
            else { return [] }
            return [.leases(report)]
        }
    }
}
