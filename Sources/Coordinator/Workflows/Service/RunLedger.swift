import Cluster
import DequeModule
import Measures
import Topology

/// Which runs there are: those that wait, those that go on, and the newest of those that ended, within bounds.
struct RunLedger: Sendable {
    /// How much is kept.
    struct Bounds: Hashable, Sendable {
        var open: Int
        var ended: Int
        /// Of the outputs of those that ended, together.
        var outputBytes: Int
    }

    /// A run that has not ended.
    struct OpenRun: Sendable {
        var report: RunReport
        let graph: WorkflowGraph
        let input: [UInt8]
        /// What a callback for it must bring along.
        let secret: String
    }

    private let bounds: Bounds
    private var open: [RunID: OpenRun] = [:]
    private var waiting: Deque<RunID> = []
    /// Those of the waiting that may begin.
    private var released: Deque<RunID> = []
    private var ended: Deque<RunReport> = []
    /// The run that is the scheduling loop's, from its submission to its end or until it is released.
    private(set) var scheduled: RunID?
    /// Since when it has been that.
    private(set) var scheduledAt = MonotonicInstant(nanoseconds: 0)
    private var outputBytes = 0
    private var nextSequence = 0

    init(_ bounds: Bounds) {
        self.bounds = bounds
    }

    /// All of them, the oldest first.
    var reports: [RunReport] { (ended + open.values.map(\.report)).sorted { $0.sequence < $1.sequence } }

    /// The runs that have not ended.
    var openRuns: [RunID] { Array(open.keys) }

    func report(of id: RunID) -> RunReport? { open[id]?.report ?? ended.first { $0.id == id } }

    func openRun(_ id: RunID) -> OpenRun? { open[id] }

    func openRun(sequence: Int) -> OpenRun? { open.values.first { $0.report.sequence == sequence } }

    /// The scheduling loop's run, if it waits for the loop.
    var scheduledWaiting: OpenRun? {
        guard let scheduled, let run = open[scheduled], run.report.state == .waiting, !released.contains(scheduled) else {
            return nil
        }
        return run
    }

    /// Gives a run that waits to the scheduling loop.
    mutating func schedule(_ id: RunID, at now: MonotonicInstant) {
        scheduled = id
        scheduledAt = now
    }

    /// Lets the scheduling loop's run begin without it; the loop's next run is another.
    mutating func unschedule() {
        guard let id = scheduled else { return }
        scheduled = nil
        release(id)
    }

    /// Takes in a run, which then waits; throws `WorkflowError.full` when as many have not ended as may be.
    mutating func add(
        _ submission: RunSubmission, of graph: WorkflowGraph, as id: RunID, secret: String
    ) throws(WorkflowError) {
        guard open.count < bounds.open else {
            throw WorkflowError(
                .full,
                "the run of \(submission.workflow) was not taken: \(bounds.open) runs have not ended, and no more may "
                    + "be open"
            )
        }
        let report = RunReport(
            id: id, sequence: nextSequence, workflow: submission.workflow, target: submission.target, state: .waiting)
        nextSequence += 1
        open[id] = OpenRun(report: report, graph: graph, input: submission.input, secret: secret)
        waiting.append(id)
    }

    /// Lets a run that waits begin.
    mutating func release(_ id: RunID) {
        if waiting.contains(id), !released.contains(id) { released.append(id) }
    }

    /// The next run that may begin, each once.
    mutating func nextReleased() -> RunID? { released.popFirst() }

    /// Takes a run out of those that wait; nil when it does not.
    mutating func begin(_ id: RunID) -> OpenRun? {
        guard let place = waiting.firstIndex(of: id) else { return nil }
        waiting.remove(at: place)
        open[id]?.report.state = .running
        return open[id]
    }

    /// Puts a run among those that ended; returns its report, and the runs that are no longer known.
    mutating func end(_ id: RunID, _ end: RunEnd, latencySeconds: Double, spans: [FunctionSpan]) -> (
        RunReport, forgotten: [RunID]
    )? {
        guard var report = open.removeValue(forKey: id)?.report else { return nil }
        if scheduled == id { scheduled = nil }
        waiting.removeAll { $0 == id }
        released.removeAll { $0 == id }
        report.state = .ended(end, latencySeconds: latencySeconds)
        report.spans = spans
        ended.append(report)
        outputBytes += report.outputBytes
        var forgotten: [RunID] = []
        while ended.count > bounds.ended || outputBytes > bounds.outputBytes, let oldest = ended.popFirst() {
            outputBytes -= oldest.outputBytes
            forgotten.append(oldest.id)
        }
        return (report, forgotten)
    }
}

extension RunReport {
    fileprivate var outputBytes: Int {
        guard case .ended(.completed(let output), _) = state else { return 0 }
        return output.count
    }
}
