import Measures
import Synchronization
import Testing
import Topology
import Wire

@testable import Uplink

@Suite("Reports beside the samples")
struct UplinkReportsTests {
    private func report(_ number: UInt64) -> UplinkReports.Report {
        { incarnation, _ in
            guard
                let report = try? LeaseReport(
                    node: NodeName("w01"), incarnation: incarnation, isEnabled: number > 1, held: [], events: [])
            else { return [] }
            return [.leases(report)]
        }
    }

    @Test func `whoever sends them is woken by each, and the newest of its kind counts`() {
        let reports = UplinkReports()
        let woken = Mutex(0)
        reports.put("leases", report(1))
        reports.onPut { woken.withLock { $0 += 1 } }
        reports.put("leases", report(2))
        reports.put("containers", report(3))
        #expect(woken.withLock { $0 } == 2)
        let waiting = reports.takeAll()
        #expect(waiting.count == 2 && reports.takeAll().isEmpty)
        let enabled = waiting.flatMap { $0(7, MonotonicInstant(nanoseconds: 0)) }.map { envelope -> Bool in
            guard case .leases(let report) = envelope else { return false }
            return report.isEnabled && report.incarnation == 7
        }
        #expect(enabled == [true, true])
        reports.onPut(nil)
        reports.put("leases", report(4))
        #expect(woken.withLock { $0 } == 2)
    }
}
