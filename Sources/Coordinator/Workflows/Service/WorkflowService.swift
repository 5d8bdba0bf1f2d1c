public import Cluster
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization
public import Topology

/// Runs workflows through a gateway, several at once, and keeps how they went.
///
/// Runs may be submitted before `run()` starts; they begin once callbacks can be received. At shutdown every run that
/// has not ended is cancelled, and is on the books as that. A coordinator that is killed leaves nothing behind: what
/// was queued is answered into the void.
public final class WorkflowService: WorkflowRunner, Service {
    /// When a run begins.
    public enum Pacing: Hashable, Sendable {
        /// When it is submitted.
        case immediate
        /// When the scheduling loop has taken its request with `nextRequest` and runs it, if the run is of `workflow` and
        /// the loop has no other to serve: a decision comes before it. When the loop has not come so far after
        /// `patienceNanoseconds`, and for all other runs: when it is submitted.
        case byScheduler(of: WorkflowName, patienceNanoseconds: UInt64)
    }

    /// How much is taken on and kept.
    public struct Settings: Hashable, Sendable {
        /// Runs that have not ended.
        public var maximumOpenRuns: Int
        /// Runs that ended, of which the newest are kept.
        public var maximumKeptRuns: Int
        /// The outputs of those, together.
        public var maximumKeptBytes: Int
        /// The input of a run.
        public var maximumInputBytes: Int
        /// The answer that a callback brings.
        public var maximumAnswerBytes: Int
        /// Where answers of asynchronous calls are brought.
        public var callbacks: CallbackAddress

        /// Settings as described.
        public init(
            maximumOpenRuns: Int = 256, maximumKeptRuns: Int = 1_000, maximumKeptBytes: Int = 64 << 20,
            maximumInputBytes: Int = 1 << 20, maximumAnswerBytes: Int = 8 << 20,
            callbacks: CallbackAddress = CallbackAddress()
        ) {
            self.maximumOpenRuns = maximumOpenRuns
            self.maximumKeptRuns = maximumKeptRuns
            self.maximumKeptBytes = maximumKeptBytes
            self.maximumInputBytes = maximumInputBytes
            self.maximumAnswerBytes = maximumAnswerBytes
            self.callbacks = callbacks
        }
    }

    /// What the service needs of the world outside.
    public struct Surroundings: Sendable {
        /// What latencies are measured by.
        public var time: any TimeSource
        /// Returns after as many nanoseconds; throws when the task is cancelled.
        public var pause: @Sendable (UInt64) async throws -> Void
        /// 64 bits that nobody can guess, for the names of runs and what their callbacks must bring along.
        public var randomBits: @Sendable () -> UInt64

