public import Topology

/// Carries calls to functions: implemented by the OpenFaaS gateway.
public protocol FunctionGateway: Sendable {
    /// Calls a function and waits for its own answer, whatever its status. Throws `InvocationFailure` when none came.
    func invoke(_ invocation: Invocation) async throws(InvocationFailure) -> FunctionAnswer

    /// Has a call queued; the answer is sent to `callback`, a URL, once, twice or never. Throws `InvocationFailure`
    /// when the queue did not take it.
    func enqueue(_ invocation: Invocation, callback: String) async throws(InvocationFailure)

    /// What is known of `function`, or nil when it is not deployed. Throws `WorkflowError` when that cannot be told.
    func status(of function: FunctionName) async throws(WorkflowError) -> FunctionStatus?
}

/// A function as the gateway describes it.
public struct FunctionStatus: Hashable, Sendable {
    /// Its name, without the namespace.
    public let name: FunctionName
    /// Its container image.
    public let image: String
    /// Replicas that are wanted.
    public let replicas: Int
    /// Replicas that are ready.
    public let availableReplicas: Int

    /// A function as described.
    public init(name: FunctionName, image: String, replicas: Int, availableReplicas: Int) {
        self.name = name
        self.image = image
        self.replicas = replicas
        self.availableReplicas = availableReplicas
    }
}
