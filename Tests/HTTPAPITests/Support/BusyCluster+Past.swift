@testable import ControlAPI
import FoundationEssentials
@testable import Harvesting
import Logging
import Measures
@testable import Store
import Topology

/// What a dashboard that is opened late finds out: counters of the time of the change, and loans.
extension BusyCluster {
    /// A history in `folder` of the nodes that the workflow runs on, from three minutes before the change to three minutes after
    /// it, when the newest request ended at `end`, in seconds since 1970.
    func history(in folder: String, end: Double, time: any TimeSource) throws -> History {
        let history = try History(path: "\(folder)/busy-history.sqlite", time: time) { end }
        let changedAt = (end - Double(Self.requestsAfter) * Self.secondsBetween).rounded()
        for second in stride(from: changedAt - 180, to: changedAt + 180, by: 1) {
            for node in ["w0002", Self.pressed] {
                let isPressed = node == Self.pressed && second >= changedAt
                for (metric, value) in [
                    (Metric.instructionsPerCycle, isPressed ? 0.4 : 1.6), (.memoryReadBytesPerSecond, isPressed ? 9e9 : 4e8),
                ] {
                    history.append(
                        value, of: SeriesIdentity(metric: metric.name, subject: .node(node)), atUnixSeconds: second)
                }
            }
        }
        var turns = HistoryTurns(history: history, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        turns.next()
        return history
    }

    /// A harvest in which the framer lends the detector two cores, and has had memory back.
    static func harvest(at now: MonotonicInstant) -> HarvestBoard {
        let board = HarvestBoard(mode: .act, rule: .freyr)
        let seconds = Double(now.nanoseconds) / 1e9
        let containers = [("framer", 4_000), ("detector", 2_000)].map { function, millicores in
            let user = Resources(millicores: millicores, mebibytes: 512)
            return HarvestedContainer(
                containerID: "\(function)-id", namespace: "fn", pod: "\(function)-1", function: FunctionName(function), user: user,
                limits: user, wanted: user, peak: user, lent: .zero, lentOut: .zero, borrowed: .zero, leaseEnds: nil, leftAlone: nil)
        }
        let loan = Loan(
            resource: .cpu, lender: .server, borrower: .server, amount: 2_000, since: seconds - 3, expiry: seconds + 3_600)
        let returned = HarvestReturn(
            at: seconds - 60, resource: .memory, amount: 128, lender: FunctionName("framer"), borrower: FunctionName("detector"),
            lentSeconds: 12, reason: .ownerNeedsIt, replaced: 0)
        board.show(
            HarvestBoard.View(
                takenAt: now, remark: nil, carrier: "leases", containers: containers,
                loans: [(loan, "framer-id", "detector-id")], events: [], returned: [returned]), of: NodeName("w0002"))
        return board
    }
}
