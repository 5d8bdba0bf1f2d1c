import Logging
import Measures
import ServiceLifecycle
import Testing
import Topology

@testable import Workflows

/// A service on a gateway that behaves by the contract, both running.
struct ServiceRig {
    let contract: ContractGateway
    let service: WorkflowService
    let transport: HTTPTransportBox

    /// Runs `body` beside a service whose workflows are those of `yamls`, and whose functions behave as `functions`
    /// say.
    static func with<Result: Sendable>(
        _ yamls: [String], functions: [String: ContractGateway.Behaviour] = [:],
        settings: WorkflowService.Settings = .init(), pacing: WorkflowService.Pacing = .immediate,
        surroundings: WorkflowService.Surroundings = .init(), objects: (any ObjectStore)? = nil,
        _ body: (ServiceRig) async throws -> Result
    ) async throws -> Result {
        try await GatewayRig.with { gateway async throws in
            for (name, behaviour) in functions { gateway.contract.deploy(name, behaviour) }
            let service = WorkflowService(
                gateway: gateway.gateway, objects: objects, settings: settings, pacing: pacing,
                surroundings: surroundings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            for yaml in yamls { service.register(try WorkflowGraph(yaml: yaml)) }
            return try await withRunning([{ try await service.run() }]) {
                try await body(
                    ServiceRig(
                        contract: gateway.contract, service: service,
                        transport: HTTPTransportBox(post: { await gateway.transport.post($0, to: $1, headers: $2) })))
            }
        }
    }

    /// Posts to a URL; returns the status.
    struct HTTPTransportBox: Sendable {
        let post: @Sendable ([UInt8], String, [String: String]) async -> Int?
    }

    func submit(_ workflow: String, seconds: Double = 26, input: String = "{}") async throws -> RunID {
        try await service.submit(
            RunSubmission(
                workflow: WorkflowName(workflow), target: try LatencyTarget(seconds: seconds), input: Array(input.utf8))
        )
    }

    /// How the run of `workflow` ended.
    func outcome(_ workflow: String, input: String = "{}") async throws -> String {
        let id = try await submit(workflow, input: input)
        return try await end(of: id).text
    }

    func end(of id: RunID) async throws -> RunEnd {
        guard case .ended(let end, _) = try await service.result(of: id).state else { throw Unmet() }
        return end
    }

    struct Unmet: Error {}
}

extension ContractGateway.Behaviour {
    /// A function that answers always the same.
    static func says(_ text: String, status: Int = 200) -> Self { .answers { _, _ in (status, text) } }

    /// A function that answers with what it is given.
    static var echoes: Self { .answers { body, _ in (200, String(decoding: body, as: UTF8.self)) } }
}
