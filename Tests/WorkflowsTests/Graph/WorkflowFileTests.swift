import Foundation
import Testing
import Topology
import Workflows

@Suite struct WorkflowFileTests {
    @Test func theExampleIsTheWorkflowOfTheThesis() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let yaml = try String(contentsOf: root.appending(path: "examples/workflows/video.yaml"), encoding: .utf8)
        let graph = try WorkflowGraph(yaml: yaml)
        #expect(graph.name == WorkflowName("video"))
        #expect(graph.timeoutNanoseconds == 300_000_000_000)
        #expect(graph.steps.map(\.id.rawValue) == ["accept", "cut", "frames", "output"])
        #expect(
            graph.steps[1].work
                == .call(
                    FunctionCall(
                        function: FunctionName("framer"), timeoutNanoseconds: 120_000_000_000, retries: 2,
                        retryDelayNanoseconds: 1_000_000_000)))
        guard case .forEach(let frames) = graph.steps[2].work else {
            Issue.record("frames is no foreach")
            return
        }
        #expect(frames.items.description == "/frames")
        #expect(frames.width == 8)
        #expect(frames.steps.map(\.id.rawValue) == ["detect", "analyse", "classify"])
        let faces = try #require(JSONPointer("/faces"))
        #expect(
            frames.steps.map(\.condition) == [nil, StepCondition(faces, .above(0)), StepCondition(faces, .below(1))])
        #expect(
            graph.functions.map(\.rawValue).sorted() == [
                "faceanalyzer", "facedetector", "framer", "mobilenet", "outputer", "wrapper",
            ])
    }

    @Test(arguments: [
        ("steps: [{id: a, function: f}]", "name is missing: it must be set"),
        ("name: w\nsteps: [{function: f}]", "steps[0].id is missing: it must be set"),
        ("name: w\nsteps: [{id: A b, function: f}]", "steps[0].id is \"A b\": allowed are 1 to 63 of a-z, 0-9 and -"),
        ("name: w\nsteps: [{id: a}]", "steps[0] has neither function nor foreach: it must have one of them"),
        (
            "name: w\nsteps: [{id: a, function: f, foreach: {steps: []}}]",
            "steps[0] has both function and foreach: allowed is one of them"
        ),
        (
            "name: w\nsteps: [{id: a, function: f, retry: 2}]",
            "unknown key steps[0].retry: allowed in section steps[0] is"
        ),
        ("name: w\nsteps: [{id: a, function: f, mode: queued}]", "steps[0].mode is \"queued\": allowed is sync, async"),
        (
            "name: w\nsteps: [{id: a, function: f, timeout: 0s}]",
            "steps[0].timeout is 0s: allowed is a duration from 1ms to"
        ),
        (
            "name: w\nsteps: [{id: a, function: f, when: {value: x}}]",
            "steps[0].when.value is \"x\": allowed is a JSON pointer"
        ),
        (
            "name: w\nsteps: [{id: a, function: f, when: {value: /x}}]",
            "steps[0].when has 0 tests: it must have one of equals"
        ),
        (
            "name: w\nsteps: [{id: a, function: f, when: {above: 1, below: 3}}]",
            "steps[0].when has 2 tests: it must have one of equals"
        ),
        (
            "name: w\nsteps: [{id: a, function: f, when: {above: many}}]",
            "steps[0].when.above is \"many\": allowed is any number"
        ),
        (
            "name: w\nsteps: [{id: a, foreach: {width: 0, steps: [{id: b, function: f}]}}]",
            "steps[0].foreach.width is 0: allowed is a whole number from 1 to 1000"
        ),
        ("name: w\nsteps: 3", "steps must be a list of sections"),
        ("[", "the configuration is not valid YAML"),
    ])
    func whatCannotBeReadIsNamed(yaml: String, sentence: String) throws {
        let error = try #require(throws: WorkflowError.self) { _ = try WorkflowGraph(yaml: yaml) }
        #expect(error.code == .invalid)
        #expect(error.description.hasPrefix("the workflow cannot be read: \(sentence)"))
    }
}
