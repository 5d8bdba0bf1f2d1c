public import Cluster
import Learning
public import Logging
public import Measures
import Placement
public import ServiceLifecycle
import Settings
import Topology

/// Serves the workflow's requests under a scheduler's decisions until shutdown: the live shell around the scheduling
/// loop. It journals every decision, keeps the learner in a checkpoint, and after a restart goes on where it stood.
public struct PlacementService: Service {
    /// How long to wait before asking a cluster again that did not answer, in nanoseconds.
    static let retryAfter: UInt64 = 500_000_000

    let settings: PlacementSettings
    private let control: PlacementControl
    let cluster: any ClusterControl
    private let runner: any WorkflowRunner
    private let metrics: any MetricsReader
    private let journal: DecisionJournal
    let time: any TimeSource
    let logger: Logger
    private let leadership: Leadership?
    let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void

    /// A service over the given cluster, workflow and metrics that obeys `control`; `time` and `pause` are what the
    /// guard's limits and the absence of nodes are measured by, and what waits are done with. With `leadership`, sessions
    /// begin only once this coordinator leads.
    public init(
        settings: PlacementSettings, control: PlacementControl, cluster: any ClusterControl, runner: any WorkflowRunner,
        metrics: any MetricsReader, journal: DecisionJournal, time: any TimeSource = SystemTime(), logger: Logger,
        leadership: Leadership? = nil,
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.settings = settings
        self.control = control
        self.cluster = cluster
        self.runner = runner
        self.metrics = metrics
        self.journal = journal
        self.time = time
        self.logger = logger
        self.leadership = leadership
        self.pause = pause
    }

    /// Runs until graceful shutdown or cancellation. Throws `SettingsError` when the configuration names a node or
    /// function that the cluster does not have or the checkpoint is not this configuration's, and `StoreError` when the
    /// journal cannot be read.
    public func run() async throws {
        do {
            try await withTaskCancellationHandler {
                try await cancelWhenGracefulShutdown { try await serve() }
            } onCancel: {
                control.close()
            }
        } catch is CancellationError {
            logger.info("placement ended")
        }
    }

    var store: CheckpointStore { CheckpointStore(path: settings.checkpointPath) }

    private func serve() async throws {
        _ = try await firstTopology(known: [])
        // Journal and checkpoint may be another coordinator's until then.
        try await leadership?.awaitOffice()
        var pending = try firstSession()
        var topology = try await firstTopology(known: nodesOfCheckpoint())
        // One for all sessions: what was changed in one is not forgotten in the next.
        var placementGuard = settings.guardSettings.map { PlacementGuard($0, at: time.now) }
        while true {
            while pending == nil {
                await control.waitForChange()
                try Task.checkCancellation()
                pending = control.takeOrder().map { PendingSession(session: $0, origin: .ordered) }
            }
            guard let next = pending else { continue }
            pending = nil
            do {
                pending = try await run(next, on: &topology, behind: &placementGuard)
            } catch let error as CancellationError {
                throw error
            } catch {
                // An order that is not possible must not end what other orders need; one from the files must be mended.
                guard case .ordered = next.origin else { throw SettingsError("\(error)") }
                logger.error("the session is not possible: \(error)")
                control.note { status in
                    status.state = .idle
                    status.lastFailure = "\(error)"
                }
            }
        }
    }

    /// The session that the journal tells to go on with, or else the configuration's; nil when that one has ended.
    private func firstSession() throws -> PendingSession? {
        guard let newest = try journal.newestSession() else {
            return settings.initialSession.map { PendingSession(session: $0, origin: .ordered) }
        }
        guard newest.hasEnded else { return PendingSession(session: newest.session, origin: .restart(newest.id)) }
        control.note { status in
            status.sessionID = newest.id
            status.session = newest.session
            status.state = .exhausted
        }
        return nil
    }

    /// Builds the session's policy, on the learner that it goes on with, and notes its start in the journal.
    private func prepare(
        _ pending: PendingSession, begun: Int64?, on topology: SchedulingTopology, behind placementGuard: PlacementGuard?
    ) throws -> PreparedSession {
        let session = pending.session
        let restored = try pending.restored(in: store, warmStart: settings.warmStartPath.map(WarmStart.init), on: topology)
        let parts = try SessionPolicy(
            session, on: topology, profile: settings.profile, checkpoint: pending.learner ?? restored?.checkpoint)
        let id: Int64
        var placementGuard = placementGuard
        switch pending.origin {
        case .otherNodes(let number, _): id = number
        case .restart(let number):
            id = number
            announce(session, id: id, restored)
            placementGuard?.beginPolicy()
        case .ordered:
            id = try begun ?? journal.begin(session)
            announce(session, id: id, restored)
            placementGuard?.beginPolicy()
        }
        control.note { $0.nodes = topology.nodes }
        let rule = session.scheduler.isLearned ? parts.preset.maskRule : .withoutEffect
        let loop = SchedulingLoop(
            actionSpace: parts.actionSpace, maskRule: rule, reward: parts.preset.reward, placementGuard: placementGuard)
        return PreparedSession(
            id: id, session: session, parts: parts, driver: SchedulingDriver(loop, policy: parts.policy, time: time))
    }

    /// Notes the start of a session that was ordered, and returns its number; nil for one that is gone on with. What is decided
    /// refers to that number, so a journal that cannot take it, as on a full disk, is waited for: requests run meanwhile as
    /// they do without a decision.
    private func begin(_ pending: PendingSession) async throws -> Int64? {
        guard case .ordered = pending.origin else { return nil }
        var isReported = false
        while true {
            do {
                return try journal.begin(pending.session)
            } catch {
                if !isReported { report("the journal: \(error)") }
                isReported = true
            }
            try await pause(Self.retryAfter)
        }
    }

