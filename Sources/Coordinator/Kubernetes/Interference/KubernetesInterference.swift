public import Cluster
public import Topology

/// Puts pressure on the nodes of a cluster: for each a Job with stress-ng, which ends by itself.
public struct KubernetesInterference: InterferenceControl {
    /// Where the Jobs go and what they run.
    public struct Settings: Hashable, Sendable {
        /// The namespace.
        public var namespace: String
        /// The image, which must have a program stress-ng; nil for none, and then there is no pressure.
        public var image: String?

        /// Settings as described.
        public init(namespace: String, image: String?) {
            self.namespace = namespace
            self.image = image
        }
    }

    private let client: KubernetesClient
    private let settings: Settings
    /// 32 bits that tell one Job's name from another's.
    private let randomBits: @Sendable () -> UInt32

    /// Interference through `client`; `randomBits` tells the names of Jobs apart.
    public init(
        client: KubernetesClient, settings: Settings,
        randomBits: @escaping @Sendable () -> UInt32 = { .random(in: .min ... .max) }
    ) {
        self.client = client
        self.settings = settings
        self.randomBits = randomBits
    }

    /// Makes a Job for `interference` and removes those that were on its node. Returns once the Job is there; its pod
    /// follows when the scheduler finds the node fit. Throws `ClusterError`.
    public func press(_ interference: Interference) async throws {
        guard let image = settings.image else {
            throw ClusterError(
                .refused,
                "pressure on \(interference.node) is refused: it takes an image with stress-ng, which cluster.stressImage names")
        }
        try await translating {
            let node = try await node(interference.node)
            let before = try await jobs(on: interference.node)
            let name = "reeve-interference-" + String(randomBits(), radix: 16)
            guard let allocatable = node.status.allocatable?["cpu"]?.milli, allocatable > 0 else {
                throw ClusterError(.refused, "node \(interference.node) does not say how many cores it has")
            }
            let cores = Double(allocatable) / 1_000
            try await client.create(
                .jobs, InterferenceJob(interference, name: name, image: image, cores: cores),
                in: settings.namespace)
            try await remove(before)
        }
    }

    /// What is on the nodes; Jobs that have ended are not, though they may still be there. Throws `ClusterError`.
    public func pressures() async throws -> [Interference] {
        try await translating {
            let jobs = try await jobs(on: nil)
            return jobs.filter { !$0.hasEnded }.compactMap(\.interference).sorted { $0.node < $1.node }
        }
    }

    /// Removes the Jobs on `node`, or all of them, with their pods. Throws `ClusterError`.
    public func relieve(_ node: NodeName?) async throws -> [NodeName] {
        try await translating {
            let jobs = try await jobs(on: node)
            try await remove(jobs)
            return Set(jobs.filter { !$0.hasEnded }.compactMap { $0.interference?.node }).sorted()
        }
    }

    private func node(_ name: NodeName) async throws(KubernetesError) -> Node {
        try await client.get(.nodes, named: name.rawValue)
    }

    private func jobs(on node: NodeName?) async throws(KubernetesError) -> [InterferenceJob] {
        let selection = ObjectSelection(namespace: settings.namespace, labels: "\(InterferenceJob.label)=true")
        let jobs: [InterferenceJob] = try await client.list(.jobs, selection)
        return node == nil ? jobs : jobs.filter { $0.interference?.node == node }
    }

    private func remove(_ jobs: [InterferenceJob]) async throws(KubernetesError) {
        for job in jobs {
            do throws(KubernetesError) {
                try await client.delete(
                    .jobs, named: job.metadata.name, in: settings.namespace, uid: job.metadata.uid)
            } catch {
                // Somebody else, or the cluster itself, was quicker.
                guard error.code == .notFound || error.code == .conflict else { throw error }
            }
        }
    }

    private func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as KubernetesError {
            throw FunctionMapper.failure(error)
        }
    }
}
