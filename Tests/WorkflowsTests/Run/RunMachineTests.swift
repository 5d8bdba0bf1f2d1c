import Measures
import Testing
import Topology
import Workflows

/// A run in a test: what it wants sent, by step's function, and how it ended.
struct Rehearsal {
    var machine: RunMachine
    var sent: [Invocation]
    var ends: [RunEnd] = []
    var now: UInt64 = 0

    init(_ yaml: String, input: String = #"{"in":1}"#) throws {
        let (machine, actions) = RunMachine.start(
            try WorkflowGraph(yaml: yaml), as: RunID(rawValue: "r1"), input: Array(input.utf8), at: Self.at(0))
        self.machine = machine
        sent = []
        take(actions)
    }

    static func at(_ seconds: UInt64) -> MonotonicInstant { MonotonicInstant(nanoseconds: seconds * 1_000_000_000) }

    mutating func take(_ actions: [RunAction]) {
        for action in actions {
            switch action {
            case .invoke(let invocation): sent.append(invocation)
            case .finish(let end): ends.append(end)
            }
        }
    }

    mutating func handle(_ event: RunEvent) { take(machine.handle(event, at: Self.at(now))) }

    mutating func answer(_ invocation: Invocation, _ text: String, status: Int = 200, functionSeconds: Double? = nil) {
        handle(
            .answered(
                invocation.attempt,
                FunctionAnswer(status: status, body: Array(text.utf8), functionSeconds: functionSeconds)))
    }

    /// Answers the newest request to `function`.
    mutating func answer(_ function: String, _ text: String, status: Int = 200) throws {
        answer(try newest(function), text, status: status)
    }

    func newest(_ function: String) throws -> Invocation {
        try #require(sent.last { $0.call.function == FunctionName(function) })
    }

    /// The functions asked so far, in order.
    var functions: [String] { sent.map(\.call.function.rawValue) }

    func input(_ function: String) throws -> String { String(decoding: try newest(function).input, as: UTF8.self) }
}

extension RunEnd {
    var text: String {
        switch self {
        case .completed(let output): String(decoding: output, as: UTF8.self)
        case .failed(let sentence): "failed: \(sentence)"
        case .cancelled(let reason): "cancelled: \(reason)"
        }
    }
}

@Suite struct RunMachineTests {
    @Test func aSequenceHandsEachOutputOn() throws {
        var run = try Rehearsal("name: w\nsteps: [{id: b, after: [a], function: g}, {id: a, function: f}]")
        #expect(run.functions == ["f"])
        #expect(try run.input("f") == #"{"in":1}"#)
        run.now = 2
        try run.answer("f", "plain text")
        #expect(run.functions == ["f", "g"])
        #expect(try run.input("g") == "plain text")
        #expect(run.ends.isEmpty)
        run.now = 5
        try run.answer("g", "done")
        #expect(run.ends.map(\.text) == ["done"])
        #expect(run.machine.end == run.ends[0])
        #expect(run.machine.nextDeadline == nil)
        #expect(run.machine.spans.map(\.step) == ["a", "b"])
        #expect(run.machine.spans.map { $0.end.seconds(since: $0.start) } == [2, 3])
    }

