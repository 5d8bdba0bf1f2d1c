import Foundation
import HTTPClient
import Testing
import Topology
import Workflows

/// What is asked about functions, and their deployment: /healthz and /system.
@Suite struct OpenFaaSFunctionsTests {
    private let framer = FunctionName("framer")

    private func failure(of body: () async throws(WorkflowError) -> Void) async throws -> WorkflowError {
        do throws(WorkflowError) {
            try await body()
        } catch {
            return error
        }
        throw Unmet()
    }

    private struct Unmet: Error {}

    @Test func theListHasEveryFunctionAndZeroWhereNumbersAreLeftOut() async throws {
        try await GatewayRig.with(namespace: "openfaas-fn") { rig in
            rig.contract.deploy("framer", .silent)
            rig.contract.deploy("idle", .noReadyPod)
            let functions = try await rig.gateway.functions()
            #expect(
                functions == [
                    FunctionStatus(name: framer, image: "framer:1", replicas: 1, availableReplicas: 1),
                    FunctionStatus(name: FunctionName("idle"), image: "idle:1", replicas: 0, availableReplicas: 0),
                ])
            #expect(rig.contract.seen("/system/functions").first?.query == ["namespace": "openfaas-fn"])
        }
    }

    @Test func anEmptyListIsNotKnownRatherThanNone() async throws {
        try await GatewayRig.with { rig in
            let none = try await rig.gateway.functions()
            #expect(none == [])
            rig.contract.deploy("framer", .silent)
            rig.contract.change { $0.listIsEmpty = true }
            let unknown = try await rig.gateway.functions()
            #expect(unknown == nil)
            let one = try await rig.gateway.status(of: framer)
            #expect(one?.replicas == 1)
        }
    }

    @Test func oneFunctionIsAskedForInItsNamespaceAndHasZeroWhereNumbersAreLeftOut() async throws {
        try await GatewayRig.with(namespace: "openfaas-fn") { rig in
            rig.contract.deploy("idle", .noReadyPod)
            let idle = try await rig.gateway.status(of: FunctionName("idle"))
            #expect(
                idle == FunctionStatus(name: FunctionName("idle"), image: "idle:1", replicas: 0, availableReplicas: 0))
            let seen = try #require(rig.contract.seen("/system/function/idle").first)
            #expect(seen.method == "GET" && seen.query == ["namespace": "openfaas-fn"])
            #expect(seen.headers["authorization"] == "Basic YWRtaW46c2VjcmV0")
        }
    }

    @Test(arguments: ["no JSON", "{}", "[{}]", "7"])
    func whatIsNoDescriptionIsRefused(text: String) async throws {
        try await GatewayRig.with { rig in
            rig.contract.change { $0.description = text }
            let list = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.functions() }
            #expect(list.code == .refused)
            #expect(list.description == "the gateway at \(rig.url) answered with what is no list of functions")
            let one = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.status(of: framer) }
            #expect(
                one.description == "the gateway at \(rig.url) answered with what is no description of function framer")
        }
    }

    @Test func aGatewayThatDoesNotAnswerIsGivenUp() async throws {
        try await GatewayRig.with(timeoutMilliseconds: 500) { rig in
            rig.contract.change { $0.isSilent = true }
            let health = try await failure { () throws(WorkflowError) in try await rig.gateway.checkHealth() }
            let list = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.functions() }
            let one = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.status(of: framer) }
            let deployment = try await failure { () throws(WorkflowError) in
                try await rig.gateway.deploy(FunctionDeployment(function: framer, image: "framer:1"))
            }
            for (error, path) in [
                (health, "/healthz"), (list, "/system/functions"), (one, "/system/function/framer"),
                (deployment, "/system/function/framer"),
            ] {
                #expect(error.code == .unreachable)
                #expect(error.description.contains("\(rig.url)\(path)"), "\(error)")
            }
        }
    }

    @Test func aFunctionThatIsNotThereIsNil() async throws {
        try await GatewayRig.with { rig in
            let status = try await rig.gateway.status(of: framer)
            #expect(status == nil)
        }
    }

    @Test(arguments: [500, 502, 503])
    func aGatewayThatCannotTellIsUnreachable(status: Int) async throws {
        try await GatewayRig.with { rig in
            rig.contract.change { $0.systemStatus = status }
            let one = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.status(of: framer) }
            #expect(one.code == .unreachable)
            #expect(
                one.description == "the gateway at \(rig.url) could not tell function framer: it answered \(status)")
            let list = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.functions() }
            #expect(list.code == .unreachable)
            let health = try await failure { () throws(WorkflowError) in try await rig.gateway.checkHealth() }
            #expect(health.description == "the gateway at \(rig.url) could not tell its health: it answered \(status)")
        }
    }

    @Test func aGatewayIsHealthyWhenItAndItsProviderAnswer() async throws {
        try await GatewayRig.with { rig in try await rig.gateway.checkHealth() }
    }

    @Test func wrongCredentialsAreNamed() async throws {
        try await GatewayRig.with(credential: .basic(user: "admin", password: "wrong")) { rig in
            let error = try await failure { () throws(WorkflowError) in _ = try await rig.gateway.status(of: framer) }
            #expect(error.code == .refused)
            #expect(
                error.description
                    == "the gateway at \(rig.url) does not accept the user name and password that it was given")
        }
    }

    @Test func aGatewayThatIsAwayIsUnreachable() async throws {
        let transport = HTTPTransport()
        try await withRunning([{ try await transport.run() }]) {
            let gateway = OpenFaaSGateway(settings: .init(url: "http://127.0.0.1:1"), transport: transport)
            let error = try await failure { () throws(WorkflowError) in _ = try await gateway.functions() }
            #expect(error.code == .unreachable)
            #expect(error.description.contains("http://127.0.0.1:1/system/functions"))
        }
    }

    @Test func aFunctionIsDeployedOnceAndThenUpdated() async throws {
        try await GatewayRig.with(namespace: "openfaas-fn") { rig in
            try await rig.gateway.deploy(FunctionDeployment(function: framer, image: "framer:1"))
            try await rig.gateway.deploy(
                FunctionDeployment(function: framer, image: "framer:2", environment: ["a": "b"]))
            let deployments = rig.contract.seen("/system/functions")
            #expect(deployments.map(\.method) == ["POST", "PUT"])
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(deployments[1].body)) as? [String: Any])
            #expect(object["service"] as? String == "framer")
            #expect(object["image"] as? String == "framer:2")
            #expect(object["namespace"] as? String == "openfaas-fn")
            #expect(object["envVars"] as? [String: String] == ["a": "b"])
            #expect(object["labels"] as? [String: String] == ["com.openfaas.scale.factor": "0"])
        }
    }

    @Test func anUpdateThatChangedNothingIsNotDone() async throws {
        try await GatewayRig.with { rig in
            rig.contract.deploy("framer", .silent)
            rig.contract.change { $0.refusesUpdates = true }
            let error = try await failure { () throws(WorkflowError) in
                try await rig.gateway.deploy(FunctionDeployment(function: framer, image: "framer:2"))
            }
            #expect(error.code == .refused)
            #expect(
                error.description
                    == "function framer was not updated: the gateway answered 200, which says that Kubernetes refused "
                    + "the change or another writer was faster")
        }
    }

    /// What becomes of a function between the question whether it is there and its deployment, and what is away.
    @Test(arguments: [
        ("POST", 500, "unable create Deployment: deployments.apps \"framer\" already exists"),
        ("PUT", 404, "unable to find service"), ("PUT", 500, "its API server is away"), ("POST", 502, "no provider"),
        ("PUT", 503, "no provider"), ("POST", 200, "not 202"),
    ])
    func onlyAFunctionThatWasTakenOnIsDeployed(method: String, status: Int, text: String) async throws {
        try await GatewayRig.with { rig in
            if method == "PUT" { rig.contract.deploy("framer", .silent) }
            rig.contract.change { $0.deployment = (status, text) }
            let error = try await failure { () throws(WorkflowError) in
                try await rig.gateway.deploy(FunctionDeployment(function: framer, image: "framer:2"))
            }
            #expect(error.code == (status == 502 || status == 503 ? .unreachable : .refused))
            #expect(error.description.hasPrefix("function framer was not "), "\(error)")
            #expect(status == 200 || error.description.hasSuffix("answered \(status): \(text)"), "\(error)")
            #expect(rig.contract.seen("/system/functions").map(\.method) == [method])
        }
    }

    @Test func aDeploymentThatIsNoneIsRefusedWithTheGatewaysReason() async throws {
        try await GatewayRig.with { rig in
            let error = try await failure { () throws(WorkflowError) in
                try await rig.gateway.deploy(FunctionDeployment(function: framer, image: ""))
            }
            #expect(
                error.description == "function framer was not deployed: the gateway at \(rig.url) answered 400: "
                    + "validation failed: image: is required")
        }
    }
}
