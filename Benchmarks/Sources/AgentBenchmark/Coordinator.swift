internal import Foundation
internal import Measures
internal import Messaging
internal import Synchronization
internal import Telemetry
internal import Topology
internal import Wire

/// The coordinator's side of telemetry: takes batches over CURVE and acknowledges them, as the real one does.
final class Coordinator: Sendable {
    static let node = NodeName("w01")

    /// Arguments with which an agent reaches this coordinator.
    let agentArguments: [String]
    private let loop: SocketLoop<AcknowledgingHandler>
    private let hub: TelemetryHub
    private let task: Task<Void, any Error>

    /// Listens on a port of the loopback interface, with keys made for the occasion in `folder`.
    init(folder: String) async throws {
        let allowList = "\(folder)/agents.d"
        try FileManager.default.createDirectory(atPath: allowList, withIntermediateDirectories: true)
        let server = try CurveKeyPair.generate()
        let client = try CurveKeyPair.generate()
        try KeyFiles.write(server, name: "server", in: folder)
        try KeyFiles.write(client, name: "client", in: folder)
        try KeyFiles.allow(client.publicKey, name: Self.node.rawValue, in: allowList)
        let authenticator = Authenticator(domains: ["telemetry": try AllowList(folder: allowList)])
        let loop = try SocketLoop<AcknowledgingHandler>(name: "coordinator")
        let hub = TelemetryHub(settings: TelemetrySettings(), time: SystemTime())
        let (endpoints, found) = AsyncStream<String>.makeStream()
        let task = Task {
            defer { found.finish() }
            let role = SocketRole.curveRouter(bind: "tcp://127.0.0.1:*", keys: server, domain: "telemetry")
            try await loop.run(roles: [role], authenticator: authenticator) { sockets in
                found.yield(try sockets.boundEndpoint(of: 0))
                return AcknowledgingHandler(hub: hub)
            }
        }
        (self.loop, self.hub, self.task) = (loop, hub, task)
        guard let endpoint = await endpoints.first(where: { _ in true }) else {
            try await task.value
            throw BenchmarkError(description: "the coordinator's socket ended early")
        }
        agentArguments = [
            "--node", Self.node.rawValue, "--coordinator", endpoint, "--coordinator-key",
            "\(folder)/server\(KeyFiles.publicSuffix)", "--key", "\(folder)/client\(KeyFiles.secretSuffix)",
        ]
    }

    /// Batches taken so far, over all starts of the agent.
    var batches: Int { Int(hub.snapshot().state[Self.node]?.counts.acceptedBatches ?? 0) }

    /// The newest value of `metric` for the whole node, nil when it is absent.
    func newest(_ metric: Metric) -> Double? {
        guard let telemetry = hub.snapshot().state[Self.node],
            let column = telemetry.columns.columns.firstIndex(where: { $0.metric == metric && $0.scope == .system })
        else { return nil }
        return telemetry.newestValue(ofColumn: column)?.value
    }

    /// Columns of the node.
    var columnCount: Int { hub.snapshot().state[Self.node]?.columns.columns.count ?? 0 }

    func stop() async throws {
        loop.stop()
        try await task.value
    }
}

/// Decodes, takes into the hub, and answers each peer once per turn.
private struct AcknowledgingHandler: SocketLoopHandler {
    let hub: TelemetryHub
    private var answers: [PeerIdentity: CoordinatorMessage] = [:]

    init(hub: TelemetryHub) { self.hub = hub }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        guard let peer = message.peer, let sender = message.sender else { return }
        answers[peer] = hub.receive(try AgentMessage(decoding: message.payload), from: sender.name)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        for (peer, answer) in answers { _ = try sockets.send(answer.encoded(), on: 0, to: peer) }
        answers.removeAll(keepingCapacity: true)
        return 1_000
    }
}
