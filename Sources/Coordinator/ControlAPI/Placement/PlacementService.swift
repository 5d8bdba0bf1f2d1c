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
    /// How long to wait before asking a cluster again that did not answer.
    private static let retryAfter = Duration.milliseconds(500)

    private let settings: PlacementSettings
    private let control: PlacementControl
    private let cluster: any ClusterControl
    private let runner: any WorkflowRunner
    private let metrics: any MetricsReader
    private let journal: DecisionJournal
    private let time: any TimeSource
    private let logger: Logger
    private let leadership: Leadership?

    /// A service over the given cluster, workflow and metrics that obeys `control`; `time` is what the guard's limits
    /// are measured by. With `leadership`, sessions begin only once this coordinator leads.
    public init(
        settings: PlacementSettings, control: PlacementControl, cluster: any ClusterControl, runner: any WorkflowRunner,
        metrics: any MetricsReader, journal: DecisionJournal, time: any TimeSource = SystemTime(), logger: Logger,
        leadership: Leadership? = nil
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
    }

    /// Runs until graceful shutdown or cancellation. Throws `SettingsError` when the configuration names a node or function that
    /// the cluster does not have or the checkpoint is not this configuration's, and `StoreError` when the journal cannot be
    /// read.
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

    private func serve() async throws {
        try await checkNodes()
        // Journal and checkpoint may be another coordinator's until then.
        try await leadership?.awaitOffice()
        var pending = try firstSession()
        // One for all sessions: what was changed in one is not forgotten in the next.
        var placementGuard = settings.guardSettings.map { PlacementGuard($0, at: time.now) }
        while true {
            while pending == nil {
                await control.waitForChange()
                try Task.checkCancellation()
                pending = control.takeOrder().map { PendingSession(session: $0, resumedAs: nil) }
            }
            guard let next = pending else { continue }
            pending = nil
            do {
                pending = try await run(next, behind: &placementGuard)
            } catch let error as CancellationError {
                throw error
            } catch {
                // An order that is not possible must not end what other orders need; one from the files must be mended.
                guard next.resumedAs == nil else { throw SettingsError("\(error)") }
                logger.error("the session is not possible: \(error)")
                control.note { status in
                    status.state = .idle
                    status.lastFailure = "\(error)"
                }
            }
        }
    }

    /// A session about to begin, or, with its number, to go on.
    private struct PendingSession {
        let session: PlacementSession
        let resumedAs: Int64?
    }

    private func firstSession() throws -> PendingSession? {
        if let newest = try journal.newestSession() {
            guard newest.hasEnded else { return PendingSession(session: newest.session, resumedAs: newest.id) }
            control.note { status in
                status.sessionID = newest.id
                status.session = newest.session
                status.state = .exhausted
            }
            return nil
        }
        return settings.initialSession.map { PendingSession(session: $0, resumedAs: nil) }
    }

    /// A session ready to serve requests.
    private struct Prepared {
        let id: Int64
        let session: PlacementSession
        let parts: SessionPolicy
        let driver: SchedulingDriver
        let store: CheckpointStore
    }

    /// Builds the session's policy, on its checkpoint if it goes on from one, and notes its start in the journal.
    private func prepare(_ pending: PendingSession, behind placementGuard: PlacementGuard?) throws -> Prepared {
        let session = pending.session
        let store = CheckpointStore(path: settings.checkpointPath)
        let loaded = try checkpoint(for: pending, in: store)
        let parts = try SessionPolicy(session, settings: settings, checkpoint: loaded?.checkpoint)
        let id = try pending.resumedAs ?? journal.begin(session)
        announce(session, id: id, loaded: loaded)
        let rule = session.scheduler.isLearned ? parts.preset.maskRule : .withoutEffect
        var placementGuard = placementGuard
        placementGuard?.beginPolicy()
        let loop = SchedulingLoop(
            actionSpace: parts.actionSpace, maskRule: rule, reward: parts.preset.reward, placementGuard: placementGuard)
        return Prepared(
            id: id, session: session, parts: parts,
            driver: SchedulingDriver(loop, policy: parts.policy, time: time), store: store)
    }

    /// Runs a session to its end, or to the next order, which is returned.
    private func run(
        _ pending: PendingSession, behind placementGuard: inout PlacementGuard?
    ) async throws -> PendingSession? {
        let prepared = try prepare(pending, behind: placementGuard)
        let ending = await serveRequests(of: prepared)
        placementGuard = prepared.driver.loop.placementGuard
        save(prepared)
        return try conclude(prepared, ending)
    }

    /// Why a session serves no more requests.
    private enum Ending {
        case ordered(PlacementSession)
        case noMoreRequests
        case failed(any Error)
    }

    private func serveRequests(of prepared: Prepared) async -> Ending {
        var stepsSinceCheckpoint = 0
        while true {
            switch await step(prepared.driver) {
            case .served(let record):
                take(record, session: prepared.id, learner: prepared.parts.learner)
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

    private func conclude(_ prepared: Prepared, _ ending: Ending) throws -> PendingSession? {
        switch ending {
        case .ordered(let session):
            return PendingSession(session: session, resumedAs: nil)
        case .failed(let error):
            throw error
        case .noMoreRequests:
            try journal.end(session: prepared.id)
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

    /// Serves one request, unless something else was ordered or the cluster does not answer.
    private func step(_ driver: SchedulingDriver) async -> Turn {
        do {
            // Whatever is ordered while there is nothing to serve holds for the next request already.
            guard try await runner.nextRequest() != nil else { return .ended(.noMoreRequests) }
            try await heedPause(driver)
            if let order = control.takeOrder() { return .ended(.ordered(order)) }
            let record = try await driver.runStep(cluster: cluster, runner: runner, metrics: metrics)
            return record.map { .served($0) } ?? .ended(.noMoreRequests)
        } catch let error as ClusterError {
            report("the cluster: \(error)")
            // A cancelled sleep ends at once; the next turn finds the cancellation itself.
            try? await Task.sleep(for: Self.retryAfter)
            return .nothingYet
        } catch {
            return .ended(.failed(error))
        }
    }

    /// The checkpoint that `pending` goes on from: none for a new training, the newest for a frozen or resumed session.
    private func checkpoint(for pending: PendingSession, in store: CheckpointStore) throws -> CheckpointStore.Loaded? {
        guard pending.session.scheduler.isLearned, pending.resumedAs != nil || pending.session.mode == .frozen else {
            return nil
        }
        do {
            return try store.load()
        } catch {
            // A training that died before its first checkpoint begins anew; anything else must be mended by hand.
            guard error.code == .absent, pending.session.mode == .training else { throw error }
            return nil
        }
    }

    private func announce(_ session: PlacementSession, id: Int64, loaded: CheckpointStore.Loaded?) {
        let restored = loaded.map { loaded in
            "after \(loaded.checkpoint.steps) steps" + (loaded.fallbackReason.map { "; passed over: \($0)" } ?? "")
        }
        logger.info(
            "a session begins",
            metadata: [
                "session": "\(id)", "scheduler": "\(session.scheduler.rawValue)", "preset": "\(session.preset)",
                "seed": "\(session.seed)", "mode": "\(session.mode.rawValue)", "restored": "\(restored ?? "no")",
            ])
        control.note { status in
            status = PlacementStatus(sessionID: id, session: session, state: .running, restored: restored)
            status.learnerSteps = loaded?.checkpoint.steps
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

    private func take(_ record: DecisionRecord, session: Int64, learner: DQN?) {
        do {
            try journal.add(record, session: session)
        } catch {
            // Control goes on without history: a full disk must not stop placement.
            report("the journal: \(error)")
        }
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

    private func save(_ prepared: Prepared) {
        guard let learner = prepared.parts.learner, prepared.session.mode == .training else { return }
        do {
            let label = try SessionPolicy.label(prepared.session, topology: settings.topology)
            try prepared.store.save(learner.checkpoint(topology: label, preset: prepared.session.preset))
        } catch {
            report("the checkpoint: \(error)")
        }
    }

    private func report(_ failure: String) {
        logger.error("\(failure)")
        control.note { $0.lastFailure = failure }
    }

    /// Waits until the cluster answers, then refuses a configuration that names a node or function it does not have.
    private func checkNodes() async throws {
        while true {
            do {
                let snapshot = try await cluster.observe()
                try settings.topology.checkFunctions(against: snapshot)
                let present = Set(snapshot.nodes.map(\.name))
                guard let missing = settings.topology.nodes.first(where: { !present.contains($0) }) else { return }
                let known = present.map(\.rawValue).sorted().joined(separator: ", ")
                throw SettingsError("placement.nodes names \(missing), which the cluster does not have: its nodes are \(known)")
            } catch let error as ClusterError {
                report("the cluster: \(error)")
                try await Task.sleep(for: Self.retryAfter)
            }
        }
    }
}
