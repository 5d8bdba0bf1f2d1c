import HTTPClient
import Testing
import Topology
import Workflows

/// Calls through the gateway: POST /function/NAME and POST /async-function/NAME.
@Suite struct OpenFaaSCallTests {
    private func invocation(
        _ function: String, _ input: String = "in", mode: FunctionCall.Mode = .synchronous, seconds: UInt64 = 300
    ) -> Invocation {
        Invocation(
            attempt: CallAttempt(CallID(run: RunID(rawValue: "3f9a"), number: 7), attempt: 2),
            call: FunctionCall(
                function: FunctionName(function), mode: mode, timeoutNanoseconds: seconds * 1_000_000_000),
            input: Array(input.utf8))
    }

    private func failure(of body: () async throws(InvocationFailure) -> Void) async -> InvocationFailure? {
        do throws(InvocationFailure) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ rig: GatewayRig, _ invocation: Invocation) async -> InvocationFailure? {
        await failure { () throws(InvocationFailure) in _ = try await rig.gateway.invoke(invocation) }
    }

    @Test func aCallBringsTheFunctionsOwnAnswer() async throws {
        try await GatewayRig.with(namespace: "openfaas-fn") { rig in
            rig.contract.deploy("framer", .answers { body, _ in (200, String(decoding: body, as: UTF8.self) + "!") })
            let answer = try await rig.gateway.invoke(invocation("framer"))
            #expect(answer == FunctionAnswer(status: 200, body: Array("in!".utf8), functionSeconds: 0.25))
            let seen = try #require(rig.contract.seen("/function").first)
            #expect(seen.method == "POST")
            #expect(seen.path == "/function/framer.openfaas-fn")
            #expect(seen.headers["x-call-id"] == "3f9a-7")
            #expect(seen.headers["x-reeve-run"] == "3f9a")
            #expect(seen.headers["authorization"] == nil)
            #expect(seen.headers["content-type"] == "application/octet-stream")
            #expect(seen.headers["x-callback-url"] == nil)
        }
    }

