public import Measures

/// One run of a workflow as a value: told what happened, it says what is to be done.
///
/// It reads no clock and does no I/O: every event comes with its instant, and whoever owns the machine tells it
/// `timePassed` at `nextDeadline`. After `finish` every event is ignored, as is everything about a call that has its
/// answer: a callback that comes twice changes nothing, one that never comes runs into the attempt's time-out.
public struct RunMachine: Sendable {
    /// The most elements of one `foreach`.
    public static let maximumElements = 10_000
    /// The most steps that a run may come to, each counted once per element.
    public static let maximumCalls = 100_000
    /// The most bytes of all answers that a run takes in together.
    public static let maximumAnswerBytes = 64 << 20

    /// The run.
    public let id: RunID
    /// The workflow.
    public let graph: WorkflowGraph
    /// Every attempt that has ended, in the order of their ends; of a run that failed also those that were given up.
    public internal(set) var spans: [FunctionSpan] = []
    /// How the run ended; nil while it goes on.
    public private(set) var end: RunEnd?

    let deadline: MonotonicInstant
    /// Runs of a list of steps: the workflow's own first, then one for each element of each `foreach`.
    var scopes: [Scope] = []
    /// Every step of every scope; a call's number is its place here.
    var tasks: [StepTask] = []
    /// The calls that are sent or wait to be sent again.
    var open: Set<Int> = []
    /// Steps of which all predecessors have ended.
    var ready: [Int] = []
    var actions: [RunAction] = []
    /// The bytes of the answers taken in.
    var answerBytes = 0

    /// A run of `graph` with `input`, accepted at `start`, and what to do first.
    public static func start(
        _ graph: WorkflowGraph, as id: RunID, input: [UInt8], at start: MonotonicInstant
    ) -> (machine: RunMachine, actions: [RunAction]) {
        var machine = RunMachine(graph, as: id, at: start)
        machine.openScope(graph.steps, input: input, element: nil)
        machine.advance(at: start)
        let actions = machine.takeActions()
        return (machine, actions)
    }

    private init(_ graph: WorkflowGraph, as id: RunID, at start: MonotonicInstant) {
        self.graph = graph
        self.id = id
        deadline = start.advanced(byNanoseconds: graph.timeoutNanoseconds)
    }

    /// When to tell `timePassed`; nil when the run has ended.
    public var nextDeadline: MonotonicInstant? {
        guard end == nil else { return nil }
        return open.reduce(deadline) { earliest, index in min(earliest, tasks[index].wakeUp ?? earliest) }
    }

    /// Takes in `event`, which happened at `now`; returns what is to be done.
    public mutating func handle(_ event: RunEvent, at now: MonotonicInstant) -> [RunAction] {
        guard end == nil else { return [] }
        switch event {
        case .answered(let attempt, let answer): answered(attempt, answer, at: now)
        case .failed(let attempt, let failure): failed(attempt, failure, at: now)
        case .timePassed: timePassed(at: now)
        case .cancelled(let reason): finish(.cancelled(reason), at: now)
        }
        advance(at: now)
        return takeActions()
    }

    private mutating func takeActions() -> [RunAction] {
        defer { actions = [] }
        return actions
    }

    mutating func finish(_ end: RunEnd, at now: MonotonicInstant) {
        guard self.end == nil else { return }
        for index in open.sorted() { close(index, functionSeconds: nil, failure: "the run ended", at: now) }
        open = []
        ready = []
        self.end = end
        // Nothing that was about to be sent is sent.
        actions = [.finish(end)]
    }
}
