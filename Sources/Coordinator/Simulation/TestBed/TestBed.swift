public import Cluster
import Measures
import Synchronization
public import Topology

/// The simulated test bed in process: the levers, the workflow and the metrics of the four nodes, in virtual time.
///
/// One step of its scenario is one request: `run` serves it and goes on to the next step. Everything repeats from the
/// seed. Pressure shows in the metrics and in the latency and nowhere else.
public final class TestBed: ClusterControl, WorkflowRunner, MetricsReader {
    /// Seconds between an action and the next request unless told otherwise (Darly thesis, section 5.3: settle time
    /// before the second metrics read). It covers a cold start, so that a move is judged by where things are, not by
    /// moving.
    public static let thesisSettleSeconds = 8.5

    struct State {
        var cluster: SimulatedCluster
        var scenario: Scenario
        var step = 0
        /// Pressure beside the scenario's, by node.
        var interference: [NodeName: Pressure] = [:]
        var latencyRandom: SeededRandom
        var counterRandom: SeededRandom
    }

    let state: Mutex<State>
    private let settleSeconds: Double
    private let frames: Int
    /// The expected latencies behind the noise, for ceilings and profiles; no scheduler may look at it.
    public let model: LatencyModel

    /// A test bed at the beginning of `scenario`.
    /// - Parameters:
    ///   - scenario: one pressure per node of `parameters` in every phase.
    ///   - start: where everything is.
    ///   - seed: decides the noise of latencies and counters.
    ///   - settleSeconds: time the caller lets pass between an action and the next request.
    ///   - frames: frames of each request's input.
    public init(
        scenario: Scenario, start: SimulatedCluster.Start, seed: UInt64, parameters: TestBedParameters = .darly,
        settleSeconds: Double = TestBed.thesisSettleSeconds, frames: Int = VideoWorkflow.scheduledFrames
    ) {
        model = LatencyModel(parameters)
        self.settleSeconds = settleSeconds
        self.frames = max(1, frames)
        state = Mutex(
            State(
                cluster: SimulatedCluster(parameters, start: start), scenario: scenario,
                latencyRandom: SeededRandom(seed: seed, stream: "latency"),
                counterRandom: SeededRandom(seed: seed, stream: "counters")))
    }

    /// Puts everything back to `start` and begins `scenario`, as the thesis does between training and inference. The
    /// noise goes on where it was.
    public func reset(to start: SimulatedCluster.Start, scenario: Scenario) {
        state.withLock { state in
            state.cluster = SimulatedCluster(model.parameters, start: start)
            state.scenario = scenario
            state.step = 0
        }
    }

    /// Where everything is now.
    public func observe() async throws -> ClusterSnapshot {
        state.withLock { $0.cluster.snapshot }
    }

    /// Moves `functions` to `node`. Throws `ClusterError.unknownSubject` for what the test bed does not have.
    public func move(_ functions: [FunctionName], to node: NodeName) async throws {
        try state.withLock { try $0.cluster.move(functions, to: node) }
    }

    /// Lets kube-scheduler's rule choose a node for `functions`; see `SimulatedCluster.reschedule`.
    public func reschedule(_ functions: [FunctionName]) async throws -> NodeName {
        try state.withLock { try $0.cluster.reschedule(functions) }
    }

    /// Gives the models `replicas` replicas each; see `SimulatedCluster.scale`.
    public func scale(_ functions: [FunctionName], to replicas: Int) async throws {
        try state.withLock { try $0.cluster.scale(functions, to: replicas) }
    }

    /// The request of the present step, nil after the scenario's last.
    public func nextRequest() async throws -> WorkflowRequest? {
        state.withLock { state in
            state.scenario[state.step].map {
                WorkflowRequest(sequence: state.step, workflow: VideoWorkflow.name, target: $0.target)
            }
        }
    }

    /// Serves `request` under the present step's pressure and goes on to the next step. Throws `ClusterError.refused`
    /// for any request but the one that `nextRequest` gives.
    public func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome {
        try state.withLock { state in
            let outcome = try begin(request.sequence, in: &state)
            state.step += 1
            return outcome
        }
    }

    /// Serves the present step's request and goes on; its target and how it went, nil after the scenario's last.
    package func serveNext() -> (target: LatencyTarget, outcome: WorkflowOutcome)? {
        state.withLock { state in
            guard let moment = state.scenario[state.step] else { return nil }
            let outcome = serve(&state, under: pressure(moment.pressure, state))
            state.step += 1
            return (moment.target, outcome)
        }
    }

