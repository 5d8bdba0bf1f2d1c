import Testing
import Topology
import Workflows

@Suite struct WorkflowGraphTests {
    private func call(_ id: String, after predecessors: String...) -> WorkflowStep {
        WorkflowStep(
            id: StepID(id), after: predecessors.map { StepID($0) },
            work: .call(FunctionCall(function: FunctionName(id))))
    }

    private func problem(_ steps: [WorkflowStep]) throws -> String {
        let error = try #require(throws: WorkflowError.self) {
            _ = try WorkflowGraph(name: WorkflowName("video"), steps: steps)
        }
        #expect(error.code == .invalid)
        return error.description
    }

    @Test func twoStepsOfOneNameAreRefused() throws {
        #expect(
            try problem([call("cut"), call("cut")])
                == "workflow video has two steps called cut: each step needs a name of its own")
    }

    @Test func aStepThatWaitsForNoneBesideItIsRefused() throws {
        #expect(
            try problem([call("cut"), call("detect", after: "frames")])
                == "workflow video, step detect waits for frames, which is none of the steps beside it: allowed are cut"
        )
    }

    @Test func stepsOfAnElementCannotWaitForStepsOutside() throws {
        let inner = WorkflowStep(
            id: StepID("each"), work: .forEach(ForEach(items: .whole, steps: [call("x", after: "cut")])))
        #expect(
            try problem([call("cut"), inner]).hasPrefix(
                "workflow video, step each, step x waits for cut, which is none"))
    }

    @Test func aCircleIsNamedInTheOrderOfTheWork() throws {
        let steps = [
            call("a"), call("b", after: "a", "d"), call("c", after: "b"), call("d", after: "c"), call("e", after: "d"),
        ]
        #expect(
            try problem(steps)
                == "workflow video goes round in a circle: b -> c -> d -> b: a step may not wait for itself")
        #expect(
            try problem([call("a", after: "a")])
                == "workflow video goes round in a circle: a -> a: a step may not wait for itself")
    }

    @Test func aWorkflowWithoutStepsIsRefused() throws {
        #expect(try problem([]) == "workflow video has no steps: it needs at least one")
        let empty = WorkflowStep(id: StepID("each"), work: .forEach(ForEach(items: .whole, steps: [])))
        #expect(try problem([empty]) == "workflow video, step each has no steps: it needs at least one")
    }

    @Test func tooManyStepsAreRefusedAndAsManyAsAllowedAreNot() throws {
        let steps = (0...WorkflowGraph.maximumSteps).map { call("s\($0)") }
        #expect(try problem(steps) == "workflow video has 257 steps: allowed are at most 256")
        _ = try WorkflowGraph(name: WorkflowName("video"), steps: Array(steps.dropLast()))
    }

    @Test func aFunctionThatIsNotDeployedIsNamedWithItsStep() throws {
        let each = WorkflowStep(
            id: StepID("each"), after: [StepID("cut")], work: .forEach(ForEach(items: .whole, steps: [call("look")])))
        let graph = try WorkflowGraph(name: WorkflowName("video"), steps: [call("cut"), each])
        #expect(graph.functions == [FunctionName("cut"), FunctionName("look")])
        try graph.check(functions: [FunctionName("cut"), FunctionName("look"), FunctionName("more")])
        let error = try #require(throws: WorkflowError.self) { try graph.check(functions: [FunctionName("cut")]) }
        #expect(error.code == .unknownSubject)
        #expect(
            error.description == "workflow video, step each.look: function look is not deployed: deployed are cut")
    }
}