        /// The surroundings as described; those of the machine unless told otherwise.
        public init(
            time: any TimeSource = SystemTime(),
            pause: @escaping @Sendable (UInt64) async throws -> Void = { try await Task.sleep(nanoseconds: $0) },
            randomBits: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0...UInt64.max) }
        ) {
            self.time = time
            self.pause = pause
            self.randomBits = randomBits
        }
    }

    struct State {
        var ledger: RunLedger
        var pacing: Pacing
        var workflows: [WorkflowName: WorkflowGraph] = [:]
        var isClosed = false
        /// The events of the runs that go on.
        var mailboxes: [RunID: AsyncStream<RunMail>.Continuation] = [:]
        /// Who waits for something to change.
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter: UInt64 = 0
    }

    let settings: Settings
    let gateway: any FunctionGateway
    let objects: (any ObjectStore)?
    let surroundings: Surroundings
    let logger: Logger
    let objection: @Sendable () -> String?
    let ended: @Sendable (RunReport) -> Void
    let state: Mutex<State>
    /// Says that the ledger has released runs.
    let releases: AsyncStream<Void>
    let release: AsyncStream<Void>.Continuation
    /// Runs that are no longer kept.
    let forgotten: AsyncStream<RunID>
    let forget: AsyncStream<RunID>.Continuation

    /// A service that runs workflows through `gateway`. The objects of a run are removed from `objects` when the run is
    /// no longer kept. `objection` is asked before a run is taken in: a reason, part of a sentence, refuses it. `ended` is
    /// told of every run that ends, on the run's own task.
    public init(
        gateway: any FunctionGateway, objects: (any ObjectStore)? = nil, settings: Settings = Settings(),
        pacing: Pacing = .immediate, surroundings: Surroundings = Surroundings(), logger: Logger,
        objection: @escaping @Sendable () -> String? = { nil }, ended: @escaping @Sendable (RunReport) -> Void = { _ in }
    ) {
        self.settings = settings
        self.gateway = gateway
        self.objects = objects
        self.surroundings = surroundings
        self.logger = logger
        self.objection = objection
        self.ended = ended
        let bounds = RunLedger.Bounds(
            open: settings.maximumOpenRuns, ended: settings.maximumKeptRuns, outputBytes: settings.maximumKeptBytes)
        state = Mutex(State(ledger: RunLedger(bounds), pacing: pacing))
        (releases, release) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (forgotten, forget) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(settings.maximumKeptRuns))
    }

    // Workflows and runs.

    /// Makes `graph` known, in place of an earlier workflow of its name; runs that have been submitted keep theirs.
    public func register(_ graph: WorkflowGraph) {
        state.withLock { $0.workflows[graph.name] = graph }
    }

    /// The workflows that can be run, in the order of their names.
    public var workflows: [WorkflowGraph] {
        state.withLock { $0.workflows.values.sorted { $0.name.rawValue < $1.name.rawValue } }
    }

    /// Takes in a run. Throws `WorkflowError` when the workflow or one of its functions is not known, the gateway
    /// cannot be asked, the input is too large, too many runs are open, or runs are not to be taken; nothing has been
    /// begun then.
    public func submit(_ submission: RunSubmission) async throws(WorkflowError) -> RunID {
        if let objection = objection() {
            throw WorkflowError(.refused, "the run of \(submission.workflow) was not taken: \(objection)")
        }
        guard let graph = state.withLock({ $0.workflows[submission.workflow] }) else {
            let known = workflows.map(\.name.rawValue).joined(separator: ", ")
            throw WorkflowError(
                .unknownSubject,
                "there is no workflow \(submission.workflow): "
                    + (known.isEmpty ? "none is known" : "known are \(known)"))
        }
        guard submission.input.count <= settings.maximumInputBytes else {
            throw WorkflowError(
                .refused,
                "the input of \(submission.workflow) has \(submission.input.count) bytes: allowed are at most "
                    + "\(settings.maximumInputBytes); larger things belong in the object store")
        }
        try await checkFunctions(of: graph)
        let id = RunID(rawValue: hexadecimal(surroundings.randomBits(), digits: 12))
        let secret = (0..<2).map { _ in hexadecimal(surroundings.randomBits(), digits: 16) }.joined()
        let result = state.withLock { state -> Result<Void, WorkflowError> in
            guard !state.isClosed else {
                return .failure(WorkflowError(.refused, "no runs are taken any more: the coordinator is shutting down"))
            }
            return Result { () throws(WorkflowError) in
                try state.ledger.add(submission, of: graph, as: id, secret: secret)
                switch state.pacing {
                case .byScheduler(graph.name, _) where state.ledger.scheduled == nil:
                    state.ledger.schedule(id, at: surroundings.time.now)
                case .byScheduler, .immediate: state.ledger.release(id)
                }
            }
        }
        try result.get()
        release.yield()
        wake()
        return id
    }

    /// The runs that have not ended and the newest of those that have, the oldest first.
    public var runs: [RunReport] { state.withLock { $0.ledger.reports } }

    /// How run `id` went, or how far it is. Throws `WorkflowError.unknownSubject` when it is not known, or no longer.
    public func report(of id: RunID) throws(WorkflowError) -> RunReport {
        guard let report = state.withLock({ $0.ledger.report(of: id) }) else { throw unknown(id) }
        return report
    }

    /// Waits until run `id` has ended; returns how it went. Throws `WorkflowError.unknownSubject` when it is not known,
    /// and `CancellationError`.
    public func result(of id: RunID) async throws -> RunReport {
        while true {
            let report = try report(of: id)
            if report.hasEnded { return report }
            try await change { state in
                guard let report = state.ledger.report(of: id) else { return true }
                return report.hasEnded
            }
        }
    }

    /// Ends run `id` because of `reason`, part of a sentence such as "the operator cancelled it". What functions are
    /// doing for it they go on with. Throws `WorkflowError` when it is not known, or has ended.
    public func cancel(_ id: RunID, because reason: String) throws(WorkflowError) {
        switch try report(of: id).state {
        case .ended: throw WorkflowError(.refused, "run \(id) has ended: there is nothing to cancel")
        case .running: post(.cancelled(reason: reason), to: id)
        case .waiting: conclude(id, .cancelled(reason), latencySeconds: 0, spans: [])
        }
    }

    /// When runs begin from now on; those that wait begin at once when nothing need wait any more.
    public func setPacing(_ pacing: Pacing) {
        state.withLock { state in
            state.pacing = pacing
            guard pacing == .immediate else { return }
            state.ledger.unschedule()
            for report in state.ledger.reports where report.state == .waiting { state.ledger.release(report.id) }
        }
        release.yield()
    }

    // What the scheduling loop asks for.

    /// The run that waits for the loop; nil once the service has ended. While runs begin by themselves there is none.
    public func nextRequest() async throws -> WorkflowRequest? {
        while true {
            let (request, isClosed) = state.withLock { state in
                let report = state.ledger.scheduledWaiting?.report
                return (
                    report.map { WorkflowRequest(sequence: $0.sequence, workflow: $0.workflow, target: $0.target) },
                    state.isClosed
                )
            }
            if isClosed { return nil }
            if let request { return request }
            try await change { $0.isClosed || $0.ledger.scheduledWaiting != nil }
        }
    }

    /// Begins the run that `request` is for, and waits for its end.
    public func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome {
        guard let id = state.withLock({ $0.ledger.openRun(sequence: request.sequence)?.report.id }) else {
            throw ClusterError(.unknownSubject, "there is no open run for request \(request.sequence)")
        }
        state.withLock { $0.ledger.release(id) }
        release.yield()
        let report = try await result(of: id)
        guard case .ended(let end, let seconds) = report.state else {
            throw ClusterError(.refused, "run \(id) has not ended")
        }
        switch end {
        case .completed: return WorkflowOutcome(latencySeconds: seconds, functionSeconds: report.spans.openSeconds)
        case .failed(let sentence): throw ClusterError(.refused, "run \(id) failed: \(sentence)")
        case .cancelled(let reason): throw ClusterError(.refused, "run \(id) was cancelled: \(reason)")
        }
    }

    private func checkFunctions(of graph: WorkflowGraph) async throws(WorkflowError) {
        var deployed: Set<FunctionName> = []
        for function in graph.functions.sorted() where try await gateway.status(of: function) != nil {
            deployed.insert(function)
        }
        try graph.check(functions: deployed)
    }

    private func unknown(_ id: RunID) -> WorkflowError {
        WorkflowError(.unknownSubject, "there is no run \(id), or not any more: only the newest are kept")
    }
}

private func hexadecimal(_ bits: UInt64, digits: Int) -> String {
    let text = String(bits, radix: 16)
    return String((String(repeating: "0", count: 16 - text.utf8.count) + text).suffix(digits))
}
