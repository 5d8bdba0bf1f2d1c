import ControlAPI
import Foundation
import Logging
import Measures
import Store
import Synchronization
import Testing
import Topology
import Wire
import Workflows

/// Functions in this process: "echo" answers with its input, "broken" with an error, "slow" when it is let go.
private final class LocalFunctions: FunctionGateway {
    private let released = Mutex<[CheckedContinuation<Void, Never>]?>([])

    func release() {
        let waiting = released.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? []
        }
        for continuation in waiting { continuation.resume() }
    }

    func status(of function: FunctionName) async throws(WorkflowError) -> FunctionStatus? {
        guard ["echo", "broken", "slow"].contains(function.rawValue) else { return nil }
        return FunctionStatus(name: function, image: "", replicas: 1, availableReplicas: 1)
    }

    func invoke(_ invocation: Invocation) async throws(InvocationFailure) -> FunctionAnswer {
        switch invocation.call.function.rawValue {
        case "broken": return FunctionAnswer(status: 400, body: Array("no such video".utf8), functionSeconds: 0.5)
        case "slow":
            await withCheckedContinuation { continuation in
                let isReleased = released.withLock { waiting in
                    waiting?.append(continuation)
                    return waiting == nil
                }
                if isReleased { continuation.resume() }
            }
        default: break
        }
        return FunctionAnswer(status: 200, body: invocation.input, functionSeconds: 0.25)
    }

    func enqueue(_ invocation: Invocation, callback: String) async throws(InvocationFailure) {
        throw InvocationFailure(isTransient: false, "has no queue")
    }
}

@Suite("Questions and orders about runs of workflows")
struct RunVerbTests {
    private let functions = LocalFunctions()

    private struct Rig {
        let responder: CoordinatorResponder

        func ask(_ verb: String, _ arguments: [String: String] = [:]) async -> Reply.Outcome {
            await responder.answer(Query(id: 1, verb: verb, arguments: arguments))
        }

        func read<Answer: Decodable>(
            _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type
        ) async throws -> Answer {
            let outcome = await ask(verb, arguments)
            guard case .json(let json) = outcome else { throw Unanswered(outcome: outcome) }
            return try JSONDecoder().decode(type, from: Data(json))
        }

        func submit(_ workflow: String, input: String = "{}") async throws -> String {
            try await read(
                "run-submit", ["workflow": workflow, "qosSeconds": "26", "input": input], as: RunSubmittedAnswer.self
            ).run
        }

