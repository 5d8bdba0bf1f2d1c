import Measures
import Telemetry
import Topology
import Uplink
import Wire

/// One agent and one coordinator as pure states, with a simulated network between them. A sample's value is the number
/// of its batch, so that what arrives can be told from what was sent.
struct TelemetryNetwork {
    /// One coordinator's life, or one agent's under it: what it took of the present agent's batches.
    struct Life {
        var taken: [UInt64] = []
        var first: UInt64
        var lost: Int = 0

        /// The batches between the first that could come and the last that came which were never taken.
        var missing: Set<UInt64> {
            guard let last = taken.last, first <= last else { return [] }
            return Set(first...last).subtracting(taken)
        }
    }

    private let node = NodeName("w01")
    private var now = MonotonicInstant(nanoseconds: 1 << 50)
    private var random: SeededRandom
    private var uplink: UplinkState
    private var coordinator = TelemetryState(settings: TelemetrySettings())
    private var incarnation: UInt64 = 1
    private var table: UInt32 = 1
    private var toCoordinator: [AgentMessage] = []
    private var toAgent: [CoordinatorMessage] = []

    /// Lives of (coordinator, agent) pairs in which an agent's hello arrived, of the present agent only.
    private(set) var lives: [Life] = []
    /// Batches of the present agent so far.
    private(set) var made: UInt64 = 0
    /// The present agent's batches that its buffer dropped.
    private(set) var dropped: Set<UInt64> = []
    /// The present agent's batches that some coordinator took.
    private(set) var everTaken: Set<UInt64> = []
    /// Batches taken in all.
    private(set) var taken = 0
    /// Messages lost on the way, and restarts of either side.
    private(set) var losses = 0
    private(set) var restarts = 0
    /// What must never happen, and did.
    private(set) var violations: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "network")
        uplink = Self.agent(incarnation: 1, table: 1)
    }

    private static func agent(incarnation: UInt64, table: UInt32) -> UplinkState {
        UplinkState(
            node: NodeName("w01"), incarnation: incarnation, columns: columns(table), agentVersion: "t",
            settings: UplinkSettings(bufferedBatches: 12, resendAfterNanoseconds: 1_000))
    }

    private static func columns(_ version: UInt32) -> ColumnTable {
        ColumnTable(
            version: version,
            columns: [Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .measured)])
    }

    /// One random event.
    mutating func step() {
        now = now.advanced(byNanoseconds: UInt64(random.index(below: 40)))
        switch random.index(below: 1_000) {
        case 0..<350: addSample()
        case 350..<600: send(withLoss: true)
        case 600..<780: deliverToCoordinator()
        case 780..<950: deliverToAgent()
        case 950..<970: cutConnection()
        case 970..<980: repeatMessage()
        case 980..<988: table += 1
        case 988..<992: restartCoordinator()
        case 992..<993: restartAgent()
        default: now = now.advanced(byNanoseconds: 1_000)
        }
    }

    /// Lets everything that is under way arrive, over a network that works.
    mutating func settle() {
        var rounds = 0
        while uplink.bufferedBatches > 0 || rounds == 0 {
            now = now.advanced(byNanoseconds: 500)
            send(withLoss: false)
            while !toCoordinator.isEmpty { deliverToCoordinator() }
            while !toAgent.isEmpty { deliverToAgent() }
            rounds += 1
            guard rounds < 100 else { return violations.append("the agent never gets rid of its batches") }
        }
    }

    private mutating func addSample() {
        made += 1
        let held = uplink.bufferedBatches
        let before = uplink.droppedBatches
        uplink.add(Sample([Double(made)]), columns: Self.columns(table), takenAt: now)
        if uplink.droppedBatches > before { dropped.insert(made - UInt64(held)) }
    }

    /// Sends what the agent has to say; a connection may break after any of it, which takes what has not arrived along.
    private mutating func send(withLoss: Bool) {
        while let message = uplink.nextMessage(at: now) {
            uplink.didSend(message, at: now)
            if withLoss, random.index(below: 50) == 0 { cutConnection() } else { toCoordinator.append(message) }
        }
    }

    /// Ends the connection: of what is under way in either direction some end part is lost. What remains may be read
    /// after messages of the next connection, so it goes behind them one by one.
    private mutating func cutConnection() {
        let (upward, downward) = (random.index(below: toCoordinator.count + 1), random.index(below: toAgent.count + 1))
        toCoordinator.removeLast(upward)
        toAgent.removeLast(downward)
        losses += upward + downward
        if random.index(below: 2) == 0, toCoordinator.count > 1 {
            let index = random.index(below: toCoordinator.count - 1)
            toCoordinator.append(toCoordinator.remove(at: index))
        }
    }

    private mutating func repeatMessage() {
        if let message = toCoordinator.first { toCoordinator.append(message) }
    }

    private mutating func restartCoordinator() {
        restarts += 1
        coordinator = TelemetryState(settings: TelemetrySettings())
        toCoordinator = []
        toAgent = []
    }

    private mutating func restartAgent() {
        restarts += 1
        incarnation += 1
        uplink = Self.agent(incarnation: incarnation, table: table)
        toCoordinator = []
        toAgent = []
        lives = []
        made = 0
        dropped = []
        everTaken = []
    }

    private mutating func deliverToCoordinator() {
        guard !toCoordinator.isEmpty else { return }
        let message = toCoordinator.removeFirst()
        let before = coordinator[node]
        let answer = coordinator.receive(message, from: "w01", at: now)
        guard let after = coordinator[node] else { return toAgent.append(answer) }
        if before?.incarnation != after.incarnation, case .hello(let hello) = message {
            lives.append(Life(first: hello.oldestSequence))
        }
        let lostNow = after.counts.lostBatches - (before?.counts.lostBatches ?? 0)
        if case .batch(let batch) = message, after.counts.acceptedBatches > (before?.counts.acceptedBatches ?? 0) {
            take(batch, lost: Int(lostNow))
        }
        toAgent.append(answer)
    }

    private mutating func take(_ batch: Batch, lost: Int) {
        guard !lives.isEmpty else { return violations.append("batch \(batch.sequence) was taken before any hello") }
        let life = lives.count - 1
        if let last = lives[life].taken.last, batch.sequence <= last {
            violations.append("batch \(batch.sequence) was taken after \(last)")
        }
        if batch.values != [Double(batch.sequence)] { violations.append("batch \(batch.sequence) holds \(batch.values)") }
        if batch.incarnation != incarnation { violations.append("a batch of a dead agent was taken") }
        lives[life].taken.append(batch.sequence)
        lives[life].lost += lost
        everTaken.insert(batch.sequence)
        taken += 1
    }

    private mutating func deliverToAgent() {
        guard !toAgent.isEmpty else { return }
        for event in uplink.receive(toAgent.removeFirst(), at: now) {
            if case .incompatible(let sentence) = event { violations.append(sentence) }
        }
    }
}
