public import Cluster
import Measures
import Topology
import Wire

/// What the world says to those who ask, as a value: a request goes in, its answer comes out at once or when its time has
/// come. `Asker` is whatever an answer is addressed to.
///
/// One request of the workflow runs at a time. It belongs to the world, not to whoever asked for it: when the asker is
/// gone it runs to its end all the same, and the next question for a request is answered with the following one.
struct WorldState<Asker: Sendable>: Sendable {
    /// An answer on its way.
    struct Answer: Sendable {
        let asker: Asker
        let reply: WorldReply
    }

    /// What has come in and gone wrong since the start.
    struct Counts: Hashable, Sendable {
        /// Messages that were no request.
        var malformed: UInt64 = 0
        /// Requests of another major version.
        var otherVersions: UInt64 = 0
        /// Requests that were answered with a failure.
        var failures: UInt64 = 0
    }

    private struct Delayed: Sendable {
        let due: MonotonicInstant
        let answer: Answer
    }

    private enum Running: Sendable {
        case nothing
        case request(WorkflowRequest, WorkflowOutcome, until: MonotonicInstant, answer: Answer, waiting: [Waiting])
    }

    /// Someone who asked for the next request while one was running.
    private struct Waiting: Sendable {
        let asker: Asker
        let id: UInt64
    }

    /// Answers that may be under way at once; beyond that requests are refused.
    static var answersUnderWay: Int { 1_024 }

    private let bed: TestBed
    private let settleSeconds: Double
    private let compression: Double
    private var delayed: [Delayed] = []
    private var running = Running.nothing
    /// What `press` put on nodes, and until when.
    private var interference: [NodeName: (pressure: WorldPressure, until: MonotonicInstant)] = [:]
    /// See `Counts`.
    private(set) var counts = Counts()

    /// The world of `bed`, whose changes take `settleSeconds` and whose requests take their latency, both divided by
    /// `compression`.
    init(bed: TestBed, settleSeconds: Double = TestBed.thesisSettleSeconds, compression: Double) {
        self.bed = bed
        self.settleSeconds = settleSeconds
        self.compression = compression
    }

    /// Takes in `request`; returns what is to be answered at once.
    mutating func receive(_ request: WorldRequest, from asker: Asker, at now: MonotonicInstant) -> [Answer] {
        guard request.protocolMajor == WireLimits.protocolMajor else {
            counts.otherVersions += 1
            return fail(
                .refused, "the request speaks protocol \(request.protocolMajor): allowed is \(WireLimits.protocolMajor)",
                request.id, asker)
        }
        guard underWay < Self.answersUnderWay else {
            return fail(.refused, "too many requests are under way: ask again in a moment", request.id, asker)
        }
        do throws(ClusterError) {
            switch request.kind {
            case .observe: return [Answer(asker: asker, reply: WorldReply(id: request.id, kind: .snapshot(bed.snapshot)))]
            case .move(let functions, let node): settle(.moved(to: try move(functions, to: node)), request.id, asker, now)
            case .scale(let functions, let replicas):
                try bed.setReplicas(Int(replicas), of: functions)
                settle(.scaled, request.id, asker, now)
            case .nextRequest: return askNext(request.id, asker)
            case .run(let sequence): try begin(sequence, request.id, asker, now)
            case .press(let pressure): return try press(pressure, request.id, asker, now)
            case .relieve(let node): return try relieve(node, request.id, asker, now)
            case .pressures:
                let present = interference.values.sorted { $0.pressure.node < $1.pressure.node }
                return [answer(present, request.id, asker, now)]
            }
            return []
        } catch {
            return fail(WorldReply.FailureCode(error.code), error.description, request.id, asker)
        }
    }

    /// Notes bytes that were no request; returns the answer to whoever sent them.
    mutating func receiveMalformed(_ error: WireError, from asker: Asker) -> [Answer] {
        counts.malformed += 1
        return fail(.refused, error.description, 0, asker)
    }

