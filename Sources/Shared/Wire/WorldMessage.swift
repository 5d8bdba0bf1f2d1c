public import Topology

/// What a coordinator asks of a simulated cluster behind a socket.
public struct WorldRequest: Hashable, Sendable {
    /// What is asked.
    public enum Kind: Hashable, Sendable {
        /// Where everything is.
        case observe
        /// Move functions; without a node the cluster's own scheduler chooses.
        case move([FunctionName], to: NodeName?)
        /// Give functions so many replicas.
        case scale([FunctionName], replicas: UInt32)
        /// The request to serve next.
        case nextRequest
        /// Run the request of this sequence.
        case run(sequence: UInt64)
        /// Put pressure on a node, in place of what was asked for before.
        case press(WorldPressure)
        /// Take the pressure that was asked for from a node, or from all.
        case relieve(NodeName?)
        /// What pressure has been asked for.
        case pressures
    }

    /// The major version of the protocol that the coordinator speaks.
    public var protocolMajor: UInt32
    /// Chosen by the coordinator; the reply repeats it.
    public var id: UInt64
    /// What is asked.
    public var kind: Kind

    /// A request in this build's protocol version unless told otherwise.
    public init(protocolMajor: UInt32 = WireLimits.protocolMajor, id: UInt64, kind: Kind) {
        self.protocolMajor = protocolMajor
        self.id = id
        self.kind = kind
    }
}

/// Pressure on a node of a simulated cluster.
public struct WorldPressure: Hashable, Sendable {
    /// The node.
    public var node: NodeName
    /// The share of its cores that is taken, 0 to 1.
    public var cpu: Double
    /// The intensity on its last-level cache, 0 to 1.
    public var l3: Double
    /// The intensity on its memory bandwidth, 0 to 1.
    public var memoryBandwidth: Double
    /// How long it lasts, or still lasts, in seconds.
    public var seconds: UInt32

    /// Pressure as described.
    public init(node: NodeName, cpu: Double, l3: Double, memoryBandwidth: Double, seconds: UInt32) {
        self.node = node
        self.cpu = cpu
        self.l3 = l3
        self.memoryBandwidth = memoryBandwidth
        self.seconds = seconds
    }
}

/// What a simulated cluster answers.
public struct WorldReply: Hashable, Sendable {
    /// A worker node.
    public struct Node: Hashable, Sendable {
        /// The node's name.
        public var name: NodeName
        /// Virtual CPUs that functions may use.
        public var virtualCPUs: UInt32
        /// Memory that functions may use, in bytes.
        public var memoryBytes: UInt64

        /// A node as described.
        public init(name: NodeName, virtualCPUs: UInt32, memoryBytes: UInt64) {
            self.name = name
            self.virtualCPUs = virtualCPUs
            self.memoryBytes = memoryBytes
        }
    }

    /// A function with what is known of it.
    public struct Function: Hashable, Sendable {
        /// The function's name.
        public var name: FunctionName
        /// The node it runs on, in a snapshot.
        public var node: NodeName?
        /// Its ready replicas, in a snapshot.
        public var replicas: UInt32?
        /// The seconds spent in it, in an outcome.
        public var seconds: Double?

        /// A function as described.
        public init(name: FunctionName, node: NodeName? = nil, replicas: UInt32? = nil, seconds: Double? = nil) {
            self.name = name
            self.node = node
            self.replicas = replicas
            self.seconds = seconds
        }
    }

    /// Why something was not carried out.
    public enum FailureCode: UInt32, Hashable, Sendable {
        /// A node, function or sequence that is not there.
        case unknownSubject = 1
        /// Understood and declined.
        case refused = 2
        /// The cluster does not answer.
        case unreachable = 3
    }

    /// The answer.
    public enum Kind: Hashable, Sendable {
        /// Where everything is.
        case snapshot(nodes: [Node], functions: [Function])
        /// The functions now run on this node.
        case moved(to: NodeName)
        /// The functions now have their replicas.
        case scaled
        /// The request to serve next, with its latency target in seconds.
        case pending(sequence: UInt64, workflow: WorkflowName, targetSeconds: Double)
        /// There will be no more requests.
        case noMoreRequests
        /// How the request went.
        case outcome(latencySeconds: Double, functions: [Function])
        /// The pressure on nodes that was asked for, or what was taken away.
        case pressures([WorldPressure])
        /// Why it was not carried out, in one sentence.
        case failure(FailureCode, String)
    }

    /// The request's id.
    public var id: UInt64
    /// The answer.
    public var kind: Kind

    /// The reply to request `id`.
    public init(id: UInt64, kind: Kind) {
        self.id = id
        self.kind = kind
    }
}
