import Foundation
public import Logging
public import Measures
import Messaging
import Placement
public import ServiceLifecycle
import Simulation
import Synchronization
import Topology

/// The loop on a live cluster: a Kubernetes control plane, a gateway and functions that are there already; agents and
/// coordinator are started as processes. Each scheduler serves the thesis' schedule of pressure in a few requests, whose
/// latencies are measured.
///
/// The nodes' hardware is virtual. A test bed that is told what pressure there is and where functions run says what its
/// counters show; its model of latency is not asked.
public final class LiveDemo: Service {
    /// What a live demo has found.
    public struct Outcome: Sendable {
        /// One run of each scheduler.
        public let runs: [DarlyResult]
        /// Under what they were made.
        public let conditions: DarlyConditions
    }

    private let settings: LiveDemoSettings
    private let installation: DemoInstallation
    private let version: String
    private let time: any TimeSource
    private let report: @Sendable (Demo.Event) -> Void
    private let bed: TestBed
    private let hardware: HardwareService
    private let trees: AsyncStream<[HardwareService.NodeTree]>
    private let result: Mutex<Outcome?> = Mutex(nil)

    /// A demo of `settings` in `folder`, which must be there and empty, with the programs in the folder `programs`.
    /// `version` stands in the results. Throws `MessagingError` or `TopologyError` when it cannot be made.
    public init(
        _ settings: LiveDemoSettings, folder: String, programs: String, version: String, time: any TimeSource,
        logger: Logger, report: @escaping @Sendable (Demo.Event) -> Void
    ) throws {
        self.settings = settings
        self.version = version
        self.time = time
        self.report = report
        let port = try FreePort.find()
        installation = DemoInstallation(
            folder: folder, programs: programs, port: port, dashboardPort: try FreePort.find(otherThan: port),
            live: DemoInstallation.LiveCluster(
                kubeconfig: settings.kubeconfig, namespace: settings.namespace, gateway: settings.gateway,
                workflows: settings.workflows, store: settings.store))
        bed = TestBed(
            scenario: try Scenario.thesisInference().scaled(to: settings.steps), start: .thesis(for: .custom),
            seed: settings.seed, frames: settings.frames)
        let (trees, ready) = AsyncStream.makeStream(of: [HardwareService.NodeTree].self)
        self.trees = trees
        hardware = HardwareService(
            bed: bed, folder: installation.hardwareFolder, seed: settings.seed, time: time, logger: logger
        ) {
            ready.yield($0)
            ready.finish()
        }
    }

    /// What must run, in the order of starting; the demo itself comes last and ends first.
    public var services: [any Service] { [hardware, self] }

    /// What was found; nil until the demo has come to its end.
    public var outcome: Outcome? { result.withLock { $0 } }

    /// Runs everything to its end or to graceful shutdown, takes the pressure away, puts functions back as they were
    /// found, and ends every process that it started.
    public func run() async throws {
        let report = report
        let processes = DemoProcesses { program, pid in
            report(.note("\(program.name) (process \(pid)) was lost; its log is \(program.logPath)"))
        }
        let conversation = LiveConversation(
            coordinator: QuerySocketCoordinator(socketPath: installation.querySocket, timeoutMilliseconds: 60_000),
            pause: { try await Task.sleep(nanoseconds: 200_000_000) }, note: { report(.note($0)) })
        do {
            let outcome = try await cancelWhenGracefulShutdown { try await self.runLive(processes, conversation) }
            result.withLock { $0 = outcome }
        } catch {
            // A task of its own, for this one may have been cancelled and its waits would end at once.
            await Task { await self.clearAway(processes, conversation) }.value
            if error is CancellationError { return }
            throw error
        }
        await Task { await self.clearAway(processes, conversation) }.value
    }

    private func clearAway(_ processes: DemoProcesses, _ conversation: LiveConversation) async {
        // Without a coordinator pressure ends by itself and functions stay where they are.
        _ = try? await conversation.order("interference-stop")
        _ = try? await conversation.order("release")
        await processes.stop()
        // libzmq leaves the file of the coordinator's socket behind.
        unlink(installation.querySocket)
    }

    private func runLive(
        _ processes: DemoProcesses, _ conversation: LiveConversation
    ) async throws -> Outcome {
        guard let trees = await trees.first(where: { _ in true }) else { throw CancellationError() }
        try installation.prepare(nodes: trees.map(\.node))
        for program in [installation.coordinator] + trees.map(installation.agent) {
            let pid = try await processes.start(program)
            report(.note("\(program.name): process \(pid): \(program.command.joined(separator: " "))"))
        }
        try await conversation.demo.waitForNodes(trees.count)
        try await conversation.waitForLeadership()
        report(.note("all \(trees.count) nodes are known, and the coordinator leads"))
        report(.note("dashboard, while this runs: \(installation.dashboard)"))
        let targets = try await calibrate(conversation)
        var runs: [DarlyResult] = []
        for scheduler in settings.schedulers { runs.append(try await run(scheduler, targets, conversation)) }
        return Outcome(runs: runs, conditions: try conditions(targets))
    }

