public import Cluster
public import Learning
public import Topology

extension SchedulingLoop {
    /// What happened outside of the loop.
    public enum Event: Sendable {
        /// A request is waiting to be served.
        case requested(WorkflowRequest)
        /// The cluster and the fresh metrics, as asked for by `Effect.observe`.
        case observed(ClusterSnapshot, [NodeName: NodeMetrics])
        /// The cluster could not be asked; the sentence says why.
        case observationFailed(String)
        /// The policy's answer to `Effect.decide`.
        case chose(PolicyChoice)
        /// The change was carried out; `chosenNode` is the cluster's choice where it had one.
        case changed(chosenNode: NodeName?)
        /// The cluster did not carry the change out; the sentence says why.
        case changeFailed(String)
        /// The request ran to its end.
        case ran(WorkflowOutcome)
        /// The request did not run to its end; the sentence says why.
        case runFailed(String)
    }

    /// What is to be done outside of the loop.
    public enum Effect: Sendable, Equatable {
        /// Ask the cluster where everything is and read a fresh window of these nodes' metrics.
        case observe([NodeName])
        /// Let the policy learn from `closing`, if there is one, and then choose for the observation.
        case decide(Observation, allowed: ActionMask, closing: Transition?)
        /// Change the cluster.
        case change(ClusterChange)
        /// Run the request.
        case run(WorkflowRequest)
        /// The step is over.
        case finish(DecisionRecord)
    }

    /// An event that the loop was not waiting for: a mistake of the code that drives it.
    public struct UnexpectedEvent: Error, CustomStringConvertible {
        /// What came, and what the loop was doing.
        public let description: String
    }
}
