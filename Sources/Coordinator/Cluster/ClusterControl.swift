public import Topology

/// The cluster's levers: implemented by the simulated test bed and by Kubernetes. Every call returns once the change
/// serves requests, so that what is measured afterwards was measured under it.
public protocol ClusterControl: Sendable {
    /// Where everything is now. Throws `ClusterError` when the cluster cannot be asked.
    func observe() async throws -> ClusterSnapshot

    /// Moves `functions` to `node`. Throws `ClusterError` when the cluster refuses; the functions then stay where they were.
    func move(_ functions: [FunctionName], to node: NodeName) async throws

    /// Takes `functions` from their node and lets the cluster's own scheduler choose where they go; returns its choice.
    func reschedule(_ functions: [FunctionName]) async throws -> NodeName

    /// Gives each of `functions` `replicas` replicas, at least one.
    func scale(_ functions: [FunctionName], to replicas: Int) async throws
}

/// A change or question that the cluster did not carry out: what, where and what is allowed, in one sentence.
public struct ClusterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private let name: String
        /// The node, function or workflow is not known to the cluster.
        public static let unknownSubject = Code(name: "unknownSubject")
        /// The cluster understood and declined.
        public static let refused = Code(name: "refused")
        /// The cluster did not answer.
        public static let unreachable = Code(name: "unreachable")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence.
    public let description: String

    /// An error of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        description = sentence
    }
}
