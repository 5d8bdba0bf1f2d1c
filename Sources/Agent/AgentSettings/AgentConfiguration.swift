public import Counters
import Registers
public import Settings
public import Topology
public import Uplink
import Wire

/// What an agent is told at start, from a file, from the command line, or from both.
public struct AgentConfiguration: Sendable {
    /// One node that the agent speaks for.
    public struct Node: Hashable, Sendable {
        /// Its name.
        public var name: NodeName
        /// The file with its secret key.
        public var secretKeyPath: String
    }

    /// The node that the whole machine is; nil where the agent speaks for guests alone.
    public var machine: Node?
    /// The guests that are nodes, in the order of their CPUs in `counters.guests`.
    public var guests: [Node]
    /// The coordinator's telemetry address.
    public var coordinator: String
    /// The file with the coordinator's public key.
    public var coordinatorKeyPath: String
    /// Where counters are read.
    public var roots: KernelRoots
    /// How counters are read.
    public var counters: CounterSettings
    /// How samples are sent.
    public var uplink: UplinkSettings
    /// Where metrics are written for node_exporter; nil writes none.
    public var textfilePath: String?
    /// What is read of containers and done to them; nil leaves them alone.
    public var containers: ContainerConfiguration?
    /// One line per value in force, for the log at start.
    public var effectiveLines: [String]

    /// Reads a configuration from YAML text; `overrides` stand for what the text says under their keys. Throws
    /// `SettingsError` for anything that it does not know or cannot use.
    public init(yaml: String, overrides: [SettingsOverride] = []) throws(SettingsError) {
        let file = try SettingsSection.parse(yaml: yaml, overrides: overrides)
        let machine = try Self.machine(file)
        coordinator = try Self.coordinator(file)
        coordinatorKeyPath = try file.string("coordinatorKey")
        let standard = UplinkSettings()
        let range = WireLimits.intervalMilliseconds
        let interval = try file.milliseconds("interval", in: range, default: standard.intervalMilliseconds)
        let slowInterval = try file.milliseconds("slowInterval", in: range, default: 100)
        let source = try file.choice(
            "source", of: SourcePreference.allCases.map(\.rawValue), default: SourcePreference.auto.rawValue)
        let isReadOnly = try file.boolean("readOnly", default: false)
        let claimRecord = try file.optionalString("claimRecord")
        roots = try Self.roots(file)
        let budget = try file.share("budget", in: 0.000_1...1, default: standard.cpuBudget)
        let buffer = try file.bytes("buffer", in: 64 << 10...1 << 30, default: standard.bufferedBytes)
        textfilePath = try Self.textfile(file)
        containers = try ContainerConfiguration.read(file)
        let guests = try GuestConfiguration.read(file)
        try file.finish()

        self.machine = machine
        self.guests = guests.map { Node(name: $0.name, secretKeyPath: $0.secretKeyPath) }
        let nodeCount = guests.count + (machine == nil ? 0 : 1)
        guard nodeCount > 0 else { throw SettingsError("node is missing: it must be set, or guests must be listed") }
        guard containers == nil || machine != nil else {
            throw SettingsError("containers is set, but node is missing: containers are those of the machine itself")
        }
        guard !guests.contains(where: { $0.name == machine?.name }) else {
            throw SettingsError("node and a guest have the same name: each node must have its own")
        }
        counters = CounterSettings(
            preference: SourcePreference(rawValue: source) ?? .auto, isReadOnly: isReadOnly,
            periods: SamplingPeriods(tick: Double(interval) / 1_000, slow: Double(slowInterval) / 1_000),
            claimRecord: claimRecord, guests: guests.map { CPUView.cpus($0.cpus) })
        uplink = UplinkSettings(
            intervalMilliseconds: interval, cpuBudget: budget, bufferedBytes: buffer / nodeCount)
        effectiveLines = file.effectiveLines()
    }

    /// The nodes that the agent speaks for: the machine, if it is one, and then the guests.
    public var nodes: [Node] { [machine].compactMap { $0 } + guests }

    private static func machine(_ file: SettingsSection) throws(SettingsError) -> Node? {
        guard let name = try file.optionalString("node") else {
            guard try file.optionalString("key") == nil else { throw SettingsError("key is set, but node is missing") }
            return nil
        }
        guard let node = NodeName(validating: name) else {
            throw SettingsError(
                "\(file.name(of: "node")) is \"\(name)\": allowed is a Kubernetes node name in lower case")
        }
        return Node(name: node, secretKeyPath: try file.string("key"))
    }

    private static func coordinator(_ file: SettingsSection) throws(SettingsError) -> String {
        let address = try file.string("coordinator")
        guard address.hasPrefix("tcp://") || address.hasPrefix("ipc://") else {
            throw SettingsError(
                "\(file.name(of: "coordinator")) is \"\(address)\": allowed is tcp://HOST:PORT or ipc://PATH")
        }
        return address
    }

    private static func roots(_ file: SettingsSection) throws(SettingsError) -> KernelRoots {
        let standard = KernelRoots()
        return KernelRoots(
            msr: try file.string("msrRoot", default: standard.msr),
            sysfs: try file.string("sysfsRoot", default: standard.sysfs),
            proc: try file.string("procRoot", default: standard.proc))
    }

    private static func textfile(_ file: SettingsSection) throws(SettingsError) -> String? {
        guard let path = try file.optionalString("textfile") else { return nil }
        guard path.hasSuffix(".prom") else {
            throw SettingsError(
                "\(file.name(of: "textfile")) is \"\(path)\": allowed is a name that ends in .prom, for node_exporter reads no other")
        }
        return path
    }
}
