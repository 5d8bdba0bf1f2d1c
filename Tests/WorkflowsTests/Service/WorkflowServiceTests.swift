import Cluster
import Measures
import Synchronization
import TestSupport
import Testing
import Topology

@testable import Workflows

@Suite struct WorkflowServiceTests {
    private let video = """
        name: video
        steps:
          - {id: cut, function: framer}
          - id: frames
            after: [cut]
            foreach:
              items: /frames
              width: 2
              steps:
                - {id: detect, function: facedetector, mode: async}
                - {id: analyse, after: [detect], when: {value: /faces, above: 0}, function: faceanalyzer, mode: async}
                - {id: classify, after: [detect], when: {value: /faces, equals: 0}, function: mobilenet}
          - {id: output, after: [frames], function: outputer}
        """
    private var functions: [String: ContractGateway.Behaviour] {
        [
            "framer": .says(#"{"frames":["a","b","c"]}"#), "faceanalyzer": .says(#""smile""#),
            "mobilenet": .says(#""dog""#), "outputer": .echoes,
            "facedetector": .answers { body, _ in (200, #"{"faces":\#(body == Array(#""b""#.utf8) ? 0 : 2)}"#) },
        ]
    }
    private static let queued =
        "name: w\nsteps: [{id: a, function: f, mode: async, timeout: 1s, retries: 1, retry-delay: 1s}]"
    private static let simple = "name: w\nsteps: [{id: a, function: f}]"

    @Test func aWorkflowRunsThroughTheGatewayFromInputToOutput() async throws {
        try await ServiceRig.with([video], functions: functions) { rig async throws in
            let id = try await rig.submit("video", input: #"{"video":"v.mp4"}"#)
            let report = try await rig.service.result(of: id)
            guard case .ended(.completed(let output), let seconds) = report.state else {
                Issue.record("\(report.state)")
                return
            }
            #expect(
                String(decoding: output, as: UTF8.self)
                    == #"[{"analyse":"smile"},{"classify":"dog"},{"analyse":"smile"}]"#)
            #expect(report.target.seconds == 26)
            #expect(report.isServed == (seconds <= 26))
            #expect(
                Set(report.spans.map(\.step)) == [
                    "cut", "frames[0].detect", "frames[1].detect", "frames[2].detect", "frames[0].analyse",
                    "frames[1].classify", "frames[2].analyse", "output",
                ])
            #expect(report.spans.allSatisfy { $0.failure == nil })
            #expect(Set(report.spans.map(\.functionSeconds)) == [0.25, 0.26])
            #expect(try #require(report.spans.map(\.end).max()).seconds(since: report.spans[0].start) <= seconds)
            #expect(rig.contract.seen("/function/framer").map(\.body) == [Array(#"{"video":"v.mp4"}"#.utf8)])
            let keys = (rig.contract.seen("/function") + rig.contract.seen("/async-function")).map {
                $0.headers["x-call-id"]
            }
            #expect(Set(keys).count == 8)
        }
    }

    @Test func callbacksThatComeTwiceChangeNothing() async throws {
        try await ServiceRig.with([video], functions: functions) { rig async throws in
            rig.contract.change { $0.callbacks = .twice }
            let once = #"[{"analyse":"smile"},{"classify":"dog"},{"analyse":"smile"}]"#
            #expect(try await rig.outcome("video") == once)
            #expect(rig.contract.seen("/async-function").count == 5)
        }
    }

    @Test func aCallbackThatNeverComesIsAskedForAgainAndThenAFailure() async throws {
        // Waiting costs no time here: whenever everything waits, time passes.
        let time = ManualTime()
        let surroundings = WorkflowService.Surroundings(time: time, pause: { time.advance(byNanoseconds: $0) })
        try await ServiceRig.with([Self.queued], functions: ["f": .silent], surroundings: surroundings) {
            rig async throws in
            let id = try await rig.submit("w")
            #expect(
                try await rig.end(of: id)
                    == .failed("step a failed after 2 attempts: function f did not answer within 1.0 s"))
            let spans = try rig.service.report(of: id).spans
            #expect(spans.map(\.attempt) == [1, 2])
        }
    }

    @Test func aFunctionThatFailsOnceIsAskedAgain() async throws {
        let flaky = ContractGateway.Behaviour.answers { _, call in call == 1 ? (503, "busy") : (200, "done") }
        let surroundings = WorkflowService.Surroundings(pause: {
            if $0 > 2_000_000_000 { try await Task.sleep(for: .seconds(1_000)) }
        })
        let yaml = "name: w\nsteps: [{id: a, function: f, mode: async, retries: 1}]"
        try await ServiceRig.with([yaml], functions: ["f": flaky], surroundings: surroundings) { rig async throws in
            let id = try await rig.submit("w")
            #expect(try await rig.end(of: id).text == "done")
            #expect(try rig.service.report(of: id).spans.map(\.failure) == ["answered 503: busy", nil])
            #expect(Set(rig.contract.seen("/async-function").map { $0.headers["x-call-id"] }).count == 1)
            #expect(Set(rig.contract.seen("/async-function").map { $0.headers["x-callback-url"] }).count == 2)
        }
    }

    @Test func aFailureIsKeptWithItsSentence() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .says("no such frame", status: 422)]) {
            rig async throws in
            let end = try await rig.outcome("w")
            #expect(end == "failed: step a failed: function f answered 422: no such frame")
            #expect(rig.service.runs.map(\.isServed) == [false])
        }
    }