    /// The answers whose time has come, and the request that has ended, if one has.
    mutating func advance(to now: MonotonicInstant) -> (answers: [Answer], served: ServedRequest?) {
        for (node, put) in interference where put.until <= now {
            interference[node] = nil
            // A node that was pressed is one that the test bed has.
            try? bed.interfere(.none, on: node)
        }
        var answers = delayed.filter { $0.due <= now }.map(\.answer)
        delayed.removeAll { $0.due <= now }
        guard case .request(let request, let outcome, let until, let answer, let waiting) = running, until <= now else {
            return (answers, nil)
        }
        let served = ServedRequest(request: request, outcome: outcome, snapshot: bed.snapshot)
        running = .nothing
        bed.endRequest()
        answers.append(answer)
        for waiting in waiting { answers += askNext(waiting.id, waiting.asker) }
        return (answers, served)
    }

    /// When the next answer is due; nil when none is under way.
    var nextDue: MonotonicInstant? {
        let first = (delayed.map(\.due) + interference.values.map(\.until)).min()
        guard case .request(_, _, let until, _, _) = running else { return first }
        return first.map { min($0, until) } ?? until
    }

    /// Begins `scenario` from `start`. A running request is given up and answered with a failure; changes under way count
    /// as made.
    mutating func reset(to start: SimulatedCluster.Start, scenario: Scenario) -> [Answer] {
        bed.reset(to: start, scenario: scenario)
        var answers = delayed.map(\.answer)
        delayed = []
        guard case .request(let request, _, _, let answer, let waiting) = running else { return answers }
        running = .nothing
        answers += fail(
            .refused, "request \(request.sequence) was given up: the world began anew", answer.reply.id, answer.asker)
        for waiting in waiting { answers += askNext(waiting.id, waiting.asker) }
        return answers
    }

    private var underWay: Int {
        guard case .request(_, _, _, _, let waiting) = running else { return delayed.count }
        return delayed.count + 1 + waiting.count
    }

    private func move(_ functions: [FunctionName], to node: NodeName?) throws(ClusterError) -> NodeName {
        guard let node else { return try bed.placeByScheduler(functions) }
        try bed.place(functions, on: node)
        return node
    }

    private mutating func settle(_ kind: WorldReply.Kind, _ id: UInt64, _ asker: Asker, _ now: MonotonicInstant) {
        let answer = Answer(asker: asker, reply: WorldReply(id: id, kind: kind))
        delayed.append(Delayed(due: end(ofSeconds: settleSeconds, from: now), answer: answer))
    }

    private mutating func begin(
        _ sequence: UInt64, _ id: UInt64, _ asker: Asker, _ now: MonotonicInstant
    ) throws(ClusterError) {
        if case .request(let other, _, _, _, _) = running {
            throw ClusterError(
                .refused, "request \(sequence) cannot run: request \(other.sequence) has not ended, and one runs at a time")
        }
        guard let request = bed.presentRequest, UInt64(request.sequence) == sequence else {
            throw ClusterError(.unknownSubject, "request \(sequence) is not the one to serve: ask for the next request")
        }
        let outcome = try bed.beginRequest(request.sequence)
        let functions = outcome.functionSeconds.sorted { $0.key < $1.key }.map {
            WorldReply.Function(name: $0.key, seconds: $0.value)
        }
        let reply = WorldReply(
            id: id, kind: .outcome(latencySeconds: outcome.latencySeconds, functions: functions))
        running = .request(
            request, outcome, until: end(ofSeconds: outcome.latencySeconds, from: now),
            answer: Answer(asker: asker, reply: reply), waiting: [])
    }

    /// Pressure lasts as long as it was asked for in real time: only settling and latencies are compressed.
    private mutating func press(
        _ pressure: WorldPressure, _ id: UInt64, _ asker: Asker, _ now: MonotonicInstant
    ) throws(ClusterError) -> [Answer] {
        try bed.interfere(
            Pressure(cpu: pressure.cpu, l3: pressure.l3, memoryBandwidth: pressure.memoryBandwidth), on: pressure.node)
        let put = (pressure, now.advanced(byNanoseconds: UInt64(pressure.seconds) * 1_000_000_000))
        interference[pressure.node] = put
        return [answer([put], id, asker, now)]
    }

