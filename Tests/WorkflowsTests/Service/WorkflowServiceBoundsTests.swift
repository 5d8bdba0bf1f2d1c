import Cluster
import Logging
import Measures
import ServiceLifecycle
import TestSupport
import Testing
import Topology

@testable import Workflows

/// What is refused, what is dropped, and how the service ends.
@Suite struct WorkflowServiceBoundsTests {
    private static let simple = "name: w\nsteps: [{id: a, function: f}]"

    private func refusal(_ rig: ServiceRig, _ workflow: String = "w", input: String = "{}") async throws
        -> WorkflowError
    {
        do {
            _ = try await rig.submit(workflow, input: input)
        } catch let error as WorkflowError {
            return error
        }
        throw ServiceRig.Unmet()
    }

    @Test func aWorkflowThatIsNotKnownIsRefused() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes]) { rig async throws in
            let error = try await refusal(rig, "video")
            #expect(error == WorkflowError(.unknownSubject, "there is no workflow video: known are w"))
        }
    }

    @Test func aWorkflowThatNamesAnUnknownFunctionIsRefusedBeforeAnythingIsCalled() async throws {
        let yaml = "name: w\nsteps: [{id: a, function: f}, {id: b, after: [a], function: g}]"
        try await ServiceRig.with([yaml], functions: ["f": .echoes]) { rig async throws in
            let error = try await refusal(rig)
            #expect(
                error
                    == WorkflowError(
                        .unknownSubject, "workflow w, step b: function g is not deployed: deployed are f"))
            #expect(rig.service.runs.isEmpty)
            #expect(rig.contract.seen("/function").isEmpty)
        }
    }

    @Test func aGatewayThatCannotTellIsNamed() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes]) { rig async throws in
            rig.contract.change { $0.systemStatus = 503 }
            #expect(try await refusal(rig).code == .unreachable)
            #expect(rig.service.runs.isEmpty)
        }
    }

    @Test func anInputThatIsTooLargeIsRefused() async throws {
        let settings = WorkflowService.Settings(maximumInputBytes: 4)
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], settings: settings) { rig async throws in
            #expect(try await rig.outcome("w", input: "1234") == "1234")
            #expect(
                try await refusal(rig, input: "12345").description
                    == "the input of w has 5 bytes: allowed are at most 4; larger things belong in the object store")
        }
    }

    @Test func tooManyOpenRunsAreRefusedAndThoseThereGoOn() async throws {
        let settings = WorkflowService.Settings(maximumOpenRuns: 2)
        try await ServiceRig.with([Self.simple], functions: ["f": .silent], settings: settings) { rig async throws in
            let first = try await rig.submit("w")
            _ = try await rig.submit("w")
            let error = try await refusal(rig)
            #expect(error.code == .full)
            #expect(error.description == "the run of w was not taken: 2 runs have not ended, and no more may be open")
            try rig.service.cancel(first, because: "the operator cancelled it")
            _ = try await rig.end(of: first)
            _ = try await rig.submit("w")
            #expect(rig.service.runs.count == 3)
        }
    }

    @Test func onlyTheNewestRunsAreKeptAndTheObjectsOfTheOthersGo() async throws {
        let folder = try TemporaryFolder()
        let objects = try FolderStore(path: folder.path)
        let settings = WorkflowService.Settings(maximumKeptRuns: 2)
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], settings: settings, objects: objects) {
            rig async throws in
            var names: [ObjectName] = []
            for _ in 0..<3 {
                let id = try await rig.submit("w")
                _ = try await rig.end(of: id)
                names.append(try ObjectName(run: id, path: "frames/1.jpg"))
                if names.count < 3 { try await objects.put([1], as: names[names.count - 1]) }
            }
            #expect(rig.service.runs.map(\.sequence) == [1, 2])
            let oldest = names[0]
            try await eventually("the oldest run's objects are gone") { try await objects.get(oldest) == nil }
            let kept = try await objects.get(names[1])
            #expect(kept == [1])
        }
    }

    @Test func outputsAreKeptWithinTheirBound() async throws {
        let settings = WorkflowService.Settings(maximumKeptBytes: 10)
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], settings: settings) { rig async throws in
            #expect(try await rig.outcome("w", input: "123456") == "123456")
            #expect(try await rig.outcome("w", input: "1234") == "1234")
            #expect(rig.service.runs.count == 2)
            #expect(try await rig.outcome("w", input: "1") == "1")
            #expect(rig.service.runs.map(\.sequence) == [1, 2])
        }
    }

    @Test func atShutdownOpenRunsAreCancelledAndOnTheBooks() async throws {
        try await GatewayRig.with { gateway async throws in
            gateway.contract.deploy("f", .silent)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let service = WorkflowService(gateway: gateway.gateway, pacing: .immediate, logger: logger)
            service.register(try WorkflowGraph(yaml: Self.simple))
            let submission = RunSubmission(
                workflow: WorkflowName("w"), target: try LatencyTarget(seconds: 1), input: [])
            let group = ServiceGroup(services: [service], logger: logger)
            async let running: Void = group.run()
            let id = try await service.submit(submission)
            try await eventually("the function is asked") { !gateway.contract.seen("/function/f").isEmpty }
            await group.triggerGracefulShutdown()
            try await running
            guard case .ended(.cancelled(let reason), _) = try service.report(of: id).state else {
                Issue.record("\(try service.report(of: id).state)")
                return
            }
            #expect(reason == "the coordinator was shut down")
            let request = try await service.nextRequest()
            #expect(request == nil)
            await #expect(throws: WorkflowError.self) { try await service.submit(submission) }
        }
    }

    @Test func aServiceThatIsCancelledLeavesNoRunOpen() async throws {
        try await GatewayRig.with { gateway async throws in
            gateway.contract.deploy("f", .silent)
            let service = WorkflowService(
                gateway: gateway.gateway, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            service.register(try WorkflowGraph(yaml: Self.simple))
            let submission = RunSubmission(
                workflow: WorkflowName("w"), target: try LatencyTarget(seconds: 1), input: [])
            try await withRunning([{ try await service.run() }]) {
                _ = try await service.submit(submission)
                try await eventually("the function is asked") { !gateway.contract.seen("/function/f").isEmpty }
            }
            #expect(service.runs.map(\.hasEnded) == [true])
        }
    }

    @Test func callbacksThatCannotBeReceivedEndTheServiceWithTheAddress() async throws {
        try await ServiceRig.with([Self.simple]) { rig async throws in
            _ = try await rig.outcomePort()
            let port = try await rig.outcomePort()
            let settings = WorkflowService.Settings(callbacks: CallbackAddress(port: port))
            let second = WorkflowService(
                gateway: rig.service.gateway, settings: settings,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: WorkflowError.self) { try await second.run() }
            #expect(error?.description.hasPrefix("callbacks cannot be received on 127.0.0.1:\(port): ") == true)
        }
    }
}

extension ServiceRig {
    /// The port on which callbacks are received.
    fileprivate func outcomePort() async throws -> UInt16 {
        contract.deploy("f", .silent)
        service.register(try WorkflowGraph(yaml: "name: p\nsteps: [{id: a, function: f, mode: async}]"))
        let id = try await submit("p")
        try await eventually("the function is asked") { !contract.seen("/async-function/f").isEmpty }
        let url = try #require(contract.seen("/async-function/f")[0].headers["x-callback-url"])
        try service.cancel(id, because: "the port is known")
        return try #require(UInt16(url.split(separator: ":")[2].prefix { $0.isNumber }))
    }
}