    @Test(arguments: [(500, "it broke"), (404, "no such page"), (200, "fine")])
    func aFunctionWithoutAWatchdogAnswersItselfToo(status: Int, text: String) async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("plain", .answersPlainly(status: status, body: text))
            let answer = try await rig.gateway.invoke(invocation("plain"))
            #expect(answer == FunctionAnswer(status: status, body: Array(text.utf8), functionSeconds: nil))
        }
    }

    @Test(arguments: [400, 404, 418, 500, 502, 503])
    func whatAFunctionAnswersItselfIsItsAnswer(status: Int) async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("framer", .answers { _, _ in (status, "its own") })
            let answer = try await rig.gateway.invoke(invocation("framer"))
            #expect(answer.status == status)
            #expect(answer.body == Array("its own".utf8))
        }
    }

    @Test func aFunctionThatIsNotDeployedIsNoPassingThing() async throws {
        try await GatewayRig.with { rig in
            let failure = try #require(await failure(rig, invocation("absent")))
            #expect(failure == InvocationFailure(isTransient: false, "is not deployed"))
        }
    }

    @Test func aFunctionThatCannotBeReachedMayBeLater() async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("a", .noReadyPod)
            rig.contract.deploy("b", .podUnreachable)
            rig.contract.deploy("c", .providerAway)
            #expect(
                await failure(rig, invocation("a")) == InvocationFailure(isTransient: true, "has no pod that is ready"))
            #expect(
                await failure(rig, invocation("b"))
                    == InvocationFailure(isTransient: true, "has no pod that can be reached"))
            #expect(
                await failure(rig, invocation("c"))
                    == InvocationFailure(
                        isTransient: true, "could not be called: the gateway's provider did not answer"))
        }
    }

    @Test func aCallThatTakesTooLongIsGivenUp() async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("slow", .silent)
            let failure = try #require(await failure(rig, invocation("slow", seconds: 1)))
            #expect(failure.isTransient)
            #expect(failure.description.hasPrefix("could not be called: "))
            #expect(failure.description.contains("/function/slow"))
        }
    }

    @Test func anAnswerThatIsTooLargeIsNoPassingThing() async throws {
        try await GatewayRig.with(maximumAnswerBytes: 1_000) { rig in
            rig.contract.deploy("large", .answers { _, _ in (200, String(repeating: "x", count: 1_001)) })
            #expect(await failure(rig, invocation("large"))?.isTransient == false)
        }
    }

    @Test func aGatewayThatIsAwayIsNamed() async throws {
        let transport = HTTPTransport()
        try await withRunning([{ try await transport.run() }]) {
            let gateway = OpenFaaSGateway(settings: .init(url: "http://127.0.0.1:1"), transport: transport)
            let failure = try #require(
                await failure { () throws(InvocationFailure) in _ = try await gateway.invoke(invocation("framer")) })
            #expect(failure.isTransient)
            #expect(failure.description.contains("http://127.0.0.1:1/function/framer"))
        }
    }

    @Test func aQueuedCallSaysWhereItsAnswerGoes() async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("framer", .silent)
            try await rig.gateway.enqueue(
                invocation("framer", mode: .asynchronous), callback: "http://127.0.0.1:1/here")
            let seen = try #require(rig.contract.seen("/async-function").first)
            #expect(seen.path == "/async-function/framer")
            #expect(seen.headers["x-callback-url"] == "http://127.0.0.1:1/here")
            #expect(seen.headers["x-call-id"] == "3f9a-7")
            #expect(seen.body == Array("in".utf8))
        }
    }

    @Test(arguments: [
        (400, false), (404, false), (405, false), (408, true), (413, false), (429, true), (500, true), (502, true),
        (503, true), (200, false),
    ])
    func onlyWhatMayPassIsWorthAnotherTry(status: Int, isTransient: Bool) async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("framer", .silent)
            rig.contract.change { $0.queueStatus = status }
            let failure = await failure { () throws(InvocationFailure) in
                try await rig.gateway.enqueue(
                    invocation("framer", mode: .asynchronous), callback: "http://127.0.0.1:1/")
            }
            #expect(failure?.isTransient == isTransient, "\(failure as Any)")
        }
    }

    @Test func aQueueThatDoesNotAnswerIsGivenUp() async throws {
        try await GatewayRig.with(timeoutMilliseconds: 500) { rig in
            rig.contract.change { $0.isSilent = true }
            let failure = await failure { () throws(InvocationFailure) in
                try await rig.gateway.enqueue(
                    invocation("framer", mode: .asynchronous), callback: "http://127.0.0.1:1/")
            }
            #expect(failure?.isTransient == true)
            #expect(failure?.description.contains("/async-function/framer") == true, "\(failure as Any)")
        }
    }

    @Test func whatTheQueueDoesNotTakeIsSaid() async throws {
        try await GatewayRig.with { rig in
            func queueing(_ function: String, _ input: String = "in") async -> InvocationFailure? {
                await failure { () throws(InvocationFailure) in
                    try await rig.gateway.enqueue(
                        invocation(function, input, mode: .asynchronous), callback: "http://127.0.0.1:1/")
                }
            }
            #expect(
                await queueing("absent")
                    == InvocationFailure(
                        isTransient: true, "was not queued: the gateway answered 500: error with function name"))
            rig.contract.deploy("framer", .silent)
            let large = String(repeating: "x", count: ContractGateway.queueLimit + 1)
            #expect(
                await queueing("framer", large)
                    == InvocationFailure(isTransient: false, "cannot be queued: its input of 750001 bytes is too large")
            )
            rig.contract.change { $0.hasQueue = false }
            #expect(
                await queueing("framer")
                    == InvocationFailure(
                        isTransient: false,
                        "cannot be called asynchronously: the gateway has no queue, or not this function"))
        }
    }
}
