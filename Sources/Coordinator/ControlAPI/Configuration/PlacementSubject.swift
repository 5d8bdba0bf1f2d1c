import Placement
public import Settings
public import Topology

/// What is placed, as the section `placement` says it: the parts of a topology, of which a workflow's description may
/// have to fill in some.
public struct PlacementSubject: Hashable, Sendable {
    /// The workflow of the thesis, whose functions, units and replicas are known without a description.
    static let thesisWorkflow = "video-analytics"

    /// The workflow.
    public var workflow: WorkflowName
    private var functions: [FunctionName]?
    private var units: [MovableUnit]?
    private var scaled: [FunctionName]?
    private var maximumReplicas: Int

    init(_ section: SettingsSection) throws(SettingsError) {
        workflow = WorkflowName(try section.string("workflow", default: Self.thesisWorkflow))
        functions = try section.functions("functions")
        units = try section.section("units").map { section throws(SettingsError) in
            var units: [MovableUnit] = []
            for name in section.keys {
                units.append(MovableUnit(name: name, functions: try section.functions(name) ?? []))
            }
            return units
        }
        scaled = try section.functions("scaled")
        maximumReplicas = try section.integer("maximumReplicas", in: 1...10_000, default: 8)
        try check(section.path)
    }

    /// What is decided about on `nodes`, where `described` are the functions of the workflow by its description, in its
    /// order; nil without one. Throws `SettingsError` when the parts do not fit together.
    ///
    /// What is not said: all functions of the description, each a unit of its own, none scaled; of the thesis' workflow
    /// what the thesis has.
    public func topology(
        on nodes: [NodeName], described: [FunctionName]?
    ) throws(SettingsError) -> SchedulingTopology {
        if isThesis {
            let thesis = try fitting("placement.nodes") { () throws(TopologyError) in
                try SchedulingTopology.videoAnalytics(nodes: nodes, maximumReplicas: maximumReplicas)
            }
            // A description of that name may be of something else.
            if described.map({ Set($0).isSuperset(of: thesis.functions) }) ?? true { return thesis }
        }
        guard let functions = functions ?? described else {
            throw SettingsError(
                "placement.workflow is \(workflow), which has no description: allowed is one of those in "
                    + "workflows.folder, or placement.functions beside it")
        }
        if let described, let stranger = functions.first(where: { !described.contains($0) }) {
            throw SettingsError(
                "placement.functions names \(stranger), which workflow \(workflow) does not call: allowed is "
                    + described.map(\.rawValue).joined(separator: ", "))
        }
        return try fitting("placement") { () throws(TopologyError) in
            try SchedulingTopology(
                nodes: nodes, workflow: workflow, functions: functions,
                movableUnits: units ?? functions.map { MovableUnit(name: $0.rawValue, functions: [$0]) },
                scaledFunctions: scaled ?? [], maximumReplicas: maximumReplicas)
        }
    }

    /// Throws `SettingsError` when the parts do not fit together, whatever the nodes are.
    func check(described: [FunctionName]?) throws(SettingsError) {
        _ = try topology(on: [NodeName("any")], described: described)
    }

    private var isThesis: Bool {
        workflow.rawValue == Self.thesisWorkflow && functions == nil && units == nil && scaled == nil
    }

    /// What can be told without a description.
    private func check(_ path: String) throws(SettingsError) {
        var owners: [FunctionName: String] = [:]
        for unit in units ?? [] {
            for function in unit.functions {
                if let other = owners.updateValue(unit.name, forKey: function) {
                    throw SettingsError(
                        "\(path).units: function \(function) is in \(other) and in \(unit.name): it may be in one unit")
                }
            }
        }
        if isThesis || functions != nil { try check(described: functions) }
    }

    private func fitting<Success>(
        _ key: String, _ body: () throws(TopologyError) -> Success
    ) throws(SettingsError) -> Success {
        do {
            return try body()
        } catch {
            throw SettingsError("\(key): \(error.description)")
        }
    }
}

extension SettingsSection {
    fileprivate func functions(_ key: String) throws(SettingsError) -> [FunctionName]? {
        keys.contains(key) ? try strings(key).map { FunctionName($0) } : nil
    }
}
