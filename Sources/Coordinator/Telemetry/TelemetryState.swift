public import Measures
public import Topology
public import Wire

/// The latest state of all nodes: a pure value, changed by what agents send.
public struct TelemetryState: Sendable {
    /// What became of messages that belong to no node's own counts.
    public struct Counts: Hashable, Sendable, Codable {
        /// Messages whose sender's key is not that of the node they name.
        public var wrongNode: UInt64 = 0
        /// Hellos of another major protocol version.
        public var wrongVersion: UInt64 = 0
        /// Connections refused because their key is not allowed.
        public var refusedConnections: UInt64 = 0
        /// Messages refused because their connection's key is no longer allowed.
        public var revokedMessages: UInt64 = 0
        /// Bytes that were no message.
        public var malformed: UInt64 = 0
        /// Batches of a node, incarnation or table that no hello had announced.
        public var unannounced: UInt64 = 0
    }

    /// The time limits in force.
    public let settings: TelemetrySettings
    /// What became of messages that belong to no node.
    public private(set) var counts = Counts()
    /// How often nodes are to be sampled.
    public private(set) var intervalOrders: IntervalOrders
    /// What nodes' containers use.
    public private(set) var containers = ContainerReports()
    private var nodes: [NodeName: NodeTelemetry] = [:]

    /// Knows no node yet.
    public init(settings: TelemetrySettings) {
        self.settings = settings
        intervalOrders = IntervalOrders(forAll: settings.intervalMilliseconds)
    }

    /// Orders an interval for one node, or for all and those to come.
    mutating func order(intervalMilliseconds: UInt32, of node: NodeName?) {
        intervalOrders.order(milliseconds: intervalMilliseconds, of: node)
    }

    /// The nodes that have said hello, by name.
    public var knownNodes: [NodeTelemetry] { nodes.values.sorted { $0.node < $1.node } }

    /// What is held of `node`, nil when it has never said hello.
    public subscript(node: NodeName) -> NodeTelemetry? { nodes[node] }

    /// Takes one message that arrived `at` this instant from the connection of key file `sender`; returns what to answer.
    public mutating func receive(
        _ message: AgentMessage, from sender: String, at now: MonotonicInstant
    ) -> CoordinatorMessage {
        take(message, from: sender, at: now).answer
    }

    /// As `receive`, and returns beside the answer the columns of a batch that was taken for the first time.
    mutating func take(
        _ message: AgentMessage, from sender: String, at now: MonotonicInstant
    ) -> (answer: CoordinatorMessage, columns: ColumnTable?) {
        switch message {
        case .hello(let hello):
            if let refusal = refusal(ofNode: hello.node, sender: sender) { return (.refusal(refusal), nil) }
            return (receive(hello), nil)
        case .batch(let batch):
            if let refusal = refusal(ofNode: batch.node, sender: sender) { return (.refusal(refusal), nil) }
            return receive(batch, at: now)
        }
    }

    /// Takes a report on containers that arrived `at` this instant from the connection of key file `sender`; false when
    /// that key may not speak for the node.
    public mutating func receive(_ report: ContainerReport, from sender: String, at now: MonotonicInstant) -> Bool {
        guard mayReport(on: report.node, sender) else { return false }
        containers.receive(report, at: now)
        return true
    }

    /// Whether the key file `sender` may report on `node`; counts it when it may not.
    mutating func mayReport(on node: NodeName, _ sender: String) -> Bool {
        refusal(ofNode: node, sender: sender) == nil
    }

    /// Counts bytes that were no message; returns what to answer.
    public mutating func receiveMalformed(_ error: WireError) -> CoordinatorMessage {
        counts.malformed += 1
        return .refusal(Refusal(.malformed, error.description))
    }

    /// Notes how many connections and messages the transport has refused since its start.
    public mutating func noteRefusals(connections: UInt64, messages: UInt64) {
        counts.refusedConnections = connections
        counts.revokedMessages = messages
    }

    private mutating func refusal(ofNode node: NodeName, sender: String) -> Refusal? {
        guard node.rawValue == sender else {
            counts.wrongNode += 1
            return Refusal(.nodeNotAllowed, "key \(sender) may not speak for node \(node): allowed is node \(sender)")
        }
        return nil
    }

    private mutating func receive(_ hello: Hello) -> CoordinatorMessage {
        guard hello.protocolMajor == WireLimits.protocolMajor else {
            counts.wrongVersion += 1
            return .refusal(
                Refusal(
                    .protocolVersion,
                    "agent of \(hello.node) speaks protocol \(hello.protocolMajor).\(hello.protocolMinor): "
                        + "allowed is \(WireLimits.protocolMajor).x"))
        }
        guard hello.oldestSequence >= 1 else {
            counts.malformed += 1
            return .refusal(Refusal(.malformed, "hello of \(hello.node) has oldest sequence 0: allowed is 1 or more"))
        }
        if nodes[hello.node] == nil {
            nodes[hello.node] = NodeTelemetry(hello: hello, settings: settings)
        } else {
            nodes[hello.node]?.take(hello)
        }
        return .ack(incarnation: hello.incarnation, sequence: nodes[hello.node]?.lastSequence ?? 0)
    }

    private mutating func receive(
        _ batch: Batch, at now: MonotonicInstant
    ) -> (answer: CoordinatorMessage, columns: ColumnTable?) {
        let verdict = nodes[batch.node]?.take(batch, at: now)
        switch verdict {
        case .accepted, .duplicate, .early:
            let answer = CoordinatorMessage.ack(
                incarnation: batch.incarnation, sequence: nodes[batch.node]?.lastSequence ?? 0)
            return (answer, verdict == .accepted ? nodes[batch.node]?.columns : nil)
        case .helloNeeded, nil:
            counts.unannounced += 1
            let sentence = "batch \(batch.sequence) of \(batch.node) came before a hello that announces its table"
            return (.refusal(Refusal(.helloNeeded, sentence)), nil)
        }
    }

    /// How long the most patient of `nodes` may be silent before it counts as unknown, in nanoseconds.
    func unknownAfterNanoseconds(of nodes: [NodeName]) -> UInt64 {
        nodes.compactMap { self[$0]?.unknownAfterNanoseconds(settings) }.max() ?? settings.unknownAfterNanoseconds
    }

    /// What is known of `node` over `start` and later; nil while its window is not full yet.
    public func window(of node: NodeName, from start: MonotonicInstant, at now: MonotonicInstant) -> NodeMetrics? {
        guard let telemetry = nodes[node] else { return .unknown(reason: "\(node) has never said hello") }
        return telemetry.window(from: start, at: now, settings: settings)
    }
}