        /// The result of `run` once it has ended.
        func result(_ run: String) async throws -> RunResultAnswer {
            while true {
                let answer = try await read("run-result", ["run": run], as: RunResultAnswer.self)
                if answer.run.hasEnded { return answer }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private struct Unanswered: Error { let outcome: Reply.Outcome }

    private func withRig(_ body: (Rig) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reeve-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = DecisionJournal(try Journal(path: folder.appending(path: "journal").path, durability: .normal)) { 0 }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = WorkflowService(
            gateway: functions, logger: logger, ended: { report in
                if let record = RunRecord(report) { try? journal.add(record) }
            })
        for name in ["echo", "broken", "slow"] {
            service.register(try WorkflowGraph(yaml: "name: \(name)\nsteps: [{id: a, function: \(name)}]"))
        }
        service.register(try WorkflowGraph(yaml: "name: absent\nsteps: [{id: a, function: gone}]"))
        var parts = CoordinatorResponder.Parts()
        parts.workflows = service
        parts.journal = journal
        let rig = Rig(responder: CoordinatorResponder(parts: parts, version: "test", time: SystemTime()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            do { try await body(rig) } catch {
                functions.release()
                group.cancelAll()
                throw error
            }
            functions.release()
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
        // What a coordinator that was started anew tells of the runs of the one before.
        let next = WorkflowService(gateway: functions, logger: logger)
        parts.workflows = next
        let later = Rig(responder: CoordinatorResponder(parts: parts, version: "test", time: SystemTime()))
        let runs = try await later.read("run-list", as: RunsAnswer.self).runs
        #expect(!runs.isEmpty)
        for run in runs {
            let kept = try await later.result(run.run)
            #expect(kept.run.state == run.state && kept.output == nil)
        }
    }

    @Test func `a run's result has its output, its latency and its calls`() async throws {
        try await withRig { rig in
            let run = try await rig.submit("echo", input: #"{"video": "v"}"#)
            let answer = try await rig.result(run)
            #expect(answer.run.state == "completed" && answer.run.isServed == true && answer.run.targetSeconds == 26)
            #expect(answer.output == #"{"video": "v"}"# && answer.run.outputBytes == 14)
            #expect(answer.spans.map(\.function) == ["echo"] && answer.spans[0].functionSeconds == 0.25)
            #expect(answer.functionSeconds.keys.map { $0 } == ["echo"] && answer.spansLeftOut == 0)
        }
    }

    @Test func `several runs go on at once, and the newest is listed first`() async throws {
        try await withRig { rig in
            let slow = [try await rig.submit("slow"), try await rig.submit("slow")]
            let quick = try await rig.submit("echo")
            _ = try await rig.result(quick)
            let listed = try await rig.read("run-list", as: RunsAnswer.self).runs
            #expect(listed.map(\.run) == [quick, slow[1], slow[0]])
            #expect(listed.map(\.hasEnded) == [true, false, false])
            #expect(try await rig.read("run-list", ["limit": "1"], as: RunsAnswer.self).runs.map(\.run) == [quick])
            functions.release()
            for run in slow { #expect(try await rig.result(run).run.state == "completed") }
        }
    }

    @Test func `a failure is kept with the function's own words`() async throws {
        try await withRig { rig in
            let answer = try await rig.result(try await rig.submit("broken"))
            #expect(answer.run.state == "failed" && answer.run.isServed == false && answer.output == nil)
            #expect(answer.run.reason?.contains("no such video") == true)
            #expect(answer.spans.first?.failure != nil)
        }
    }

    @Test func `a run that goes on can be cancelled, and one that has ended cannot`() async throws {
        try await withRig { rig in
            let run = try await rig.submit("slow")
            _ = try await rig.read("run-cancel", ["run": run], as: RunResultAnswer.self)
            functions.release()
            let answer = try await rig.result(run)
            #expect(answer.run.state == "cancelled" && answer.run.reason == "the operator cancelled it")
            guard case .failure(.failed, let sentence) = await rig.ask("run-cancel", ["run": run]) else {
                Issue.record("it was cancelled twice")
                return
            }
            #expect(sentence == "run \(run) has ended: there is nothing to cancel")
        }
    }

    @Test(arguments: [
        ("run-submit", ["workflow": "echo"], Reply.Code.badRequest, "run-submit needs argument qosSeconds"),
        ("run-submit", ["workflow": "echo", "qosSeconds": "-1"], .badRequest, "run-submit's qosSeconds is \"-1\""),
        ("run-submit", ["workflow": "w", "qosSeconds": "1"], .failed, "there is no workflow w: known are absent, broken"),
        ("run-submit", ["workflow": "absent", "qosSeconds": "1"], .failed, "workflow absent"),
        ("run-result", ["run": "nobody"], .notFound, "there is no run nobody, or not any more"),
        ("run-cancel", ["run": "nobody"], .notFound, "there is no run nobody, or not any more"),
        ("run-list", ["limit": "0"], .badRequest, "run-list's limit is \"0\""),
    ])
    func `what cannot be done is told in one sentence`(
        verb: String, arguments: [String: String], code: Reply.Code, beginning: String
    ) async throws {
        try await withRig { rig in
            _ = try await rig.result(try await rig.submit("echo"))
            guard case .failure(let told, let sentence) = await rig.ask(verb, arguments) else {
                Issue.record("it was answered")
                return
            }
            #expect(told == code)
            #expect(sentence.hasPrefix(beginning), "\(sentence)")
        }
    }

    @Test func `a coordinator without workflows says so`() async throws {
        let rig = Rig(responder: CoordinatorResponder(parts: .init(), version: "test", time: SystemTime()))
        for verb in ["run-list", "run-result"] {
            guard case .failure(.notFound, let sentence) = await rig.ask(verb, ["run": "r"]) else {
                Issue.record("\(verb) was answered")
                continue
            }
            #expect(sentence.hasSuffix("its configuration has no section workflows"))
        }
    }
}
