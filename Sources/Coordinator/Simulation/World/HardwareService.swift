public import Logging
public import Measures
public import ServiceLifecycle
public import Topology

/// Keeps the virtual hardware of a test bed's nodes running in real time, so that agents in other processes read moving
/// counters: one tree of registers per node, each stepped by the real time that has passed with what its node does then.
public struct HardwareService: Service {
    /// Nanoseconds between two steps. An agent that samples every 10 ms should find about as many steps in each of its
    /// intervals; with steps of 10 ms it would find none, one or two.
    public static let stepNanoseconds: UInt64 = 1_000_000
    /// Nanoseconds over which one draw of the counters' noise holds: a window of several such times averages them.
    static let noiseNanoseconds: UInt64 = 10_000_000

    private let bed: TestBed
    private let folder: String
    private let seed: UInt64
    private let time: any TimeSource
    private let logger: Logger
    private let onReady: @Sendable ([NodeTree]) -> Void

    /// The place of one node's tree.
    public struct NodeTree: Sendable, Hashable {
        /// The node.
        public let node: NodeName
        /// `--msr-root` of its agent.
        public let msrRoot: String
        /// `--sysfs-root` of its agent.
        public let sysfsRoot: String
        /// `--proc-root` of its agent.
        public let procRoot: String
    }

    /// A service for the nodes of `bed` that the thesis describes hardware for, each tree in a folder of its node's name
    /// under `folder`. `seed` decides the counters' noise; `onReady` is told about the trees once they are there.
    public init(
        bed: TestBed, folder: String, seed: UInt64, time: any TimeSource, logger: Logger,
        onReady: @escaping @Sendable ([NodeTree]) -> Void = { _ in }
    ) {
        self.bed = bed
        self.folder = folder
        self.seed = seed
        self.time = time
        self.logger = logger
        self.onReady = onReady
    }

    /// Steps the hardware until graceful shutdown or cancellation. Throws `VirtualTreeError` when a tree cannot be made.
    public func run() async throws {
        var rack = try HardwareRack(bed: bed, folder: folder, seed: seed)
        logger.info("virtual hardware runs", metadata: ["nodes": "\(rack.trees.count)", "folder": "\(folder)"])
        onReady(rack.trees)
        var last = time.now
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            // A cancelled sleep ends at once, and with it the loop.
            try? await Task.sleep(nanoseconds: Self.stepNanoseconds)
            let now = time.now
            rack.step(nanoseconds: now.nanoseconds(since: last), to: now)
            last = now
        }
    }
}

/// The trees of all nodes with the noise on what they do. Belongs to one task.
struct HardwareRack {
    private struct Slot {
        let tree: VirtualTree
        let node: NodeName
        var noise: HardwareNoise
    }

    private let bed: TestBed
    private var slots: [Slot] = []
    private var noiseUntil = MonotonicInstant(nanoseconds: 0)

    init(bed: TestBed, folder: String, seed: UInt64) throws {
        self.bed = bed
        let known = bed.hardwareActivity()
        for node in NodeHardware.thesisNodes.keys.sorted() {
            guard let hardware = NodeHardware.thesisNodes[node], known[node] != nil else { continue }
            let tree = try VirtualTree(root: "\(folder)/\(node)", hardware: hardware)
            let random = SeededRandom(seed: seed, stream: "hardware/\(node)")
            slots.append(Slot(tree: tree, node: node, noise: HardwareNoise(size: bed.model.parameters.counterNoise, random: random)))
        }
    }

    /// Where the trees are.
    var trees: [HardwareService.NodeTree] {
        slots.map {
            HardwareService.NodeTree(
                node: $0.node, msrRoot: $0.tree.msrRoot, sysfsRoot: $0.tree.sysfsRoot, procRoot: $0.tree.procRoot)
        }
    }

    /// Lets `nanoseconds` pass on every node; `now` decides whether the noise is drawn anew.
    mutating func step(nanoseconds: UInt64, to now: MonotonicInstant) {
        let activity = bed.hardwareActivity()
        let isNoiseDue = now >= noiseUntil
        if isNoiseDue { noiseUntil = now.advanced(byNanoseconds: HardwareService.noiseNanoseconds) }
        for index in slots.indices {
            if isNoiseDue { slots[index].noise.draw() }
            guard let activity = activity[slots[index].node] else { continue }
            slots[index].tree.step(seconds: Double(nanoseconds) * 1e-9, slots[index].noise.applied(to: activity))
        }
    }
}

/// Relative errors on what a node's counters show, each normal with standard deviation `size` and held between draws.
struct HardwareNoise {
    private let size: Double
    private var random: SeededRandom
    private var factors = [Double](repeating: 1, count: 5)

    /// No noise until the first draw.
    init(size: Double, random: SeededRandom) {
        self.size = size
        self.random = random
    }

    /// Draws every error anew.
    mutating func draw() {
        for index in factors.indices { factors[index] = max(0, 1 + size * random.normal()) }
    }

    /// `activity` with the errors; residencies stay within 0 to 1, and misses within references.
    func applied(to activity: HardwareActivity) -> HardwareActivity {
        var noisy = activity
        noisy.utilisation = min(1, activity.utilisation * factors[0])
        noisy.c6Share = min(1 - noisy.utilisation, activity.c6Share)
        noisy.instructionsPerCycle = activity.instructionsPerCycle * factors[1]
        noisy.llcMissesPerSecond = activity.llcMissesPerSecond * factors[2]
        noisy.llcReferencesPerSecond = max(noisy.llcMissesPerSecond, activity.llcReferencesPerSecond * factors[2])
        noisy.memoryReadBytesPerSecond = activity.memoryReadBytesPerSecond * factors[3]
        noisy.memoryWriteBytesPerSecond = activity.memoryWriteBytesPerSecond * factors[4]
        return noisy
    }
}