    /// Sets the targets by what a request takes where kube-scheduler put the functions, without pressure.
    private func calibrate(_ conversation: LiveConversation) async throws -> DarlyTargets {
        _ = try await conversation.start(.native, settings)
        var latencies: [Double] = []
        for _ in 0..<LiveDemoSettings.calibrationRuns {
            let request = LiveConversation.Request(settings, qosSeconds: 600)
            guard let seconds = try await conversation.serve(request) else {
                throw DemoCoordinatorError.refused("a request without pressure failed: reeve runs tells why")
            }
            latencies.append(seconds)
        }
        let median = latencies.dropFirst().sorted()[(latencies.count - 1) / 2]
        let strict = median * LiveDemoSettings.strictMargin
        let targets = try DarlyTargets(
            looseSeconds: strict * Scenario.looseSeconds / Scenario.strictSeconds, strictSeconds: strict)
        let (loose, tight) = (Self.text(targets.looseSeconds), Self.text(targets.strictSeconds))
        report(.note("a request takes \(Self.text(median)) s without pressure: targets are \(loose) s and \(tight) s"))
        return targets
    }

    private func run(
        _ scheduler: Scheduler, _ targets: DarlyTargets, _ conversation: LiveConversation
    ) async throws -> DarlyResult {
        let startedAt = time.now
        let scenario = try scenario(targets)
        try await conversation.putBack()
        bed.reset(to: .thesis(for: .custom), scenario: scenario)
        let previous = try await conversation.start(scheduler, settings)
        var progress = DemoProgress(scheduler: scheduler, phase: .training, steps: settings.steps)
        var pressed: [Pressure] = []
        for step in 0..<settings.steps {
            guard let moment = scenario[step] else { break }
            if moment.pressure != pressed {
                try await press(moment.pressure, in: conversation)
                pressed = moment.pressure
            }
            try await conversation.mirror(in: bed)
            try await Task.sleep(nanoseconds: UInt64(settings.settleSeconds * 1e9))
            let seconds = try await conversation.serve(
                LiveConversation.Request(settings, qosSeconds: moment.target.seconds))
            progress.step += 1
            progress.latencySeconds = seconds
            progress.targetSeconds = moment.target.seconds
            if let seconds, moment.target.isMet(byLatencySeconds: seconds) { progress.kept += 1 }
            progress.millisecondsPerStep = time.now.seconds(since: startedAt) * 1_000 / Double(progress.step)
            report(.progress(progress))
            bed.endRequest()
        }
        try await conversation.relieve()
        let id = try await conversation.session(after: previous)
        let records = try await conversation.decisions(of: id, count: settings.steps)
        return DarlyResult(
            scheduler: scheduler, scenario: .thesis, preset: settings.preset.name, seed: settings.seed,
            countersBlanked: false, training: DarlyPhaseResult(records, targets: targets),
            inference: DarlyPhaseResult([], targets: targets), ceiling: nil,
            trace: DarlyExperiment.trace(records, phase: DarlyPhase.training.rawValue, from: 0),
            wallSeconds: time.now.seconds(since: startedAt), machine: .current, version: version)
    }

    private func scenario(_ targets: DarlyTargets) throws(TopologyError) -> Scenario {
        try Scenario.thesisInference()
            .with(looseSeconds: targets.looseSeconds, strictSeconds: targets.strictSeconds).scaled(to: settings.steps)
    }

    private func press(_ pressures: [Pressure], in conversation: LiveConversation) async throws {
        let nodes = bed.model.parameters.nodes.map(\.name)
        for (node, pressure) in zip(nodes, pressures) {
            try await conversation.press(node, cpu: pressure.cpu)
        }
        let text = zip(nodes, pressures).filter { $1.cpu > 0 }.map { "\($0) \(Int($1.cpu * 100)) %" }
        report(.note("pressure: \(text.isEmpty ? "none" : text.joined(separator: ", "))"))
    }

    private func conditions(_ targets: DarlyTargets) throws(TopologyError) -> DarlyConditions {
        let nodes = bed.model.parameters.nodes.map { $0.name.rawValue }
        let (loose, strict) = (Self.text(targets.looseSeconds), Self.text(targets.strictSeconds))
        return DarlyConditions(
            world: .live, nodes: nodes,
            interference: DarlyConditions.pressure(of: try scenario(targets), in: .training, from: 0, on: nodes),
            facts: [
                .init(name: "Workflow", value: "video, version 1, \(settings.frames) frames per request"),
                .init(
                    name: "Targets",
                    value: """
                        \(loose) s loose, \(strict) s strict: a quarter above the median without pressure, and by \
                        the thesis' 35 to 26 above that
                        """),
                .init(name: "Settling", value: "\(Self.text(settings.settleSeconds)) s from pressure to request"),
                .init(name: "Guard", value: LiveDemoSettings.guardText),
                .init(name: "Start", value: "where kube-scheduler put the functions, for every scheduler"),
            ])
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
