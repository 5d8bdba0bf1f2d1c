import Testing
import Topology

@Suite("What is scheduled")
struct SchedulingTopologyTests {
    private func make(
        nodes: [String] = ["a", "b"], functions: [String] = ["f", "g"], units: [[String]] = [["f"]], scaled: [String] = ["g"],
        replicas: Int = 4
    ) throws(TopologyError) -> SchedulingTopology {
        try SchedulingTopology(
            nodes: nodes.map { NodeName($0) }, workflow: WorkflowName("w"), functions: functions.map { FunctionName($0) },
            movableUnits: units.map { MovableUnit(name: $0.joined(), functions: $0.map { FunctionName($0) }) },
            scaledFunctions: scaled.map { FunctionName($0) }, maximumReplicas: replicas)
    }

    @Test func `parts that fit are taken`() throws {
        #expect(try make().nodes.map(\.rawValue) == ["a", "b"])
    }

    @Test func `parts that do not fit are refused by name`() {
        func sentence(_ body: () throws(TopologyError) -> SchedulingTopology) -> String {
            do {
                _ = try body()
                return "taken"
            } catch {
                return error.description
            }
        }
        #expect(sentence { () throws(TopologyError) in try make(nodes: []) }.contains("no nodes"))
        #expect(sentence { () throws(TopologyError) in try make(nodes: ["a", "a"]) }.contains("twice"))
        #expect(sentence { () throws(TopologyError) in try make(functions: []) }.contains("at least one function"))
        #expect(sentence { () throws(TopologyError) in try make(units: [[]]) }.contains("no functions"))
        #expect(sentence { () throws(TopologyError) in try make(units: [["x"]]) }.contains("function x"))
        #expect(sentence { () throws(TopologyError) in try make(scaled: ["y"]) }.contains("function y"))
        #expect(sentence { () throws(TopologyError) in try make(replicas: 0) }.contains("1 or more"))
    }
}
