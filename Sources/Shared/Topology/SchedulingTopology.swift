/// Functions of a workflow that always move together.
public struct MovableUnit: Hashable, Sendable, Codable {
    /// What people call the unit, as in "move models to w02".
    public let name: String
    /// The functions that move; never empty in a `SchedulingTopology`.
    public let functions: [FunctionName]

    /// A unit of `functions` under `name`.
    public init(name: String, functions: [FunctionName]) {
        self.name = name
        self.functions = functions
    }
}

/// What a scheduler may decide about: the nodes, the workflow's functions, which of them move together, which are
/// replicated and how far. Observation and action spaces are generated from it.
public struct SchedulingTopology: Hashable, Sendable, Codable {
    /// Worker nodes in the order in which observations and actions number them.
    public let nodes: [NodeName]
    /// The workflow that is scheduled.
    public let workflow: WorkflowName
    /// Every function of the workflow, movable or not, in the order in which observations list their locations.
    public let functions: [FunctionName]
    /// What an action may move.
    public let movableUnits: [MovableUnit]
    /// The functions whose replica count an action may change (the thesis' "models"); they share one count.
    public let scaledFunctions: [FunctionName]
    /// The largest replica count (Rs of eq. 5.1).
    public let maximumReplicas: Int

    /// Checks that the parts fit together; throws `TopologyError` naming the first that does not.
    public init(
        nodes: [NodeName], workflow: WorkflowName, functions: [FunctionName], movableUnits: [MovableUnit],
        scaledFunctions: [FunctionName], maximumReplicas: Int
    ) throws(TopologyError) {
        guard !nodes.isEmpty else {
            throw TopologyError("the topology of workflow \(workflow) has no nodes: at least one is needed")
        }
        guard Set(nodes).count == nodes.count else {
            throw TopologyError("the topology of workflow \(workflow) names a node twice: each may stand once")
        }
        guard !functions.isEmpty, Set(functions).count == functions.count else {
            throw TopologyError("workflow \(workflow) needs at least one function and may name each only once")
        }
        guard maximumReplicas >= 1 else {
            throw TopologyError("workflow \(workflow) has maximum replicas \(maximumReplicas): allowed is 1 or more")
        }
        for unit in movableUnits where unit.functions.isEmpty {
            throw TopologyError("movable unit \(unit.name) of workflow \(workflow) has no functions: at least one is needed")
        }
        let known = Set(functions)
        for function in movableUnits.flatMap(\.functions) + scaledFunctions where !known.contains(function) {
            throw TopologyError("function \(function) is moved or scaled but is not one of workflow \(workflow)'s functions")
        }
        self.nodes = nodes
        self.workflow = workflow
        self.functions = functions
        self.movableUnits = movableUnits
        self.scaledFunctions = scaledFunctions
        self.maximumReplicas = maximumReplicas
    }
}