    @Test func severalRunsGoOnAtOnceEachWithItsTarget() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let waiting = ContractGateway.Behaviour.answers { body, _ in
            for await _ in gate.stream {}
            return (200, String(decoding: body, as: UTF8.self))
        }
        try await ServiceRig.with(
            [Self.simple, "name: v\nsteps: [{id: a, function: g}]"], functions: ["f": waiting, "g": .echoes]
        ) { rig async throws in
            let slow = try await rig.submit("w", seconds: 35, input: "1")
            try await eventually("the first run has called its function") { !rig.contract.seen("/function/f").isEmpty }
            #expect(try await rig.outcome("v", input: "2") == "2")
            #expect(rig.service.runs.map(\.state).first == .running)
            gate.continuation.finish()
            #expect(try await rig.end(of: slow).text == "1")
            #expect(rig.service.runs.map(\.target.seconds) == [35, 26])
            #expect(rig.service.runs.map(\.sequence) == [0, 1])
        }
    }

    @Test func aRunThatIsCancelledEndsAtOnce() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .silent]) { rig async throws in
            let id = try await rig.submit("w")
            try await eventually("the function is asked") { !rig.contract.seen("/function/f").isEmpty }
            try rig.service.cancel(id, because: "the operator cancelled it")
            #expect(try await rig.end(of: id) == .cancelled("the operator cancelled it"))
            let error = try #require(throws: WorkflowError.self) { try rig.service.cancel(id, because: "again") }
            #expect(error.description == "run \(id) has ended: there is nothing to cancel")
            let other = RunID(rawValue: "nothing")
            #expect(
                try #require(throws: WorkflowError.self) { try rig.service.cancel(other, because: "-") }.code
                    == .unknownSubject)
        }
    }

    @Test func aCallbackWithoutTheSecretIsNotBelieved() async throws {
        try await ServiceRig.with(
            [Self.simple.replacing("function: f", with: "function: f, mode: async")], functions: ["f": .silent]
        ) { rig async throws in
            let id = try await rig.submit("w")
            try await eventually("the function is asked") { !rig.contract.seen("/async-function/f").isEmpty }
            let url = try #require(rig.contract.seen("/async-function/f")[0].headers["x-callback-url"])
            let parts = url.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            var forged = parts
            forged[4] = String(repeating: "0", count: 32)
            #expect(await rig.transport.post([1], forged.joined(separator: "/"), [:]) == 404)
            forged = parts
            forged[5] = "another"
            #expect(await rig.transport.post([1], forged.joined(separator: "/"), [:]) == 404)
            #expect(await rig.transport.post([1], parts.dropLast().joined(separator: "/"), [:]) == 404)
            #expect(try rig.service.report(of: id).state == .running)
            #expect(await rig.transport.post(Array("fine".utf8), url, [:]) == 200)
            #expect(try await rig.end(of: id).text == "fine")
            #expect(await rig.transport.post(Array("again".utf8), url, [:]) == 404)
        }
    }

    @Test func aCallbackThatIsTooLargeIsNotTaken() async throws {
        let settings = WorkflowService.Settings(maximumAnswerBytes: 1_000)
        try await ServiceRig.with(
            [Self.simple.replacing("function: f", with: "function: f, mode: async")], functions: ["f": .silent],
            settings: settings
        ) { rig async throws in
            let id = try await rig.submit("w")
            try await eventually("the function is asked") { !rig.contract.seen("/async-function/f").isEmpty }
            let url = try #require(rig.contract.seen("/async-function/f")[0].headers["x-callback-url"])
            #expect(await rig.transport.post([UInt8](repeating: 1, count: 1_001), url, [:]) == 413)
            #expect(await rig.transport.post([UInt8](repeating: 49, count: 1_000), url, [:]) == 200)
            #expect(try await rig.end(of: id).text.utf8.count == 1_000)
        }
    }
}