    @Test func stepsThatDoNotWaitForOneAnotherRunInParallelAndAreJoined() throws {
        var run = try Rehearsal(
            "name: w\nsteps: [{id: a, function: f}, {id: b, function: g}, {id: c, after: [a, b], function: h}]")
        #expect(run.functions == ["f", "g"])
        try run.answer("g", #"{"x": 2}"#)
        #expect(run.functions == ["f", "g"])
        try run.answer("f", "[1]")
        #expect(try run.input("h") == #"{"a":[1],"b":{"x":2}}"#)
    }

    @Test func aBranchThatIsNotTakenIsMissingFromTheJoin() throws {
        var run = try Rehearsal(
            """
            name: w
            steps:
              - {id: look, function: detector}
              - {id: yes, after: [look], when: {value: /faces, above: 0}, function: analyzer}
              - {id: no, after: [look], when: {value: /faces, equals: 0}, function: classifier}
              - {id: after-no, after: [no], function: never}
              - {id: all, after: [yes, no, after-no], function: writer}
            """)
        try run.answer("detector", #"{"faces":3}"#)
        #expect(run.functions == ["detector", "analyzer"])
        try run.answer("analyzer", #""smiles""#)
        #expect(run.functions == ["detector", "analyzer", "writer"])
        #expect(try run.input("writer") == #"{"yes":"smiles"}"#)
    }

    @Test func aWorkflowWhoseLastStepIsNotTakenHasNoOutput() throws {
        let run = try Rehearsal("name: w\nsteps: [{id: a, when: {value: /go, equals: yes}, function: f}]")
        #expect(run.functions.isEmpty)
        #expect(run.ends.map(\.text) == ["null"])
    }

    @Test func aForeachKeepsItsWidthAndTheOrderOfItsElements() throws {
        var run = try Rehearsal(
            "name: w\nsteps: [{id: e, foreach: {items: /list, width: 2, steps: [{id: a, function: f}]}}]",
            input: #"{"list":["x","y","z"]}"#)
        #expect(run.sent.map { String(decoding: $0.input, as: UTF8.self) } == [#""x""#, #""y""#])
        run.answer(run.sent[1], "2")
        #expect(run.sent.count == 3)
        run.answer(run.sent[2], "3")
        #expect(run.ends.isEmpty)
        run.answer(run.sent[0], "1")
        #expect(run.ends.map(\.text) == ["[1,2,3]"])
        #expect(run.machine.spans.map(\.step) == ["e[1].a", "e[2].a", "e[0].a"])
    }

    @Test func elementsMayHaveBranchesAndRepetitionsOfTheirOwn() throws {
        var run = try Rehearsal(
            """
            name: w
            steps:
              - id: outer
                foreach:
                  steps:
                    - {id: odd, when: {value: /n, equals: 1}, function: f}
                    - id: inner
                      when: {value: /list, present: true}
                      foreach: {items: /list, steps: [{id: a, function: g}]}
            """, input: #"[{"n":1},{"n":2,"list":[7,8]},{"n":3},{"n":4,"list":[]}]"#)
        #expect(run.functions == ["f", "g", "g"])
        run.answer(run.sent[0], "10")
        run.answer(run.sent[2], "80")
        run.answer(run.sent[1], "70")
        #expect(run.ends.map(\.text) == [#"[{"odd":10},{"inner":[70,80]},{},{"inner":[]}]"#])
        #expect(run.machine.spans.map(\.step) == ["outer[0].odd", "outer[1].inner[1].a", "outer[1].inner[0].a"])
    }

    @Test func thousandsOfElementsThatNeedNothingEndAtOnce() throws {
        let list = "[" + repeatElement("0", count: RunMachine.maximumElements).joined(separator: ",") + "]"
        let yaml = "name: w\nsteps: [{id: e, foreach: {width: 1, steps: [{id: a, when: {equals: 1}, function: f}]}}]"
        let run = try Rehearsal(yaml, input: list)
        #expect(run.functions.isEmpty)
        #expect(run.ends.count == 1)
        let more = try Rehearsal(yaml, input: "[0," + list.dropFirst())
        #expect(
            more.ends.map(\.text).first?.hasPrefix("failed: step e cannot begin: 10001 elements are too many") == true)
    }

    @Test(arguments: [
        (#"{"list":3}"#, "step e cannot begin: /list of its input is no array, which foreach needs"),
        ("{}", "step e cannot begin: /list of its input is no array, which foreach needs"),
        ("frames", "step e cannot begin: its input is no JSON, which foreach needs"),
    ])
    func whatAForeachCannotGoThroughEndsTheRun(input: String, sentence: String) throws {
        let run = try Rehearsal(
            "name: w\nsteps: [{id: e, foreach: {items: /list, steps: [{id: a, function: f}]}}]", input: input)
        #expect(run.ends == [.failed(sentence)])
        #expect(run.sent.isEmpty)
    }

    @Test func anOutputThatCannotBeJoinedEndsTheRun() throws {
        var run = try Rehearsal(
            "name: w\nsteps: [{id: a, function: f}, {id: b, function: g}, {id: c, after: [a, b], function: h}]")
        try run.answer("f", "text")
        try run.answer("g", "1")
        #expect(
            run.ends == [
                .failed("step c cannot begin: the output of step a is no JSON, which joining several steps needs")
            ])
    }

    @Test func theSecondsOfAFunctionAreThoseDuringWhichItWasOpen() throws {
        var run = try Rehearsal(
            "name: w\nsteps: [{id: a, function: f}, {id: b, function: f}, {id: c, after: [a, b], function: f}]")
        run.now = 2
        run.answer(run.sent[0], "1")
        run.now = 3
        run.answer(run.sent[1], "1")
        run.now = 4
        run.answer(run.sent[2], "1", functionSeconds: 0.5)
        #expect(run.machine.spans.openSeconds == [FunctionName("f"): 4])
        #expect(run.machine.spans.map(\.functionSeconds) == [nil, nil, 0.5])
    }
}
