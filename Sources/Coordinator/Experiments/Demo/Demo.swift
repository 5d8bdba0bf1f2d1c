import Foundation
public import Logging
public import Measures
import Messaging
import Placement
public import ServiceLifecycle
import Simulation
import Synchronization
import Topology

/// The whole of reeve on one machine: this process is the world (virtual hardware, simulated cluster, workflow), agents
/// and coordinator are processes of their own, and each scheduler trains and is judged over them.
///
/// The end of a child ends nothing: it is told, and the demo goes on when the coordinator answers again.
public final class Demo: Service {
    /// What a demo tells while it runs.
    public enum Event: Sendable {
        /// Something happened.
        case note(String)
        /// A phase has come this far.
        case progress(DemoProgress)
    }

    /// What a demo has found.
    public struct Outcome: Sendable {
        /// One run of each scheduler over the live processes.
        public let live: [DarlyResult]
        /// The yardsticks in process, under the same seed.
        public let yardsticks: [DarlyResult]
        /// The same experiment in process over several seeds; empty when none were asked for.
        public let comparison: [DarlyResult]
    }

    private let settings: DemoSettings
    private let installation: DemoInstallation
    private let version: String
    private let time: any TimeSource
    private let report: @Sendable (Event) -> Void
    private let tally: ServedTally
    private let world: WorldService
    private let hardware: HardwareService
    private let trees: AsyncStream<[HardwareService.NodeTree]>
    private let result: Mutex<Outcome?> = Mutex(nil)

    /// A demo of `settings` in `folder`, which must be there and empty, with the programs in the folder `programs`.
    /// `version` stands in the results. Throws `MessagingError` or `TopologyError` when the world cannot be made.
    public init(
        _ settings: DemoSettings, folder: String, programs: String, version: String, time: any TimeSource, logger: Logger,
        report: @escaping @Sendable (Event) -> Void
    ) throws {
        self.settings = settings
        self.version = version
        self.time = time
        self.report = report
        let port = try FreePort.find()
        installation = DemoInstallation(
            folder: folder, programs: programs, port: port, dashboardPort: try FreePort.find(otherThan: port))
        let tally = ServedTally(time: time)
        self.tally = tally
        let course = DemoCourse(settings)
        let bed = TestBed(
            scenario: try course.scenario(.training), start: course.start(of: .fullmap), seed: settings.seed)
        world = try WorldService(
            endpoint: installation.worldEndpoint, bed: bed, compression: settings.compression, time: time, logger: logger,
            onServed: { tally.add($0) })
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
    public var services: [any Service] { [world, hardware, self] }

    /// What was found; nil until the demo has come to its end.
    public var outcome: Outcome? { result.withLock { $0 } }

    /// Runs everything to its end or to graceful shutdown, and ends every process that it started in either case.
    public func run() async throws {
        let report = report
        let processes = DemoProcesses { program, pid in
            report(
                .note("\(program.name) (process \(pid)) was lost; start it again with: \(program.command.joined(separator: " "))"))
        }
        let live: [DarlyResult]?
        do {
            live = try await cancelWhenGracefulShutdown { try await self.runLive(processes) }
        } catch {
            // A task of its own, for this one may have been cancelled and its waits would end at once.
            await Task { await self.stop(processes) }.value
            if error is CancellationError { return }
            throw error
        }
        await Task { await self.stop(processes) }.value
        guard let live else { return }
        let (yardsticks, comparison) = try await cancelWhenGracefulShutdown { try await self.runInProcess() }
        result.withLock { $0 = Outcome(live: live, yardsticks: yardsticks, comparison: comparison) }
    }

    private func stop(_ processes: DemoProcesses) async {
        await processes.stop()
        // libzmq leaves the file of the coordinator's socket behind.
        unlink(installation.querySocket)
    }

    private func runLive(_ processes: DemoProcesses) async throws -> [DarlyResult] {
        guard let trees = await trees.first(where: { _ in true }) else { throw CancellationError() }
        try installation.prepare(nodes: trees.map(\.node))
        for program in [installation.coordinator] + trees.map(installation.agent) {
            let pid = try await processes.start(program)
            report(.note("\(program.name): process \(pid): \(program.command.joined(separator: " "))"))
        }
        try await processes.list(to: installation.processesPath)
        report(.note("processes and command lines are also in \(installation.processesPath)"))
        report(.note("dashboard, while this runs: \(installation.dashboard)"))
        let conversation = DemoConversation(
            coordinator: QuerySocketCoordinator(socketPath: installation.querySocket, timeoutMilliseconds: 2_000),
            pause: { try await Task.sleep(nanoseconds: 200_000_000) }, note: { [report] in report(.note($0)) })
        try await conversation.waitForNodes(trees.count)
        report(.note("all \(trees.count) nodes are known; settle time and latency are divided by \(settings.compressionText)"))
        var results: [DarlyResult] = []
        for scheduler in settings.schedulers { results.append(try await run(scheduler, conversation)) }
        return results
    }

    private func run(_ scheduler: Scheduler, _ conversation: DemoConversation) async throws -> DarlyResult {
        let startedAt = time.now
        let course = DemoCourse(settings)
        let trained = try await serve(.training, scheduler, course, conversation)
        let judged = try await serve(.inference, scheduler, course, conversation)
        return try course.result(
            of: scheduler, trained: trained, judged: judged, wallSeconds: time.now.seconds(since: startedAt),
            version: version)
    }

    private func serve(
        _ phase: DarlyPhase, _ scheduler: Scheduler, _ course: DemoCourse, _ conversation: DemoConversation
    ) async throws -> [DecisionRecord] {
        let scenario = try course.scenario(phase)
        let start = course.start(of: scheduler)
        let id = try await conversation.start(
            scheduler, phase, preset: settings.preset.name, seed: settings.seed, steps: settings.trainingSteps
        ) {
            world.reset(to: start, scenario: scenario)
            tally.begin(DemoProgress(scheduler: scheduler, phase: phase, steps: scenario.steps))
        }
        try await conversation.waitForEnd(of: id) { session in
            if let progress = tally.progress(epsilon: session.epsilon) { report(.progress(progress)) }
        }
        return try await conversation.decisions(of: id)
    }

    private func runInProcess() async throws -> (yardsticks: [DarlyResult], comparison: [DarlyResult]) {
        let course = DemoCourse(settings)
        var yardsticks: [DarlyResult] = []
        for scheduler in [Scheduler.blind, .random, .static] where !settings.schedulers.contains(scheduler) {
            yardsticks.append(try await course.inProcess(scheduler, seed: settings.seed, version: version))
        }
        var comparison: [DarlyResult] = []
        for scheduler in settings.schedulers {
            for seed in settings.comparisonSeeds {
                try Task.checkCancellation()
                report(.note("in process: \(scheduler.rawValue), seed \(seed)"))
                comparison.append(try await course.inProcess(scheduler, seed: seed, version: version))
            }
        }
        return (yardsticks, comparison)
    }
}