    /// Serves request `sequence` without going on to the next step: time stands still until the caller moves it. Throws
    /// `ClusterError.refused` for any but the present step's.
    func begin(_ sequence: Int, in state: inout State) throws(ClusterError) -> WorkflowOutcome {
        guard let moment = state.scenario[state.step], sequence == state.step else {
            throw ClusterError(
                .refused, "request \(sequence) is not the one to serve: the test bed is at step \(state.step)")
        }
        return serve(&state, under: pressure(moment.pressure, state))
    }

    private func serve(_ state: inout State, under pressure: [Pressure]) -> WorkflowOutcome {
        let parts = model.breakdown(
            placement: state.cluster.placement, queueWorkers: state.cluster.queueWorkers, pressure: pressure,
            frames: frames)
        // As a factor the noise is a share; five deviations bound it, so that no latency turns negative.
        let noise = 1 + model.parameters.latencyNoise * min(max(state.latencyRandom.normal(), -5), 5)
        let cold = state.cluster.coldFunctions.isEmpty ? 0 : max(0, model.parameters.coldStartSeconds - settleSeconds)
        state.cluster.warm()
        return WorkflowOutcome(
            latencySeconds: (parts.total + cold) * noise,
            functionSeconds: [
                VideoWorkflow.framer: parts.framer * noise,
                VideoWorkflow.facedetector: parts.facedetector * noise,
                VideoWorkflow.faceanalyzer: parts.models * noise,
                VideoWorkflow.mobilenet: parts.models * noise,
            ])
    }

    /// The six metrics of the learner's state for each of `nodes`, as counters would show them over a window under the
    /// present step's pressure (after the last step, that step's). A node the test bed does not have is `unknown`.
    public func freshWindow(of nodes: [NodeName]) async throws -> [NodeName: NodeMetrics] {
        state.withLock { state in
            let activity = activity(state)
            var window: [NodeName: NodeMetrics] = [:]
            for node in nodes {
                guard let index = model.parameters.nodes.firstIndex(where: { $0.name == node }) else {
                    window[node] = .unknown(reason: "the test bed has no node \(node)")
                    continue
                }
                window[node] = .known(
                    activity[index].readings(noise: model.parameters.counterNoise, random: &state.counterRandom))
            }
            return window
        }
    }

    /// What the hardware of each node does at present, without noise: for virtual hardware that counts it, so that
    /// agents read it there. A scheduler gets `freshWindow`.
    public func hardwareActivity() -> [NodeName: HardwareActivity] {
        let present = state.withLock { activity($0) }
        return Dictionary(uniqueKeysWithValues: zip(model.parameters.nodes.map(\.name), present))
    }

    private func activity(_ state: State) -> [HardwareActivity] {
        let moment = state.scenario[min(state.step, state.scenario.steps - 1)]
        return ActivityModel(model: model).activity(
            placement: state.cluster.placement, queueWorkers: state.cluster.queueWorkers,
            pressure: pressure(moment?.pressure ?? model.parameters.nodes.map { _ in .none }, state), frames: frames)
    }

    /// The scenario's pressure with what was put on nodes beside it; together they take no more than there is.
    private func pressure(_ scenario: [Pressure], _ state: State) -> [Pressure] {
        guard !state.interference.isEmpty else { return scenario }
        return zip(model.parameters.nodes, scenario).map { node, pressure in
            guard let more = state.interference[node.name] else { return pressure }
            return Pressure(
                cpu: pressure.cpu + more.cpu, l3: pressure.l3 + more.l3,
                memoryBandwidth: pressure.memoryBandwidth + more.memoryBandwidth)
        }
    }

    /// Puts `pressure` on `node` beside the scenario's, in place of what this put there before. Throws
    /// `ClusterError.unknownSubject` for a node that the test bed does not have.
    package func interfere(_ pressure: Pressure, on node: NodeName) throws(ClusterError) {
        guard model.parameters.nodes.contains(where: { $0.name == node }) else {
            throw ClusterError(.unknownSubject, "the test bed has no node \(node)")
        }
        state.withLock { $0.interference[node] = pressure == .none ? nil : pressure }
    }
}