    private mutating func relieve(
        _ node: NodeName?, _ id: UInt64, _ asker: Asker, _ now: MonotonicInstant
    ) throws(ClusterError) -> [Answer] {
        var relieved: [(pressure: WorldPressure, until: MonotonicInstant)] = []
        for name in interference.keys.sorted() where node == nil || name == node {
            try bed.interfere(.none, on: name)
            if let put = interference.removeValue(forKey: name) { relieved.append(put) }
        }
        return [answer(relieved, id, asker, now)]
    }

    private func answer(
        _ put: [(pressure: WorldPressure, until: MonotonicInstant)], _ id: UInt64, _ asker: Asker,
        _ now: MonotonicInstant
    ) -> Answer {
        let pressures = put.map { pressure, until in
            var left = pressure
            left.seconds = until > now ? UInt32((until.nanoseconds(since: now) + 999_999_999) / 1_000_000_000) : 0
            return left
        }
        return Answer(asker: asker, reply: WorldReply(id: id, kind: .pressures(pressures)))
    }

    private mutating func askNext(_ id: UInt64, _ asker: Asker) -> [Answer] {
        if case .request(let request, let outcome, let until, let answer, var waiting) = running {
            waiting.append(Waiting(asker: asker, id: id))
            running = .request(request, outcome, until: until, answer: answer, waiting: waiting)
            return []
        }
        let kind = bed.presentRequest.map {
            WorldReply.Kind.pending(
                sequence: UInt64($0.sequence), workflow: $0.workflow, targetSeconds: $0.target.seconds)
        }
        return [Answer(asker: asker, reply: WorldReply(id: id, kind: kind ?? .noMoreRequests))]
    }

    private mutating func fail(
        _ code: WorldReply.FailureCode, _ sentence: String, _ id: UInt64, _ asker: Asker
    ) -> [Answer] {
        counts.failures += 1
        return [Answer(asker: asker, reply: WorldReply(id: id, kind: .failure(code, sentence)))]
    }

    private func end(ofSeconds seconds: Double, from now: MonotonicInstant) -> MonotonicInstant {
        // A year bounds what a compression near zero could make of it.
        now.advanced(byNanoseconds: UInt64(min(max(0, seconds / compression), 31_536_000) * 1e9))
    }
}

/// A request of the workflow that has ended in the world.
public struct ServedRequest: Sendable, Hashable {
    /// The request.
    public let request: WorkflowRequest
    /// How it went.
    public let outcome: WorkflowOutcome
    /// Where everything was when it ended.
    public let snapshot: ClusterSnapshot

    /// A request that went as described.
    package init(request: WorkflowRequest, outcome: WorkflowOutcome, snapshot: ClusterSnapshot) {
        self.request = request
        self.outcome = outcome
        self.snapshot = snapshot
    }
}

extension WorldReply.FailureCode {
    init(_ code: ClusterError.Code) {
        self =
            switch code {
            case .unknownSubject: .unknownSubject
            case .unreachable: .unreachable
            default: .refused
            }
    }
}

extension WorldReply.Kind {
    /// A snapshot with the functions in the order of their names.
    static func snapshot(_ snapshot: ClusterSnapshot) -> Self {
        let names = Set(snapshot.assignment.keys).union(snapshot.replicas.keys).sorted()
        return .snapshot(
            nodes: snapshot.nodes.map {
                WorldReply.Node(name: $0.name, virtualCPUs: UInt32($0.virtualCPUs), memoryBytes: $0.memoryBytes)
            },
            functions: names.map {
                WorldReply.Function(
                    name: $0, node: snapshot.assignment[$0], replicas: snapshot.replicas[$0].map(UInt32.init))
            })
    }
}