    /// Runs a session to its end, or to the next order, which is returned.
    private func run(
        _ pending: PendingSession, on topology: inout LiveTopology, behind placementGuard: inout PlacementGuard?
    ) async throws -> PendingSession? {
        let begun = try await begin(pending)
        let prepared = try prepare(pending, begun: begun, on: topology.topology, behind: placementGuard)
        let ending = await serveRequests(of: prepared, on: &topology)
        placementGuard = prepared.driver.loop.placementGuard
        save(prepared)
        return try conclude(prepared, ending)
    }

    /// Why a session serves no more requests.
    private enum Ending {
        case ordered(PlacementSession)
        case otherNodes
        case noMoreRequests
        case failed(any Error)
    }

    private func serveRequests(of prepared: PreparedSession, on topology: inout LiveTopology) async -> Ending {
        var stepsSinceCheckpoint = 0
        var recorder = SessionRecorder(prepared, journal: journal)
        keep { try recorder.begin() }
        while true {
            switch await step(prepared.driver, on: &topology) {
            case .served(let record):
                keep { try recorder.add(record) }
                take(record, learner: prepared.parts.learner)
                stepsSinceCheckpoint += 1
                if stepsSinceCheckpoint >= settings.stepsPerCheckpoint {
                    save(prepared)
                    stepsSinceCheckpoint = 0
                }
            case .nothingYet: continue
            case .ended(let ending): return ending
            }
        }
    }

    private func conclude(_ prepared: PreparedSession, _ ending: Ending) throws -> PendingSession? {
        switch ending {
        case .ordered(let session):
            return PendingSession(session: session, origin: .ordered)
        case .otherNodes:
            return PendingSession(
                session: prepared.session, origin: .otherNodes(prepared.id, try prepared.checkpoint()))
        case .failed(let error):
            throw error
        case .noMoreRequests:
            do {
                try journal.end(session: prepared.id)
            } catch {
                // The session is over all the same; a restart begins it again.
                report("the journal: \(error)")
            }
            logger.info("the session's requests have come to their end", metadata: ["session": "\(prepared.id)"])
            control.noteEnd()
            return nil
        }
    }

    /// What came of one turn of a session.
    private enum Turn {
        case served(DecisionRecord)
        case nothingYet
        case ended(Ending)
    }

    /// Serves one request, unless something else was ordered, there are other nodes, or the cluster does not answer.
    private func step(_ driver: SchedulingDriver, on topology: inout LiveTopology) async -> Turn {
        do {
            // Whatever is ordered while there is nothing to serve holds for the next request already.
            guard try await runner.nextRequest() != nil else { return .ended(.noMoreRequests) }
            try await heedPause(driver)
            if let order = control.takeOrder() { return .ended(.ordered(order)) }
            if try await areOthers(&topology) { return .ended(.otherNodes) }
            let record = try await driver.runStep(cluster: cluster, runner: runner, metrics: metrics)
            return record.map { .served($0) } ?? .ended(.noMoreRequests)
        } catch let error as ClusterError {
            report("the cluster: \(error)")
            // A cancelled sleep ends at once; the next turn finds the cancellation itself.
            try? await pause(Self.retryAfter)
            return .nothingYet
        } catch {
            return .ended(.failed(error))
        }
    }

    private func announce(_ session: PlacementSession, id: Int64, _ restored: PendingSession.Restored?) {
        logger.info(
            "a session begins",
            metadata: [
                "session": "\(id)", "scheduler": "\(session.scheduler.rawValue)", "preset": "\(session.preset)",
                "seed": "\(session.seed)", "mode": "\(session.mode.rawValue)", "restored": "\(restored?.text ?? "no")",
            ])
        control.note { status in
            status = PlacementStatus(sessionID: id, session: session, state: .running, restored: restored?.text)
            status.learnerSteps = restored?.checkpoint.steps
        }
    }

    /// Without a guard nothing is served during a pause; behind a guard requests are, and nothing is changed.
    private func heedPause(_ driver: SchedulingDriver) async throws {
        try Task.checkCancellation()
        guard settings.guardSettings == nil else {
            let isPaused = control.isPaused
            driver.hold(isPaused)
            control.note { $0.state = isPaused ? .paused : .running }
            return
        }
        while control.isPaused {
            control.note { $0.state = .paused }
            await control.waitForChange()
            try Task.checkCancellation()
        }
        control.note { $0.state = .running }
    }

    /// Control goes on without history: a full disk must not stop placement. It is told when it begins and when it is over.
    private func keep(_ addition: () throws -> Void) {
        let wasFailing = journal.health.state.newest != nil
        do {
            try addition()
            if wasFailing { logger.notice("the journal takes what is decided again") }
        } catch {
            if !wasFailing { report("the journal: \(error)") }
        }
    }

    private func take(_ record: DecisionRecord, learner: DQN?) {
        for failure in record.failures { report(failure) }
        let learned = learner.map { ($0.steps, $0.gradientSteps, $0.epsilon) }
        control.note { status in
            status.requests += 1
            status.served += record.isServed ? 1 : 0
            status.learnerSteps = learned?.0
            status.gradientSteps = learned?.1
            status.epsilon = learned?.2
        }
    }

    private func save(_ prepared: PreparedSession) {
        guard prepared.session.mode == .training else { return }
        do {
            if let checkpoint = try prepared.checkpoint() { try store.save(checkpoint) }
        } catch {
            report("the checkpoint: \(error)")
        }
    }

    func report(_ failure: String) {
        logger.error("\(failure)")
        control.note { $0.lastFailure = failure }
    }
}
